//! `sparring export RUN`.

use crate::cli::io::{out, say};
use crate::cli::pages::weights_file::weights_file;
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::nn::Network;
use sparring::seed::Key;
use sparring::store::{
    Stored, Weights, is_onnx, read, read_onnx, spec_text, write_new, write_new_onnx, write_new_weights,
};
use std::path::{Path, PathBuf};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// All weights with the networks' specs: PyTorch's names and layouts.
    Safetensors,
    /// The same as an archive of NumPy's.
    Npz,
    /// One network without its weights, for `--spec`.
    Toml,
    /// One network with its weights, for other programs: ONNX, version 17 of the operators.
    Onnx,
}

impl Format {
    const ALL: [(&str, Self); 4] =
        [("safetensors", Self::Safetensors), ("npz", Self::Npz), ("toml", Self::Toml), ("onnx", Self::Onnx)];
}

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run directory, a weights file of this program, or an ONNX file.
    run: PathBuf,
    /// What is written, by its ending: .safetensors or .npz (all weights, under the names and in the layout of PyTorch's state dict), .toml (the network without its weights,
    /// for `--spec`), or .onnx (the network with its weights); must not exist yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The format, which the ending of --out says already.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Of a file with several networks (a GAN's generator and discriminator), the one that is written as .toml or .onnx.
    #[arg(long, value_name = "NAME")]
    network: Option<String>,
    /// The last line of stdout is one JSON object.
    #[arg(long)]
    json: bool,
}

/// What is exported.
struct Source {
    kind: String,
    extra: Value,
    /// By their names; the only one may have none.
    networks: Vec<(String, Network<f32>)>,
}

impl Source {
    fn of(file: &Path) -> Outcome<Self> {
        if is_onnx(file) {
            let (net, notes) = read_onnx(file)?.network().map_err(|e| Failure::at(file, e))?;
            notes.iter().for_each(|note| say::note(&note.to_string()));
            return Ok(Self {
                kind: "classifier".into(),
                extra: Value::Null,
                networks: vec![(String::new(), net)],
            });
        }
        let weights = read(file)?;
        let Some(document) = weights.document() else {
            let what = "another program wrote it; `export` writes what a training of this program has made";
            return Err(Failure::at(file, what));
        };
        let one = |n: &Stored| Ok((n.prefix.clone(), loaded(file, &weights, n)?));
        let networks = document.networks.iter().map(one).collect::<Outcome<_>>()?;
        Ok(Self { kind: document.kind.clone(), extra: document.extra.clone(), networks })
    }
    /// The tensor whose name is the first of all.
    fn first_tensor(&self) -> String {
        let dotted = |prefix: &str| if prefix.is_empty() { String::new() } else { format!("{prefix}.") };
        let all = self.networks.iter().flat_map(|(prefix, net)| {
            net.params.iter().map(move |p| format!("{}{}", dotted(prefix), p.name()))
        });
        all.min().unwrap_or_default()
    }
    /// The network of this name, or the only one.
    fn chosen(&self, file: &Path, name: Option<&str>) -> Outcome<&Network<f32>> {
        let names = || self.networks.iter().map(|n| n.0.as_str()).collect::<Vec<_>>().join(" or ");
        let file = file.display();
        match (name, &self.networks[..]) {
            (None, [(_, only)]) => Ok(only),
            (None, _) => {
                Err(Failure::Usage(format!("{file}: holds several networks; say --network {}", names())))
            }
            (Some(name), all) => match all.iter().find(|n| n.0 == name && !name.is_empty()) {
                Some((_, found)) => Ok(found),
                None if all.len() == 1 => Err(Failure::Usage(format!(
                    "--network {name}: {file} holds one network, which has no name; leave --network out"
                ))),
                None => Err(Failure::Usage(format!("--network {name}: {file} holds {}", names()))),
            },
        }
    }
}

pub(crate) fn run(args: &Args) -> Outcome {
    out::ending(&args.out, "--out", &Format::ALL.map(|(ending, _)| ending))?;
    let ending = args.out.extension().unwrap_or_default();
    let by_name = Format::ALL.into_iter().find(|(own, _)| ending.eq_ignore_ascii_case(own)).map(|(_, f)| f);
    let format = args.format.or(by_name).unwrap_or(Format::Safetensors);
    if let Some((ending, _)) = Format::ALL.into_iter().find(|(_, f)| *f == format && by_name != Some(format))
    {
        let what = format!("--format {ending}: the name of --out must end in .{ending}");
        return Err(Failure::Usage(what));
    }
    out::free(&args.out, "--out")?;
    let file = weights_file(&args.run)?;
    if let (Some(name), Format::Safetensors | Format::Npz) = (&args.network, format) {
        let what =
            format!("--network {name}: a file of weights holds all networks; it goes with a .toml or .onnx");
        return Err(Failure::Usage(what));
    }
    let source = Source::of(&file)?;
    let names: Vec<&str> = source.networks.iter().map(|n| n.0.as_str()).collect();
    let path = say::path(&args.out);
    let way = match format {
        Format::Toml => {
            let net = source.chosen(&file, args.network.as_deref())?;
            write_new(&args.out, spec_text(net.graph()).as_bytes())?;
            match source.kind.as_str() {
                "classifier" => format!("sparring train classifier --spec {path}"),
                _ => format!("sparring inspect {path}"),
            }
        }
        Format::Onnx => {
            write_new_onnx(&args.out, source.chosen(&file, args.network.as_deref())?)?;
            format!("onnxruntime.InferenceSession(\"{path}\")")
        }
        Format::Safetensors | Format::Npz => {
            let named: Vec<_> = source.networks.iter().map(|(name, net)| (name.as_str(), net)).collect();
            write_new_weights(&args.out, &source.kind, &named, source.extra.clone())?;
            if format == Format::Npz {
                format!("numpy.load(\"{path}\")[\"{}\"]", source.first_tensor())
            } else if names.len() > 1 {
                format!("safetensors.torch.load_file(\"{path}\")")
            } else {
                format!("net.load_state_dict(safetensors.torch.load_file(\"{path}\"))")
            }
        }
    };
    let bytes = args.out.metadata().map_or(0, |m| m.len());
    if args.json {
        let tensors: usize = source.networks.iter().map(|n| n.1.params.len()).sum();
        let object = json!({
            "out": args.out, "kind": source.kind, "networks": names, "tensors": tensors, "bytes": bytes,
        });
        say::json(&object);
    } else {
        say::result(&format!("{bytes} bytes in {path}; read it by: {way}"));
    }
    Ok(())
}

fn loaded(file: &Path, weights: &Weights, stored: &Stored) -> Outcome<Network<f32>> {
    // Every number is replaced.
    let mut net = stored.spec.build(Key::new(0)).map_err(|e| Failure::at(file, e))?;
    weights.load_into(&stored.prefix, &mut net).map_err(|e| Failure::at(file, e))?;
    Ok(net)
}
