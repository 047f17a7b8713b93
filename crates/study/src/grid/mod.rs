//! A grid: one kind of training, flags of all cells, axes of which every combination is a cell.

mod cells;
mod entries;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

/// The key of the combinations that are left out.
const EXCLUDE: &str = "exclude";

/// A grid, as its author wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// The text of the file.
    pub text: String,
    /// What each cell trains: `classifier`, `autoencoder` or `gan`; and the line that says so.
    pub train: (String, usize),
    /// Flags of every cell.
    pub flags: Vec<GridSetting>,
    /// Flags that vary, the last one fastest.
    pub axes: Vec<GridAxis>,
    /// Flags of the attack on each finished net; empty for none.
    pub attack: Vec<GridSetting>,
    /// Combinations that are left out: on each axis that is named, one of the values.
    excluded: Vec<Vec<(usize, Vec<usize>)>>,
}

/// A flag and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct GridSetting {
    /// The flag's name without dashes.
    pub key: String,
    /// Its value.
    pub value: GridValue,
    /// The line of the file it stands on, from 1.
    pub line: usize,
}

/// A flag and the values it takes in turn.
#[derive(Clone, Debug, PartialEq)]
pub struct GridAxis {
    /// The flag's name without dashes.
    pub key: String,
    /// At least one, all different.
    pub values: Vec<GridValue>,
    /// The line of the file it stands on, from 1.
    pub line: usize,
}

/// What a flag is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GridValue {
    /// `true`: a flag without a value is given; `false`: the flag is left out.
    Switch(bool),
    /// A text, or a number as it was written.
    Text(String),
    /// The flag once for each.
    Each(Vec<String>),
}

/// One training.
#[derive(Clone, Debug, PartialEq)]
pub struct GridCell {
    /// The name of its folder, a function of `words` alone: the last of its flags, and a hash of all words. A cell keeps it when the grid grows.
    pub name: String,
    /// Its value on each axis.
    pub values: Vec<GridValue>,
    /// The words after `sparring`, as a user would type them: `train`, `classifier`, flags.
    pub words: Vec<String>,
}

/// As it is shown.
impl fmt::Display for GridValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => write!(f, "{on}"),
            Self::Text(text) => f.write_str(text),
            Self::Each(texts) => f.write_str(&texts.join(", ")),
        }
    }
}

impl GridSetting {
    /// The words of a command line.
    pub fn words(&self) -> Vec<String> {
        self.value.words(&self.key)
    }
}

impl GridValue {
    fn words(&self, key: &str) -> Vec<String> {
        let pair = |text: &String| match text.starts_with('-') || text.is_empty() {
            // Behind a blank it would be a flag.
            true => vec![format!("--{key}={text}")],
            false => vec![format!("--{key}"), text.clone()],
        };
        match self {
            Self::Switch(true) => vec![format!("--{key}")],
            Self::Switch(false) => Vec::new(),
            Self::Text(text) => pair(text),
            Self::Each(texts) => texts.iter().flat_map(pair).collect(),
        }
    }
}
