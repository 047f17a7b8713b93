//! `sparring generate RUN`.

use crate::cli::io::{out, say};
use crate::cli::options::{MachineArgs, NamingArgs, count};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use serde_json::json;
use sparring::activations::AnyActivation;
use sparring::seed::Key;
use sparring::store::{try_write, write_new};
use sparring_report::grid::{GridSpec, images_from_rows, png_grid};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run directory of `sparring train gan`, its weights file, or one of another program with a generator of that form.
    run: PathBuf,
    /// How many samples are drawn, at most 65536.
    #[arg(short, long, default_value_t = 64, value_parser = samples)]
    n: usize,
    /// The picture; must not exist yet.
    #[arg(long, value_name = "FILE.png", default_value = "samples.png")]
    out: PathBuf,
    /// Samples in a row of the picture, at most as many as there are. Default: as square as can be.
    #[arg(long, value_parser = count)]
    columns: Option<usize>,
    /// Side of the square that each pixel becomes, in pixels of the picture.
    #[arg(long, default_value_t = 2, value_parser = count)]
    scale: usize,
    /// The hidden activation of a generator that another program wrote. Default: relu.
    #[arg(long)]
    activation: Option<AnyActivation>,
    #[command(flatten)]
    names: NamingArgs,
    #[command(flatten)]
    machine: MachineArgs,
}

/// More than a picture can hold is a slip of the finger.
const MOST: usize = 1 << 16;
/// Samples drawn at a time; sample i depends on the seed and i alone.
const PART: u64 = 256;

fn samples(text: &str) -> Result<usize, String> {
    count(text).and_then(|n| if n > MOST { Err(format!("must be at most {MOST}")) } else { Ok(n) })
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
    let names = args.names.load()?;
    args.machine.start()?;
    let model = pages::weights::load_gan(&args.run, args.activation.as_ref(), &names)?;
    // Tried before the work: a byte a pixel and a little.
    let pixels = model.shape().iter().product::<usize>() * args.n;
    try_write(&args.out, (pixels as u64).min(64 << 20))?;
    let part = PART.min(model.most_samples() as u64);
    let key = Key::new(args.machine.seed).named("generate");
    let layout = GridSpec { columns: args.columns.unwrap_or(0), scale: args.scale, ..GridSpec::default() };
    let [_, height, width] = model.shape();
    let too_large = |e| Failure::Usage(format!("{e} (--scale, -n, --columns)"));
    layout.size(args.n, [height, width]).map_err(too_large)?;
    let (n, mut images) = (args.n as u64, Vec::with_capacity(args.n));
    for first in (0..n).step_by(part as usize) {
        let ids: Vec<u64> = (first..n.min(first + part)).collect();
        let samples = model.generate(model.noise(key, &ids));
        images.extend(images_from_rows(model.shape(), samples.as_slice())?);
    }
    let png = png_grid(&images, &layout)?;
    write_new(&args.out, &png)?;
    if args.machine.json {
        say::json(&json!({ "out": args.out, "n": args.n, "seed": args.machine.seed, "bytes": png.len() }));
    } else {
        say::result(&format!("{} samples in {}", args.n, args.out.display()));
    }
    Ok(())
}
