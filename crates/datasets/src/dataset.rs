//! A data set: a training and a test split of one shape.

use crate::digest::Hasher;
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
    /// SHA-256 over both splits: equal for equal data in equal order, wherever they lie.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Hasher::default();
        hasher.update(format!("{} {}", self.train.fingerprint(), self.test.fingerprint()).as_bytes());
        hasher.finish()
    }
    /// The set as a model sees it whose classes have the names `model`: a class has the number of the model's class with its name. The set may lack some of them. Where one side has
    /// no names, nothing changes. Whether any number is another now is the second value.
    ///
    /// # Errors
    /// [`DataError::Classes`] with the names that the model does not have; [`DataError::Shape`] for more than 65,536.
    pub fn in_classes_of(mut self, model: &[String]) -> Result<(Self, bool), DataError> {
        if model.is_empty() || self.class_names.is_empty() || model == self.class_names {
            return Ok((self, false));
        }
        let place = |name: &String| model.iter().position(|own| own == name);
        let unknown: Vec<String> = self.class_names.iter().filter(|n| place(n).is_none()).cloned().collect();
        if !unknown.is_empty() {
            return Err(DataError::Classes { unknown, known: model.to_vec() });
        }
        let to: Result<Vec<u16>, _> = self.class_names.iter().filter_map(place).map(u16::try_from).collect();
        let to =
            to.map_err(|_| DataError::Shape(format!("a label is one of 65,536, not of {}", model.len())))?;
        self.train = self.train.relabelled(&to);
        self.test = self.test.relabelled(&to);
        (self.classes, self.class_names) = (model.len(), model.to_vec());
        Ok((self, to.iter().enumerate().any(|(k, &at)| k != usize::from(at))))
    }
    /// `[channels, height, width]` of one example.
    pub fn shape(&self) -> [usize; 3] {
        self.train.shape()
    }
}
