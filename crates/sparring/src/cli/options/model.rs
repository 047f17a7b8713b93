//! The trained model that a command reads.

use super::{ActivationFlag, AskedNet, NamingArgs, Shorthands, Written, arch};
use crate::cli::{Failure, Outcome};
use sparring::models::{Arch, ModelKind};
use std::path::{Path, PathBuf};

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

/// [`ModelArgs`] alone.
#[derive(Debug, clap::Parser)]
struct Alone {
    #[command(flatten)]
    model: ModelArgs,
}

impl ModelArgs {
    /// What [`flags`](Self::flags) wrote, for a model at this path.
    pub(crate) fn of_flags(path: &Path, flags: &[String]) -> Outcome<Self> {
        let words = ["model".as_ref(), path.as_os_str()].into_iter().chain(flags.iter().map(AsRef::as_ref));
        let read = <Alone as clap::Parser>::try_parse_from(words);
        read.map(|alone| alone.model).map_err(|e| Failure::Usage(e.render().to_string()))
    }
    /// All flags beside the path, as words of a command line.
    pub(crate) fn flags(&self) -> Vec<String> {
        let arch = self.arch.iter().flat_map(|arch| ["--arch".to_owned(), arch.text.clone()]);
        let spec = self.spec.iter().flat_map(|path| ["--spec".into(), path.display().to_string()]);
        arch.chain(spec).chain(self.activation.words()).chain(self.names.words()).collect()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_of_a_model_are_read_back() {
        let words = ["--arch", "madry(norm=batch)", "--activation", "tanh", "--by-order"];
        for n in [0, 2, 4, 5] {
            let flags: Vec<String> = words[..n].iter().map(ToString::to_string).collect();
            let read = ModelArgs::of_flags(Path::new("a b.npz"), &flags).unwrap();
            assert_eq!((read.path.as_path(), read.flags()), (Path::new("a b.npz"), flags));
        }
        let spec = ["--spec", "net.toml", "--rename", "names.txt"].map(String::from);
        assert_eq!(ModelArgs::of_flags(Path::new("m"), &spec).unwrap().flags(), spec);
        assert!(ModelArgs::of_flags(Path::new("m"), &["--epochs".to_owned()]).is_err());
    }
}
