//! `sparring train classifier|autoencoder|vae|vq-vae|gan|advgan`.

mod adv_gan;
mod autoencoder;
mod classifier;
mod coded;
mod gan;
mod generated;
mod hardening;
mod inside;
mod kept_files;
mod learnt;
mod log;
mod own_figures;
mod place;
mod trouble;
mod vae;
mod validation;
mod vq_vae;
mod watch;

use crate::cli::Outcome;
use crate::cli::options::{MachineArgs, Named};
pub(crate) use log::Log;
pub(crate) use place::{PlaceArgs, Resumed, is_finished, is_saved, reopen};
use serde_json::Value;
pub(crate) use watch::{EpochRow, Test, Watch};

/// What to train.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Kind {
    /// Images to classes, clean or adversarially.
    Classifier(Box<classifier::Args>),
    /// Images to images through a narrow code.
    Autoencoder(autoencoder::Args),
    /// Images to distributions of codes, and codes to images.
    Vae(vae::Args),
    /// Images to entries of a codebook, and its vectors to images.
    VqVae(vq_vae::Args),
    /// Noise to images.
    Gan(gan::Args),
    /// Images to perturbations that fool a classifier: an attack that is trained once.
    #[command(name = "advgan")]
    AdvGan(adv_gan::Args),
}

impl Kind {
    /// Where it writes, and how often it is saved.
    pub(crate) fn place_mut(&mut self) -> &mut PlaceArgs {
        match self {
            Self::Classifier(args) => &mut args.place,
            Self::Autoencoder(args) => &mut args.place,
            Self::Vae(args) => &mut args.place,
            Self::VqVae(args) => &mut args.place,
            Self::Gan(args) => &mut args.place,
            Self::AdvGan(args) => &mut args.place,
        }
    }
    /// The name of its data, as it was asked for.
    pub(crate) fn data(&self) -> &str {
        match self {
            Self::Classifier(args) => &args.data.data,
            Self::Autoencoder(args) => &args.data.data,
            Self::Vae(args) => &args.data.data,
            Self::VqVae(args) => &args.data.data,
            Self::Gan(args) => &args.data.data,
            Self::AdvGan(args) => args.data(),
        }
    }
    /// What a training on these data would be: equal ones are the same training, however they were written. Refuses what that would refuse before it begins.
    pub(crate) fn check(&self, data: &Named) -> Outcome<Value> {
        match self {
            Self::Classifier(args) => args.check(data),
            Self::Autoencoder(args) => args.check(data),
            Self::Vae(args) => args.check(data),
            Self::VqVae(args) => args.check(data),
            Self::Gan(args) => args.check(data),
            Self::AdvGan(args) => args.check(data),
        }
    }
    /// Threads and output.
    pub(crate) fn machine_mut(&mut self) -> &mut MachineArgs {
        match self {
            Self::Classifier(args) => &mut args.machine,
            Self::Autoencoder(args) => &mut args.machine,
            Self::Vae(args) => &mut args.machine,
            Self::VqVae(args) => &mut args.machine,
            Self::Gan(args) => &mut args.machine,
            Self::AdvGan(args) => &mut args.machine,
        }
    }
}

/// Trains, or goes on with a training that was interrupted.
pub(crate) fn run(kind: &Kind, resumed: Option<Resumed>) -> Outcome {
    match kind {
        Kind::Classifier(args) => classifier::run(args, resumed),
        Kind::Autoencoder(args) => autoencoder::run(args, resumed),
        Kind::Vae(args) => vae::run(args, resumed),
        Kind::VqVae(args) => vq_vae::run(args, resumed),
        Kind::Gan(args) => gan::run(args, resumed),
        Kind::AdvGan(args) => adv_gan::run(args, resumed),
    }
}
