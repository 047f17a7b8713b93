//! `sparring inspect FILE|RUN`.

mod idx;
mod onnx;
mod run_dir;
mod seen;
mod spec;
mod sweep_dir;
mod weights;

use crate::cli::io::say;
use crate::cli::{Failure, Outcome};
use seen::Seen;
use sparring::store::{is_onnx, recognise_path};
use sparring_study::Manifest;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run directory, the directory of a sweep, a weights file (.safetensors, .npz), a network (.toml, .onnx) or an IDX file, raw or gzip.
    path: PathBuf,
    /// One JSON object on the last line of stdout.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let path = &args.path;
    let kind = if path.is_dir() { Kind::Run } else { kind_of(path)? };
    let seen = match kind {
        Kind::Run => match Manifest::read(path)? {
            Some(manifest) => sweep_dir::look(path, &manifest),
            None => run_dir::look(path)?,
        },
        Kind::Weights => weights::look(path)?,
        Kind::Idx => idx::look(path)?,
        Kind::Spec => spec::look(path)?,
        Kind::Onnx => onnx::look(path)?,
    };
    if args.json {
        say::json(&seen.object);
    } else {
        say::result(&seen.text);
    }
    Ok(())
}

enum Kind {
    Run,
    Weights,
    Idx,
    Spec,
    Onnx,
}

/// By the name where it says enough, so that a broken file is called by what it should be; else by the first bytes.
fn kind_of(path: &Path) -> Outcome<Kind> {
    let is_file = path.metadata().map_err(|e| Failure::io(path, &e))?.is_file();
    if !is_file {
        return Err(Failure::at(path, "neither a file nor a directory"));
    }
    let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    if name.ends_with(".safetensors") || name.ends_with(".npz") {
        return Ok(Kind::Weights);
    }
    if name.ends_with(".toml") {
        return Ok(Kind::Spec);
    }
    if is_onnx(path) {
        return Ok(Kind::Onnx);
    }
    if name.trim_end_matches(".gz").ends_with("-ubyte") || name.trim_end_matches(".gz").ends_with(".idx") {
        return Ok(Kind::Idx);
    }
    let mut first = Vec::new();
    File::open(path).and_then(|f| f.take(9).read_to_end(&mut first)).map_err(|e| Failure::at(path, e))?;
    match first[..] {
        [.., b'{'] if first.len() == 9 => Ok(Kind::Weights),
        [b'P', b'K', 3, 4, ..] if recognise_path(path).is_none() => Ok(Kind::Weights),
        [0, 0, ..] | [0x1f, 0x8b, ..] => Ok(Kind::Idx),
        _ => Err(Failure::at(
            path,
            recognise_path(path).map_or(
                "neither a safetensors, .npz, .toml or .onnx file nor an IDX file, raw or gzip; nothing else can be inspected"
                    .to_string(),
                |f| format!("{}, which cannot be inspected: {}", f.what, f.way_out),
            ),
        )),
    }
}
