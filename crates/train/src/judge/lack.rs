//! What samples lack of the data: alarms by the figures.

use super::image_scores::GenerativeScores;
use super::model_scores::GanScores;
use super::net::Judge;
use super::stacked_scores::StackedScores;
use super::toy_scores::ToyScores;
use std::fmt;

/// What samples lack of their data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lack {
    /// Digits that fewer than one in a hundred samples show; each is about a tenth of the data.
    Classes(Vec<usize>),
    /// Modes without a sample of high quality.
    Modes {
        /// How many.
        missing: usize,
        /// Modes there are.
        of: usize,
    },
    /// Fewer of the 1,000 triples of digits than nine tenths of what as many uniform draws show.
    Triples {
        /// Triples among the samples.
        seen: usize,
        /// The mean of as many uniform draws, rounded.
        expected: usize,
    },
}

impl Lack {
    /// The name of the alarm, without figures.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Classes(_) => "missing-classes",
            Self::Modes { .. } | Self::Triples { .. } => "missing-modes",
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name())?;
        match self {
            Self::Classes(classes) => {
                let classes: Vec<_> = classes.iter().map(ToString::to_string).collect();
                write!(f, "fewer than 1 % of the samples are a {}", classes.join(", or a "))
            }
            Self::Modes { missing, of } => write!(f, "{missing} of {of} modes have no sample near them"),
            Self::Triples { seen, expected } => {
                write!(f, "the samples show {seen} triples of digits, as many uniform draws about {expected}")
            }
        }
    }
}

/// A digit of which there are fewer samples than this has been dropped.
const DROPPED: f64 = 0.01;
/// The share of the expected triples below which they are few: good generators, too, leave out the rarest.
const FEW: f64 = 0.9;

impl GenerativeScores {
    fn lack(&self) -> Option<Lack> {
        let shares: [f64; Judge::CLASSES] = self.class_histogram?;
        let dropped: Vec<usize> = (0..shares.len()).filter(|&class| shares[class] < DROPPED).collect();
        (!dropped.is_empty()).then_some(Lack::Classes(dropped))
    }
}

impl ToyScores {
    fn lack(&self) -> Option<Lack> {
        (self.modes < self.of).then(|| Lack::Modes { missing: self.of - self.modes, of: self.of })
    }
}

impl StackedScores {
    fn lack(&self) -> Option<Lack> {
        // n uniform draws miss one of 1,000 with a probability of (1 - 1/1000)^n.
        let expected = 1000.0 * (1.0 - (1.0 - 1e-3f64).powf(self.samples as f64));
        let few = (self.modes as f64) < FEW * expected;
        few.then_some(Lack::Triples { seen: self.modes, expected: expected.round() as usize })
    }
}

impl GanScores {
    /// What the samples lack, if anything.
    pub fn lack(&self) -> Option<Lack> {
        match self {
            Self::Images(of) => of.lack(),
            Self::Toy(of) => of.lack(),
            Self::Stacked(of) => of.lack(),
            Self::Unjudged(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_triples_without_samples_are_told() {
        let toy = |modes| {
            let (samples, of) = (2500, 8);
            let (high_quality, high_quality_real, reverse_kl, reverse_kl_real) = (0.9, 0.99, Some(0.1), None);
            GanScores::Toy(ToyScores {
                samples,
                modes,
                of,
                high_quality,
                high_quality_real,
                reverse_kl,
                reverse_kl_real,
            })
        };
        assert_eq!(
            toy(6).lack().unwrap().to_string(),
            "missing-modes: 2 of 8 modes have no sample near them"
        );
        assert_eq!(toy(8).lack(), None);
        let stacked = |samples, modes| {
            let (modes_real, reverse_kl, reverse_kl_real, judge_accuracy) = (632, 0.1, 0.1, 0.99);
            GanScores::Stacked(StackedScores {
                samples,
                modes,
                modes_real,
                reverse_kl,
                reverse_kl_real,
                judge_accuracy,
            })
        };
        // As many as there are, and by a thousand draws 632 of them.
        assert_eq!(stacked(26_000, 991).lack(), None);
        assert_eq!(stacked(26_000, 600).lack(), Some(Lack::Triples { seen: 600, expected: 1000 }));
        assert_eq!((stacked(1000, 600).lack(), stacked(1000, 500).lack().is_some()), (None, true));
    }
}
