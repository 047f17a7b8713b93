//! The facts of a loss.

/// What a loss compares a row with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// A class index.
    Class,
    /// A label, and the class that an attack aims at.
    Aimed,
    /// A row of values.
    Values,
    /// A side of a GAN.
    Side,
    /// The logits of a real and of a generated example of a GAN, as a pair.
    Pair,
    /// Nothing: the row is a critic's gradient with respect to one example.
    Gradient,
    /// Nothing: the row is the code of one example.
    Code,
    /// Nothing: the row holds the mean activations of a code over a batch.
    MeanCode,
}

/// Name and facts of a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossInfo {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// Other spellings that are understood.
    pub aliases: &'static [&'static str],
    /// What it is for, in one line.
    pub about: &'static str,
    /// The formula in plain text; `z` the row, `y` or `t` the target, `c` a critic's logit.
    pub formula: &'static str,
    /// Paper or book.
    pub source: &'static str,
    /// What it compares a row with.
    pub target: TargetKind,
}
