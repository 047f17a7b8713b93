//! `sparring generate RUN`.

mod args;
mod drawer;
mod gan;
mod mixture;
mod vae;

use crate::cli::io::{out, say};
use crate::cli::options::Names;
use crate::cli::pages::coder::{Coder, kind_of, load_coder};
use crate::cli::{Failure, Outcome};
pub(crate) use args::Args;
use drawer::Drawer;
use serde_json::json;
use sparring::seed::Key;
use sparring::store::{try_write, write_new};
use sparring_report::grid::{GridSpec, images_from_rows, png_grid};

/// Samples drawn at a time; sample i depends on the seed and i alone.
const PART: u64 = 256;

/// What draws samples, by the kind of the model.
fn drawer(args: &Args) -> Outcome<Drawer> {
    let own = |flag: &str, whose: &str| Err(Failure::Usage(format!("{flag} is for {whose}; leave it out")));
    let kind = kind_of(&args.run)?;
    let is = |kinds: &[&str]| kind.as_deref().is_some_and(|kind| kinds.contains(&kind));
    if args.class.is_some() && is(&["autoencoder", "vae", "vq-vae"]) {
        return own("--class", "GANs with classes");
    }
    match (args.components, &args.data) {
        (Some(_), _) if !is(&["autoencoder"]) => return own("--components", "autoencoders"),
        (_, Some(_)) if !is(&["autoencoder"]) => return own("--data", "autoencoders"),
        _ => {}
    }
    if !is(&["autoencoder", "vae", "vq-vae"]) {
        return gan::drawer(args);
    }
    if args.activation.is_some() || args.names.load()?.flag().is_some() {
        return own("--activation, --rename or --by-order", "generators that another program wrote");
    }
    let (coder, known) = load_coder(&args.run, &Names::Same)?;
    match coder {
        Coder::Autoencoder(model) => mixture::drawer(args, model, &known),
        Coder::Vae(model) => Ok(vae::drawer(model)),
        Coder::VqVae(_) => {
            let what = "an autoencoder with a codebook has no law of its entries; `sparring reconstruct` and `sparring encode` take it";
            Err(Failure::at(&args.run, what))
        }
    }
}

pub(crate) fn run(args: &Args) -> Outcome {
    out::ending(&args.out, "--out", &["png"])?;
    out::free(&args.out, "--out")?;
    if let Some(columns) = args.columns.filter(|&c| c > args.n) {
        return Err(Failure::Usage(format!(
            "--columns {columns}: there are only {} samples to set in rows",
            args.n
        )));
    }
    args.machine.start()?;
    let drawer = drawer(args)?;
    // Tried before the work: a byte a pixel and a little.
    let pixels = drawer.shape.iter().product::<usize>() * args.n;
    try_write(&args.out, (pixels as u64).min(64 << 20))?;
    let part = PART.min(drawer.most as u64);
    let key = Key::new(args.machine.seed).named("generate");
    let layout = GridSpec { columns: args.columns.unwrap_or(0), scale: args.scale, ..GridSpec::default() };
    let [_, height, width] = drawer.shape;
    let too_large = |e| Failure::Usage(format!("{e} (--scale, -n, --columns)"));
    layout.size(args.n, [height, width]).map_err(too_large)?;
    let (n, mut images) = (args.n as u64, Vec::with_capacity(args.n));
    for first in (0..n).step_by(part as usize) {
        let ids: Vec<u64> = (first..n.min(first + part)).collect();
        let samples = (drawer.draw)(key, &ids)?;
        images.extend(images_from_rows(drawer.shape, &samples)?);
    }
    let png = png_grid(&images, &layout)?;
    write_new(&args.out, &png)?;
    if args.machine.json {
        say::json(&json!({
            "out": args.out, "n": args.n, "seed": args.machine.seed, "bytes": png.len(), "law": drawer.law,
        }));
    } else {
        let law = drawer.law.map_or_else(String::new, |law| format!(": {law}"));
        say::result(&format!("{} samples in {}{law}", args.n, args.out.display()));
    }
    Ok(())
}
