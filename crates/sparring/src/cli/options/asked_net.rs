//! The network that a command is asked for: an architecture by name, or a file that somebody wrote.

use super::{ActivationFlag, Shorthands, Written};
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::models::Arch;
use sparring::nn::Graph;
use sparring::store::read_spec;
use sparring::store::terminal::shown;
use std::fmt;
use std::path::{Path, PathBuf};

/// Which network.
#[derive(Clone, Debug)]
pub(crate) enum AskedNet {
    /// `--arch`.
    Named(Arch),
    /// `--spec`: the path as it was given, and what the file holds.
    File(PathBuf, Graph),
}

impl AskedNet {
    /// The network of `--spec`, which `read` reads, or of `--arch` with its activation.
    pub(crate) fn of(
        spec: Option<&Path>,
        arch: &Written<Arch>,
        activation: &Shorthands<ActivationFlag>,
        read: impl FnOnce(&Path) -> Outcome<Self>,
    ) -> Outcome<Self> {
        if let Some(path) = spec {
            activation.all_belong("--arch", &[])?;
            return read(path);
        }
        activation.all_belong("--arch", &[arch])?;
        activation.applied(arch).map(Self::Named)
    }
    /// Reads the file of `--spec`.
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let graph = read_spec(path).map_err(|e| Failure::Failed(format!("--spec {e}")))?;
        Ok(Self::File(path.to_path_buf(), graph))
    }
    /// A name for the run's directory and page: that of the architecture, or of the file without its ending.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Named(arch) => arch.name().to_string(),
            Self::File(path, _) => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                let plain: String =
                    stem.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).take(40).collect();
                if plain.is_empty() { "net".into() } else { plain }
            }
        }
    }
    /// The flag that asks for it, and its value.
    pub(crate) fn flag_and_value(&self) -> (&'static str, String) {
        match self {
            Self::Named(arch) => ("--arch", arch.to_string()),
            Self::File(path, _) => ("--spec", shown(&path.to_string_lossy(), 200)),
        }
    }
    /// What it is in a command line: `--arch madry`, `--spec net.toml`.
    pub(crate) fn flag(&self) -> String {
        let (flag, value) = self.flag_and_value();
        format!("{flag} {value}")
    }
    /// The entries of a run's `config.json`; the network itself stands beside them as `spec`.
    pub(crate) fn config(&self) -> [(&'static str, Value); 2] {
        match self {
            Self::Named(arch) => [("arch", json!(arch)), ("activation", json!(arch.activation()))],
            Self::File(path, _) => [("arch", Value::Null), ("spec_file", json!(path.to_string_lossy()))],
        }
    }
    /// A classifier for examples of this shape and number of classes, as far as it can be fitted to them.
    pub(crate) fn classifier_for(&self, input: [usize; 3], classes: usize) -> Option<Graph> {
        match self {
            Self::Named(arch) => arch.classifier_for(input, classes),
            Self::File(_, graph) => Some(graph.clone()),
        }
    }
    /// A classifier as it stands.
    pub(crate) fn classifier(&self) -> Option<Graph> {
        match self {
            Self::Named(arch) => arch.classifier(),
            Self::File(_, graph) => Some(graph.clone()),
        }
    }
    /// An autoencoder and the layers of its encoder: of a file, those up to the first layer with the fewest numbers, which are the code.
    pub(crate) fn autoencoder(&self) -> Option<(Graph, usize)> {
        match self {
            Self::Named(arch) => arch.autoencoder(),
            Self::File(_, graph) => {
                let shapes = graph.shapes(1).ok()?;
                let inner = shapes.iter().take(shapes.len().saturating_sub(1)).enumerate();
                let (code, _) = inner.min_by_key(|(_, shape)| shape.numel())?;
                Some((graph.clone(), code + 1))
            }
        }
    }
}

/// As people write it: `madry(norm=batch)`, `net.toml`.
impl fmt::Display for AskedNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(arch) => arch.fmt(f),
            Self::File(path, _) => f.write_str(&shown(&path.to_string_lossy(), 200)),
        }
    }
}
