//! A data set: a training and a test split of one shape.

use crate::{DataError, Split};

/// Where data came from, as far as it can be proved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// The digest of every file is the pinned one of the set with this name.
    Verified(String),
    /// Computed here from a seed.
    Generated,
    /// The structure holds, the contents are not known to us.
    Unknown,
}

/// Two splits of one shape. Inputs of every set lie in [0, 1], the box of all attacks.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// `mnist-10k`, or the folder's name.
    pub name: String,
    /// To learn from.
    pub train: Split,
    /// To judge by.
    pub test: Split,
    /// Number of classes; every label is below it.
    pub classes: usize,
    /// What the classes are called, in order; empty where they are called by their numbers.
    pub class_names: Vec<String>,
    /// What is known about the bytes.
    pub provenance: Provenance,
}

impl Dataset {
    /// # Errors
    /// [`DataError::Shape`] when the splits differ in shape, one is empty, or a label is not below `classes`.
    pub fn new(
        name: impl Into<String>,
        train: Split,
        test: Split,
        classes: usize,
        provenance: Provenance,
    ) -> Result<Self, DataError> {
        let name = name.into();
        if train.shape() != test.shape() {
            return Err(DataError::Shape(format!(
                "{name}: training examples are {:?}, test examples {:?}",
                train.shape(),
                test.shape()
            )));
        }
        for (part, split) in [("training", &train), ("test", &test)] {
            if split.is_empty() {
                return Err(DataError::Shape(format!("{name}: the {part} split holds no example")));
            }
            if let Some(i) = (0..split.len()).find(|&i| split.label(i) >= classes) {
                let label = split.label(i);
                return Err(DataError::Shape(format!(
                    "{name}: {part} label {i} is {label}, classes are 0 to {}",
                    classes.saturating_sub(1)
                )));
            }
        }
        Ok(Self { name, train, test, classes, class_names: Vec::new(), provenance })
    }
    /// What class `k` is called: its name, or its number.
    pub fn class_name(&self, k: usize) -> String {
        self.class_names.get(k).cloned().unwrap_or_else(|| k.to_string())
    }
    /// `[channels, height, width]` of one example.
    pub fn shape(&self) -> [usize; 3] {
        self.train.shape()
    }
}
