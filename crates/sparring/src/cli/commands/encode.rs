//! `sparring encode RUN`: the codes of a set's images as a file of arrays.

use super::examples::{Examples, SplitName};
use crate::cli::io::json::json;
use crate::cli::io::{out, say};
use crate::cli::options::{MachineArgs, Named, Names, count};
use crate::cli::pages::coder::{Coder, load_coder};
use crate::cli::{Failure, Outcome};
use sparring::datasets::Split;
use sparring::models::Vae;
use sparring::store::{TensorValues, try_write, write_new_tensors};
use sparring::tensor::Array;
use sparring::train::{codes, log_variances, symbols};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run directory of `sparring train autoencoder`, `train vae` or `train vq-vae`, or its weights file.
    run: PathBuf,
    /// A folder with the set's files, or a name. Default: the run's own data, mnist-10k for a bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// Which examples of the set: those to judge by, those trained on, or those that the run held out of them.
    #[arg(long, value_enum, default_value_t = SplitName::Test)]
    split: SplitName,
    /// The first N of them. Default: all.
    #[arg(long, value_name = "N", value_parser = count)]
    first: Option<usize>,
    /// The file, .npz for NumPy or .safetensors; must not exist yet. It holds `codes` [n, code], `labels` [n], and of a variational autoencoder, whose codes are means, `logvar` [n, code], of one with a codebook `entries` [n, places].
    #[arg(long, value_name = "FILE.npz", default_value = "codes.npz")]
    out: PathBuf,
    #[command(flatten)]
    machine: MachineArgs,
}

pub(crate) fn run(args: &Args) -> Outcome {
    out::ending(&args.out, "--out", &["npz", "safetensors"])?;
    out::free(&args.out, "--out")?;
    args.machine.start()?;
    let (coder, known) = load_coder(&args.run, &Names::Same)?;
    let (data, is_own) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &known.classes)?;
    let (model, word) = (coder.model(), coder.word());
    data.fits(model.image_shape(), &format!("this {word}"))?;
    let examples = Examples::of(data, args.split, args.first, is_own.then_some(args.run.as_path()))?;
    let (split, k) = (&examples.split, model.code_numbers());
    let bytes = 4 * (split.len() * k) as u64;
    try_write(&args.out, bytes.min(64 << 20))?;
    let found = codes(model, split)?;
    if let Some(at) = found.iter().position(|z| !z.is_finite()) {
        return Err(Failure::at(
            &args.run,
            format!("the code of example {} is {}: nothing was written", at / k, found[at]),
        ));
    }
    let array = |codes: &[f32]| TensorValues::from(Array::from_slice([split.len(), k], codes));
    let labels = TensorValues::labels(split.labels().into_iter().map(|l| l as i64));
    let mut arrays = vec![("codes", array(&found)), ("labels", labels)];
    if let Coder::Vae(vae) = &coder {
        arrays.push(("logvar", array(&spreads(vae, split)?)));
    }
    if let Some((entries, _)) = symbols(model, split)? {
        let shape = vec![split.len(), entries.len() / split.len()];
        let numbers = entries.into_iter().map(i64::from).collect();
        arrays.push(("entries", TensorValues::I64 { shape, numbers }));
    }
    let about = json!({ "data": examples.data.asked, "split": args.split.flag(), "model": word });
    write_new_tensors(&args.out, "codes", &arrays, about)?;
    let names: Vec<&str> = arrays.iter().map(|(name, _)| *name).collect();
    if args.machine.json {
        say::json(&json!({
            "out": args.out, "n": split.len(), "code": k, "arrays": names, "data": examples.data.asked, "split": args.split.flag(),
        }));
    } else {
        let (file, names) = (say::path(&args.out), names.join(", "));
        say::result(&format!("codes of {}, {k} numbers each, in {file}: {names}", examples.words));
    }
    Ok(())
}

fn spreads(vae: &Vae, split: &Split) -> Outcome<Vec<f32>> {
    Ok(log_variances(vae, split)?)
}
