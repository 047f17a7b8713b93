//! Which data.

use crate::cli::io::say;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::datasets::{DataError, Dataset, Split, find, folder_of};
use sparring::losses::check_targets;
use sparring::seed::Key;
use sparring::store::terminal::shown;
use std::path::{Component, Path, PathBuf};

/// The data of a training.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DataArgs {
    /// A folder with the set's files, or with PNGs by class (train/CLASS/*.png and test/CLASS/*.png, or CLASS/*.png, of which a fifth, chosen by file name, is to judge by), or a name (see `sparring list datasets`): `mnist-10k` is built in, "rings(n=500)" and its like are
    /// computed, others are looked up as $SPARRING_DATA/NAME, then ./data/NAME.
    #[arg(long, default_value = "mnist-10k", value_name = "NAME|DIR")]
    pub(crate) data: String,
}

/// A set and the name it was asked for by.
#[derive(Debug)]
pub(crate) struct Named {
    /// What the user wrote.
    pub(crate) asked: String,
    /// The set.
    pub(crate) set: Dataset,
}

/// The data of a run, as its `config.json` says.
#[derive(Clone, Debug)]
pub(crate) struct RunData {
    /// What was asked for when it was trained.
    pub(crate) asked: String,
    /// The run directory, and the way from there to the set's folder.
    pub(crate) folder: Option<PathBuf>,
    /// Their fingerprint; runs of older versions have none.
    pub(crate) digest: Option<String>,
}

impl RunData {
    /// What the configuration of the run in this directory says; `None` where it names no data.
    pub(crate) fn of(run: &Path, config: &Value) -> Option<Self> {
        Some(Self {
            asked: config["data"].as_str()?.into(),
            folder: config["data_from_run"].as_str().map(|way| run.join(way)),
            digest: config["data_digest"].as_str().map(String::from),
        })
    }
}

impl Named {
    /// Looks the set up.
    pub(crate) fn find(asked: &str) -> Outcome<Self> {
        let set = find(asked).map_err(|e| match e {
            DataError::Named(e) => Failure::Usage(format!("--data: {e}")),
            e => e.into(),
        })?;
        Ok(Self { asked: asked.to_string(), set })
    }
    /// The set asked for, else that of the run, else that of a bare weights file, its classes those of a model by their names; and whether it is what the run was trained on.
    pub(crate) fn for_model(
        asked: Option<&str>,
        own: Option<&RunData>,
        classes: &[String],
    ) -> Outcome<(Self, bool)> {
        let found = match (asked, own) {
            (Some(asked), _) => Self::find(asked)?,
            (None, Some(own)) => Self::of_run(own)?,
            (None, None) => Self::find("mnist-10k")?,
        };
        let Self { asked: name, set } = found;
        // A digest costs a look at every pixel.
        let differs = own.and_then(|own| own.digest.as_ref()).map(|began| *began != set.fingerprint());
        if asked.is_none() && differs == Some(true) {
            say::note(&format!(
                "warning: the data {name} have changed since the training: what it was trained on may be among the examples to judge by"
            ));
        }
        let is_own = own.is_some() && (asked.is_none() || differs == Some(false));
        let (set, moved) = set
            .in_classes_of(classes)
            .map_err(|e| Failure::Failed(format!("{name}: {e}, or name another set with --data")))?;
        if moved {
            say::note(&format!("the classes of {name} are matched to the model's by their names"));
        }
        Ok((Self { asked: name, set }, is_own))
    }
    /// Takes `n` training images, stratified and drawn by the seed of the run, off the set: those to validate on.
    ///
    /// # Panics
    /// If there are not so many.
    pub(crate) fn hold_out(&mut self, n: usize, seed: u64) -> Split {
        if n == 0 {
            return self.set.train.first(0);
        }
        let (train, held) = self.set.train.holdout(n, Key::new(seed).named("holdout"));
        self.set.train = train;
        held
    }
    /// A network that takes other inputs is refused before anything is made for it.
    pub(crate) fn fits(&self, input: [usize; 3], what: &str) -> Outcome {
        if self.set.shape() == input {
            return Ok(());
        }
        let shown = |[c, h, w]: [usize; 3]| format!("{c} x {h} x {w}");
        let (has, takes) = (shown(self.set.shape()), shown(input));
        Err(Failure::Usage(format!(
            "{}: its examples are {has} (channels, height, width), {what} takes {takes}; name another set with --data, or another network with --arch where there is that flag",
            self.asked
        )))
    }
    /// Labels that a network with so many classes cannot give are refused before anything is trained: those of test images, too.
    pub(crate) fn labels_fit(&self, classes: usize) -> Outcome {
        for (of, split) in [("training", &self.set.train), ("test", &self.set.test)] {
            check_targets(&split.labels(), classes)
                .map_err(|e| {
                    Failure::Usage(format!(
                        "{}: labels of its {of} examples: {e}; name another set with --data, or another network with --arch where there is that flag",
                        self.asked
                    ))
                })?;
        }
        Ok(())
    }
    /// Looks up the set that a run was trained on: a name here and now, a folder where it was, seen from the run.
    pub(crate) fn of_run(data: &RunData) -> Outcome<Self> {
        let RunData { asked, folder, .. } = data;
        let there = folder.as_deref().filter(|f| f.is_dir()).map(|f| f.display().to_string());
        let is_name = !asked.contains(['/', '\\']) && folder_of(asked).is_none_or(|f| f != Path::new(asked));
        let found = match there {
            Some(there) if !is_name => find(&there),
            Some(there) => find(asked).or_else(|_| find(&there)),
            None => find(asked),
        };
        let asked = shown(asked, 200);
        let set = found.map_err(|e| {
            Failure::Failed(format!(
                "{e} (the run's config.json names its data `{asked}`; if they are elsewhere now, name them with --data)"
            ))
        })?;
        Ok(Self { asked, set })
    }
    /// The way from a run directory to the set's folder, for its `config.json`: it leads there from wherever the run is used later.
    /// `None` for a set without files, or on another drive.
    pub(crate) fn way_from(&self, run: &Path) -> Option<String> {
        way_between(&folder_of(&self.asked)?, run)
    }
}

/// The way to a place from a directory, both of which exist; `None` on another drive.
pub(crate) fn way_between(to: &Path, from: &Path) -> Option<String> {
    let (to, from) = (to.canonicalize().ok()?, from.canonicalize().ok()?);
    let (to, from): (Vec<_>, Vec<_>) = (to.components().collect(), from.components().collect());
    let common = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return None;
    }
    let up = from[common..].iter().map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(to[common..].iter().copied()).collect();
    path.to_str().map(|p| if p.is_empty() { ".".to_string() } else { p.to_string() })
}

impl DataArgs {
    /// Looks the set up.
    pub(crate) fn load(&self) -> Outcome<Named> {
        Named::find(&self.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_a_network_cannot_give_are_refused_of_either_split() {
        let mut data = Named::find("moons(n=40)").unwrap();
        assert!(data.labels_fit(2).is_ok());
        let told = |data: &Named| match data.labels_fit(1) {
            Err(Failure::Usage(text)) => text,
            _ => panic!("accepted, or another failure"),
        };
        assert!(told(&data).contains("labels of its training examples"));
        let zeros: Vec<usize> = (0..data.set.train.len()).filter(|&i| data.set.train.label(i) == 0).collect();
        data.set.train = data.set.train.subset(&zeros);
        assert!(told(&data).contains("labels of its test examples"));
    }
}
