//! Everything outside the repository: the Python environment, the peers that are crates, the data that all read.

use super::arguments::Arguments;
use super::program::Program;
use crate::run_program::{root, run_here, waiting_for};
use sparring_datasets::idx::{self, Idx, IdxValues, Packing};
use sparring_datasets::{Mnist, Pixels, Split};
use std::path::{Path, PathBuf};

/// What the environment must hold.
const PACKAGES: [&str; 4] = ["torch", "jax", "torchattacks", "foolbox"];
/// Peers that are crates, and the folders of their programs: candle multiplies with the crate gemm, so one program is both.
const CRATES: [(&str, &str); 3] = [("candle", "candle"), ("gemm", "candle"), ("burn", "burn")];
/// Training examples of the data that are made when none are given.
const PASS: usize = 60_000;

/// A folder of the user's cache.
///
/// # Errors
/// If the user has none.
pub fn cache(name: &str) -> Result<PathBuf, String> {
    let folder = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
        Some(Path::new(&home).join(".cache"))
    });
    Ok(folder.ok_or("no cache folder: set XDG_CACHE_HOME")?.join("sparring-peers").join(name))
}

/// The Python of the environment, which is made and filled if need be.
///
/// # Errors
/// If there is no `python3`, or the packages cannot be had.
pub fn python(arguments: &Arguments) -> Result<PathBuf, String> {
    let venv = arguments.venv.clone().map_or_else(|| cache("venv"), Ok)?;
    let folder = venv.to_str().ok_or("the environment's name is no UTF-8")?;
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let name = python.to_str().ok_or("the environment's name is no UTF-8")?;
    if !python.is_file() {
        eprintln!("peers: making {folder}");
        run_here("python3", &["-m", "venv", folder])?;
    }
    let missing = format!(
        "import importlib.util as u, sys; sys.exit(any(u.find_spec(n) is None for n in {:?}))",
        PACKAGES.map(str::to_string)
    );
    if run_here(name, &["-c", &missing]).is_err() {
        eprintln!("peers: installing {}", PACKAGES.join(", "));
        run_here(name, &[&["-m", "pip", "install", "--quiet", "--upgrade"][..], &PACKAGES[..]].concat())?;
    }
    Ok(python)
}

/// Builds the peer that is a crate, for this machine, with its target folder in the cache; where its program lies.
///
/// # Errors
/// If it does not build.
pub fn built(name: &str) -> Result<PathBuf, String> {
    let manifest = root().join("peers").join(name).join("Cargo.toml");
    let target = cache(name)?;
    let mut cargo = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--locked", "--manifest-path"]).arg(manifest);
    cargo.env("CARGO_TARGET_DIR", &target).env("RUSTFLAGS", "-C target-cpu=native");
    waiting_for(&format!("building the peer {name}"));
    let status = cargo.status().map_err(|e| format!("cargo cannot be started: {e}"))?;
    if !status.success() {
        return Err(format!("the peer {name} does not build: {status}"));
    }
    Ok(target.join("release").join(format!("{name}-peer{}", std::env::consts::EXE_SUFFIX)))
}

/// Every peer that is asked for and can be had; what cannot is said.
pub fn peers(arguments: &Arguments, python: Option<&Path>) -> Vec<Program> {
    let mut found = Vec::new();
    let mut take = |peer: &str, program: Result<Program, String>| match program {
        Ok(program) => found.push(program),
        Err(why) => eprintln!("peers: without {peer}: {why}"),
    };
    for peer in ["torch", "jax"].iter().filter(|p| arguments.wants(p)) {
        let script = root().join("peers/python").join(format!("run_{peer}.py"));
        let python = python.ok_or_else(|| "no Python environment".to_string());
        take(peer, python.and_then(|python| Program::ask(peer, python, &[script])));
    }
    for (peer, folder) in CRATES.iter().filter(|(peer, _)| arguments.wants(peer)) {
        if *peer == "burn" {
            eprintln!("peers: building burn, which takes long the first time");
        }
        take(peer, built(folder).and_then(|program| Program::ask(peer, &program, &[(*peer).into()])));
    }
    found
}

/// The versions of the peers that are crates and take part, as their lock files say.
pub fn crates(arguments: &Arguments) -> String {
    let mut found = Vec::new();
    for (peer, folder) in CRATES.iter().filter(|(peer, _)| arguments.wants(peer)) {
        let lock =
            std::fs::read_to_string(root().join("peers").join(folder).join("Cargo.lock")).unwrap_or_default();
        let name = if *peer == "candle" { "candle-core" } else { peer };
        let version = lock.split("[[package]]").find_map(|p| {
            let rest = p.trim_start().strip_prefix(&format!("name = \"{name}\"\nversion = \""))?;
            rest.split('"').next()
        });
        found.extend(version.map(|v| format!("{name} {v}")));
    }
    found.join(", ")
}

/// The folder that everybody reads: the one given, or the embedded digits cycled, written to the cache.
///
/// # Errors
/// If they cannot be written.
pub fn data(arguments: &Arguments) -> Result<PathBuf, String> {
    if let Some(folder) = &arguments.data {
        return folder.canonicalize().map_err(|e| format!("{}: {e}", folder.display()));
    }
    let folder = cache("embedded")?;
    let embedded = Mnist::embedded();
    for (part, split, n) in [("train", &embedded.train, PASS), ("t10k", &embedded.test, embedded.test.len())]
    {
        let path = |kind| folder.join(format!("{part}-{kind}-ubyte.gz"));
        let (images, labels) = (path("images-idx3"), path("labels-idx1"));
        if images.is_file() && labels.is_file() {
            continue;
        }
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let (pixels, classes) = cycled(split, n)?;
        for (path, shape, bytes) in [(images, vec![n, 28, 28], pixels), (labels, vec![n], classes)] {
            let array = Idx::new(shape, IdxValues::U8(bytes)).map_err(|e| e.to_string())?;
            std::fs::write(&path, idx::encode(&array, Packing::Gzip))
                .map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(folder)
}

/// Bytes and classes of `n` examples, the split's over and over.
fn cycled(split: &Split, n: usize) -> Result<(Vec<u8>, Vec<u8>), String> {
    let Pixels::U8(bytes) = split.pixels() else { return Err("the embedded set is not bytes".into()) };
    let pixels = bytes.iter().copied().cycle().take(n * split.dim()).collect();
    Ok((pixels, (0..n).map(|i| split.label(i % split.len()) as u8).collect()))
}
