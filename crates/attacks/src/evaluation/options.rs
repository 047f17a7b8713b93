//! How an evaluation is run.

use crate::AttackError;

/// What to keep of the proposals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum KeepExamples {
    /// Nothing.
    #[default]
    Nothing,
    /// For each example the worst proposal of all attacks.
    Adversarials,
}

/// Which examples an attack of a suite is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Course {
    /// Every example that is right: the figure of each attack stands for itself.
    #[default]
    Each,
    /// Those that no attack before it fooled, as AutoAttack does: the worst case is the same at a fraction of the cost, and the figure of an attack is what is left after it.
    Cascade,
}

/// How an evaluation is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvaluateOptions {
    /// Examples that go through the model at once at most, one such chunk to a thread.
    pub batch: usize,
    /// What to keep of the proposals.
    pub keep: KeepExamples,
    /// Which examples an attack is given. Unlike the others this changes what is reported.
    pub course: Course,
}

impl Default for EvaluateOptions {
    /// 56 examples: whole tiles of 14 rows, and what an attack keeps of them stays in the second-level cache beside a small model.
    fn default() -> Self {
        Self { batch: 56, keep: KeepExamples::Nothing, course: Course::Each }
    }
}

impl EvaluateOptions {
    /// # Errors
    /// If `batch` is 0.
    pub fn validate(&self) -> Result<(), AttackError> {
        if self.batch > 0 {
            return Ok(());
        }
        let value = self.batch.to_string();
        Err(AttackError::Parameter { of: "evaluate", parameter: "batch", value, need: "at least 1" })
    }
}

/// Where an evaluation stands; told after each chunk, from whichever thread finished it.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The attack at work.
    pub attack: &'a str,
    /// Its place in the suite, from 0.
    pub index: usize,
    /// Number of attacks in the suite.
    pub of: usize,
    /// Examples this attack is done with.
    pub done: usize,
    /// Examples it has to attack.
    pub total: usize,
}
