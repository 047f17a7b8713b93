//! What the judge noticed besides the numbers.

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
pub(crate) const ZERO_SHARE: f64 = 0.01;

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
