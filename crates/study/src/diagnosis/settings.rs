//! How much of a network is looked at.

use crate::StudyError;

/// How much of a network is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiagnosisSettings {
    /// Examples of a pass. The ends of the histograms are those of the numbers of the first pass, so their bins depend on it; of other figures only the rounding of sums does.
    pub batch: usize,
    /// Rows of which effective ranks are found, from the first example.
    pub rank_rows: usize,
    /// Most steps of a power iteration for the norm of a layer; it ends before where nothing changes any more.
    pub power_steps: usize,
    /// Examples around which the steepest direction is looked for.
    pub ascent_examples: usize,
    /// Steps of that ascent.
    pub ascent_steps: usize,
    /// Points of the segment between two examples along which linear regions are counted.
    pub segment_points: usize,
}

impl Default for DiagnosisSettings {
    fn default() -> Self {
        Self {
            batch: 256,
            rank_rows: 256,
            power_steps: 200,
            ascent_examples: 16,
            ascent_steps: 30,
            segment_points: 1024,
        }
    }
}

impl DiagnosisSettings {
    /// Few enough to be looked at after each epoch of a training; rows enough for a verdict on the effective rank, which asks for 16 directions.
    pub const SAMPLED: Self = Self {
        batch: 256,
        rank_rows: 20,
        power_steps: 200,
        ascent_examples: 16,
        ascent_steps: 30,
        segment_points: 1024,
    };

    /// Every number is in its range.
    ///
    /// # Errors
    /// [`StudyError::Diagnosis`] naming the first that is not.
    pub fn validate(&self) -> Result<(), StudyError> {
        let of = [
            ("batch", self.batch, 1 << 16),
            ("rank_rows", self.rank_rows, 4096),
            ("power_steps", self.power_steps, 100_000),
            ("ascent_examples", self.ascent_examples, 4096),
            ("ascent_steps", self.ascent_steps, 100_000),
            ("segment_points", self.segment_points, 1 << 20),
        ];
        match of.iter().find(|(_, value, most)| *value == 0 || value > most) {
            None => Ok(()),
            Some((name, value, most)) => {
                Err(StudyError::Diagnosis(format!("{name} is {value}, but must be from 1 to {most}")))
            }
        }
    }
}
