//! Where a critic's gradient is taken.

/// The examples at which a penalty takes the gradient of the critic's output with respect to its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PenaltyPoint {
    /// At `a x + (1 - a) x'` of a real example x and a generated one x', with one `a` uniform in [0, 1] for all numbers of a pair.
    Between,
    /// At the real examples.
    Real,
    /// At the generated examples.
    Fake,
}
