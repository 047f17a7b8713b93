//! `sparring export RUN`.

use crate::cli::io::{out, say};
use crate::cli::pages::weights_file::weights_file;
use crate::cli::{Failure, Outcome};
use serde_json::json;
use sparring::nn::{Graph, Network};
use sparring::seed::Key;
use sparring::store::{Stored, Weights, read, spec_text, write_new, write_new_weights};
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run directory or a weights file of this program.
    run: PathBuf,
    /// What is written, by its ending: .safetensors or .npz (all weights, under the names and in the layout of PyTorch's state dict), or .toml (the network without its weights,
    /// for `--spec`); must not exist yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Of a file with several networks (a GAN's generator and discriminator), the one that is written as .toml.
    #[arg(long, value_name = "NAME")]
    network: Option<String>,
    /// The last line of stdout is one JSON object.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    out::ending(&args.out, "--out", &["safetensors", "npz", "toml"])?;
    out::free(&args.out, "--out")?;
    let file = weights_file(&args.run)?;
    let weights = read(&file)?;
    let Some(document) = weights.document() else {
        let what = "another program wrote it; `export` writes what a training of this program has made";
        return Err(Failure::at(&file, what));
    };
    let as_spec = args.out.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    if let (Some(name), false) = (&args.network, as_spec) {
        let what = format!("--network {name}: a file of weights holds all networks; it goes with a .toml");
        return Err(Failure::Usage(what));
    }
    let names: Vec<&str> = document.networks.iter().map(|n| n.prefix.as_str()).collect();
    let way = if as_spec {
        let graph = chosen(&file, &document.networks, args.network.as_deref())?;
        write_new(&args.out, spec_text(graph).as_bytes())?;
        let path = say::path(&args.out);
        match document.kind.as_str() {
            "classifier" => format!("sparring train classifier --spec {path}"),
            _ => format!("sparring inspect {path}"),
        }
    } else {
        let nets =
            document.networks.iter().map(|n| loaded(&file, &weights, n)).collect::<Outcome<Vec<_>>>()?;
        let named: Vec<_> = names.iter().copied().zip(&nets).collect();
        write_new_weights(&args.out, &document.kind, &named, document.extra.clone())?;
        let path = say::path(&args.out);
        if args.out.extension().is_some_and(|e| e.eq_ignore_ascii_case("npz")) {
            format!("numpy.load(\"{path}\")[\"{}\"]", first_name(&weights))
        } else if names.len() > 1 {
            format!("safetensors.torch.load_file(\"{path}\")")
        } else {
            format!("net.load_state_dict(safetensors.torch.load_file(\"{path}\"))")
        }
    };
    let bytes = args.out.metadata().map_or(0, |m| m.len());
    if args.json {
        let object = json!({
            "out": args.out, "kind": document.kind, "networks": names, "tensors": weights.tensors().count(), "bytes": bytes,
        });
        say::json(&object);
    } else {
        say::result(&format!("{} bytes in {}; read it by: {way}", bytes, say::path(&args.out)));
    }
    Ok(())
}

fn first_name(weights: &Weights) -> String {
    weights.tensors().next().map_or_else(String::new, |(name, _)| name.to_owned())
}

/// The network of this name, or the only one.
fn chosen<'a>(file: &Path, networks: &'a [Stored], name: Option<&str>) -> Outcome<&'a Graph> {
    let names = || networks.iter().map(|n| n.prefix.as_str()).collect::<Vec<_>>().join(" or ");
    match (name, networks) {
        (None, [only]) => Ok(&only.spec),
        (None, _) => Err(Failure::Usage(format!(
            "{}: holds several networks; say --network {}",
            file.display(),
            names()
        ))),
        (Some(name), _) => match networks.iter().find(|n| n.prefix == name && !name.is_empty()) {
            Some(found) => Ok(&found.spec),
            None if networks.len() == 1 => Err(Failure::Usage(format!(
                "--network {name}: {} holds one network, which has no name; leave --network out",
                file.display()
            ))),
            None => Err(Failure::Usage(format!("--network {name}: {} holds {}", file.display(), names()))),
        },
    }
}

fn loaded(file: &Path, weights: &Weights, stored: &Stored) -> Outcome<Network<f32>> {
    // Every number is replaced.
    let mut net = stored.spec.build(Key::new(0)).map_err(|e| Failure::at(file, e))?;
    weights.load_into(&stored.prefix, &mut net).map_err(|e| Failure::at(file, e))?;
    Ok(net)
}
