//! The trained model that a command reads.

use super::{ActivationFlag, AskedNet, NamingArgs, Shorthands, Written, arch};
use crate::cli::Outcome;
use sparring::models::{Arch, ModelKind};
use std::path::PathBuf;

/// Which weights, and how their network is built where the file does not say it.
#[derive(Debug, clap::Args)]
pub(crate) struct ModelArgs {
    /// A run directory, a weights file (.safetensors, .npz), or a network of another program (.onnx).
    #[arg(value_name = "MODEL")]
    pub(crate) path: PathBuf,
    /// The architecture of a weights file that does not name its own (from PyTorch, say), `madry(norm=batch)` with parameters.
    #[arg(long, value_parser = arch(ModelKind::Classifier))]
    arch: Option<Written<Arch>>,
    /// The network of a weights file that does not name its own, from a TOML file: torch.nn's names and arguments (README of sparring-store).
    #[arg(long, value_name = "FILE.toml", conflicts_with = "arch")]
    spec: Option<PathBuf>,
    #[command(flatten)]
    activation: Shorthands<ActivationFlag>,
    #[command(flatten)]
    pub(crate) names: NamingArgs,
}

impl ModelArgs {
    /// `--spec`, or `--arch` with its activation: without either the network is what its file says it is.
    pub(crate) fn net(&self) -> Outcome<Option<AskedNet>> {
        let arch = self.arch.as_slice();
        self.activation.all_belong("--arch", &arch.iter().collect::<Vec<_>>())?;
        if let Some(path) = &self.spec {
            return AskedNet::read(path).map(Some);
        }
        arch.first().map(|arch| self.activation.applied(arch).map(AskedNet::Named)).transpose()
    }
}
