//! `sparring generate RUN`.

mod gan;
mod mixture;
mod vae;

use crate::cli::io::{out, say};
use crate::cli::options::{MachineArgs, NamingArgs, count};
use crate::cli::pages::coder::{Coder, kind_of, load_coder};
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
    /// A run directory of `sparring train gan`, `train vae` or `train autoencoder`, its weights file, or one of another program with a generator of the articles' form.
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
    /// Of an autoencoder: Gaussians of the mixture that is fitted to the codes of its training images, which have no law by themselves. Default: 10.
    #[arg(long, value_name = "K", value_parser = count)]
    components: Option<usize>,
    /// Of an autoencoder: the images to whose codes it is fitted, a folder with the set's files or a name. Default: the run's own data, mnist-10k for a bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
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

/// A model that draws samples.
struct Drawer {
    /// `[channels, height, width]` of a sample.
    shape: [usize; 3],
    /// Samples drawn at once at most.
    most: usize,
    /// Rows of pixels, one for each id, of which each depends on the key and its id alone.
    draw: Box<dyn Fn(Key, &[u64]) -> Outcome<Vec<f32>>>,
    /// Where its codes come from, in words; of noise nothing is said.
    law: Option<String>,
}

impl Args {
    fn drawer(&self) -> Outcome<Drawer> {
        let own =
            |flag: &str, whose: &str| Err(Failure::Usage(format!("{flag} is for {whose}; leave it out")));
        let kind = kind_of(&self.run)?;
        let is = |kinds: &[&str]| kind.as_deref().is_some_and(|kind| kinds.contains(&kind));
        match (self.components, &self.data) {
            (Some(_), _) if !is(&["autoencoder"]) => return own("--components", "autoencoders"),
            (_, Some(_)) if !is(&["autoencoder"]) => return own("--data", "autoencoders"),
            _ => {}
        }
        if !is(&["autoencoder", "vae", "vq-vae"]) {
            return gan::drawer(self);
        }
        if self.activation.is_some() || self.names.load()?.flag().is_some() {
            return own("--activation, --rename or --by-order", "generators that another program wrote");
        }
        let (coder, known) = load_coder(&self.run)?;
        match coder {
            Coder::Autoencoder(model) => mixture::drawer(self, model, &known),
            Coder::Vae(model) => Ok(vae::drawer(model)),
            Coder::VqVae(_) => {
                let what = "an autoencoder with a codebook has no law of its entries; `sparring reconstruct` and `sparring encode` take it";
                Err(Failure::at(&self.run, what))
            }
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
    let drawer = args.drawer()?;
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
