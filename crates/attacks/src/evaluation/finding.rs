//! What the judge noticed besides the numbers.

use crate::{Counts, Settings, Threat};

/// Something that casts doubt on a figure. Names an attack where it concerns one.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "finding", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Finding {
    /// Every clean output is a probability distribution: the model returns a softmax, not logits.
    LooksLikeProbabilities,
    /// Two forward passes of the same examples differ, by at most this much (in logits).
    Randomised {
        /// The largest difference seen.
        difference: f32,
    },
    /// More than 1 % of the gradients an attack received were exactly zero: it walked blind.
    ZeroGradient {
        /// The attack.
        attack: String,
        /// The share of its gradients.
        share: f64,
    },
    /// The steps of an attack together are too short to reach every point of the ball: more of them, or longer ones, may find more.
    ShortWalk {
        /// The attack.
        attack: String,
        /// How long its steps are together, in units of the input.
        length: f32,
        /// How long they must be: eps from the example itself, twice eps from a random start.
        need: f32,
    },
    /// A cheaper attack of the same evaluation left fewer examples right: the dearer one was stopped by a bad start or bad steps.
    Beaten {
        /// The dearer attack.
        attack: String,
        /// The cheaper one.
        by: String,
        /// Examples that only the difference of the two counts.
        examples: usize,
    },
    /// An attack on logits alone fooled the model where attacks by gradients had not: it hides its gradients, or they stopped too early.
    BlackBoxStronger {
        /// The attack.
        attack: String,
        /// Examples that gradients had left.
        examples: usize,
    },
    /// NaN or infinity in gradients or proposals. Such proposals count as not fooled.
    NonFinite {
        /// The attack.
        attack: String,
        /// Proposals with such a number.
        proposals: usize,
        /// Gradients with such a number.
        gradients: u64,
    },
    /// Proposals outside ball or box. They count as not fooled.
    BudgetViolated {
        /// The attack.
        attack: String,
        /// Proposals beyond the ball.
        over_budget: usize,
        /// Proposals that leave the box.
        outside_box: usize,
        /// The largest perturbation measured.
        largest: f64,
        /// The largest that would have been accepted.
        allowed: f64,
    },
}

/// The share of zero gradients that is worth a finding.
const ZERO_SHARE: f64 = 0.01;

impl Finding {
    /// What the gradients of an attack give away.
    pub(super) fn of_gradients(attack: &str, counts: Counts) -> Option<Self> {
        let share = counts.zero_gradients as f64 / counts.backwards as f64;
        (share > ZERO_SHARE).then(|| Self::ZeroGradient { attack: attack.to_owned(), share })
    }
    /// What its parameters give away.
    pub(super) fn of_walk(attack: &str, settings: &Settings, threat: &Threat) -> Option<Self> {
        let (length, need) = settings.walk?.length_and_need(settings.steps, threat);
        // 30 steps of eps/30 are a little less than eps in f32.
        (length < need * (1.0 - 1e-4)).then(|| Self::ShortWalk { attack: attack.to_owned(), length, need })
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LooksLikeProbabilities => f.write_str(
                "the model returns probabilities, not logits: gradients vanish where it is certain; return what goes into the softmax",
            ),
            Self::Randomised { difference } => write!(
                f,
                "the model is randomised: two passes of the same examples differ by {difference:.3e}; one gradient is not enough, average over the randomness"
            ),
            Self::ZeroGradient { attack, share } => write!(
                f,
                "{attack}: {:.1} % of its gradients were exactly zero (masked or saturated): its figure says little",
                100.0 * share
            ),
            Self::ShortWalk { attack, length, need } => write!(
                f,
                "{attack}: its steps together are {} long and reach every point of the ball only from {} on: take more steps, or longer ones",
                short(*length),
                short(*need)
            ),
            Self::Beaten { attack, by, examples } => write!(
                f,
                "{attack}: {by}, a cheaper attack, fooled the model on {examples} more examples: give {attack} restarts, and trust the worst case alone"
            ),
            Self::BlackBoxStronger { attack, examples } => write!(
                f,
                "{attack}, which sees no gradient, fooled the model on {examples} images that attacks by gradients had left: it hides its gradients, and those attacks over-report it"
            ),
            Self::NonFinite { attack, proposals, gradients } => {
                write!(f, "{attack}: {proposals} proposals (not counted) and {gradients} gradients were not finite")
            }
            Self::BudgetViolated { attack, over_budget, outside_box, largest, allowed } => write!(
                f,
                "{attack}: {over_budget} proposals over budget (largest {largest:.6}, allowed {allowed:.6}), {outside_box} outside the box; not counted"
            ),
        }
    }
}

/// Four digits of a number: the sum of forty steps of 0.01 is 0.4.
fn short(v: f32) -> f64 {
    format!("{v:.3e}").parse().unwrap_or_else(|_| v.into())
}
