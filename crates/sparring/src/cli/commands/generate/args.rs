//! The flags of `sparring generate`.

use crate::cli::options::{MachineArgs, NamingArgs, count, whole};
use sparring::activations::AnyActivation;
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run directory of `sparring train gan`, `train vae` or `train autoencoder`, its weights file, or one of another program with a generator of the articles' form.
    pub(super) run: PathBuf,
    /// How many samples are drawn, at most 65536.
    #[arg(short, long, default_value_t = 64, value_parser = samples)]
    pub(super) n: usize,
    /// The picture; must not exist yet.
    #[arg(long, value_name = "FILE.png", default_value = "samples.png")]
    pub(super) out: PathBuf,
    /// Samples in a row of the picture, at most as many as there are. Default: as square as can be.
    #[arg(long, value_parser = count)]
    pub(super) columns: Option<usize>,
    /// Side of the square that each pixel becomes, in pixels of the picture.
    #[arg(long, default_value_t = 2, value_parser = count)]
    pub(super) scale: usize,
    /// The hidden activation of a generator that another program wrote. Default: relu.
    #[arg(long)]
    pub(super) activation: Option<AnyActivation>,
    /// Of an autoencoder: Gaussians of the mixture that is fitted to the codes of its training images, which have no law by themselves. Default: 10.
    #[arg(long, value_name = "K", value_parser = count)]
    pub(super) components: Option<usize>,
    /// Of an autoencoder: the images to whose codes it is fitted, a folder with the set's files or a name. Default: the run's own data, mnist-10k for a bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    pub(super) data: Option<String>,
    /// Of a GAN with classes: the class of all samples. Default: each class in turn.
    #[arg(long, value_name = "K", value_parser = whole)]
    pub(super) class: Option<usize>,
    #[command(flatten)]
    pub(super) names: NamingArgs,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
}

/// More than a picture can hold is a slip of the finger.
const MOST: usize = 1 << 16;

fn samples(text: &str) -> Result<usize, String> {
    count(text).and_then(|n| {
        if n > MOST {
            Err(format!("at most {MOST} samples are drawn at once; another --seed draws others"))
        } else {
            Ok(n)
        }
    })
}
