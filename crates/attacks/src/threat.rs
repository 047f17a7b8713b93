//! What the adversary may do: a norm and a size, and the one rule by which both are enforced.

use crate::{AnyNorm, AttackError};
use sparring_oracle::Bounds;

/// Perturbations with `‖x_adv − x‖ ≤ eps` that stay in the model's box; `eps` in units of the input (pixels: 0 to 1).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Threat {
    /// How perturbations are measured.
    pub norm: AnyNorm,
    /// How large they may be.
    pub eps: f32,
}

/// Why a proposal does not count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Violation {
    /// A number is NaN or infinite.
    NonFinite,
    /// A number has left the model's box.
    OutsideBox,
    /// The perturbation is too large; it measures this.
    OverBudget(f64),
}

impl Threat {
    /// Any element may change by `eps`.
    ///
    /// # Errors
    /// [`AttackError::Eps`] unless `eps` is finite and ≥ 0.
    pub fn linf(eps: f32) -> Result<Self, AttackError> {
        let threat = Self { norm: AnyNorm::Linf, eps };
        threat.validate().map(|()| threat)
    }
    /// The change may have Euclidean length `eps`.
    ///
    /// # Errors
    /// [`AttackError::Eps`] unless `eps` is finite and ≥ 0.
    pub fn l2(eps: f32) -> Result<Self, AttackError> {
        let threat = Self { norm: AnyNorm::L2, eps };
        threat.validate().map(|()| threat)
    }
    /// The changes may add up to `eps`.
    ///
    /// # Errors
    /// [`AttackError::Eps`] unless `eps` is finite and ≥ 0.
    pub fn l1(eps: f32) -> Result<Self, AttackError> {
        let threat = Self { norm: AnyNorm::L1, eps };
        threat.validate().map(|()| threat)
    }
    /// So many elements may change.
    ///
    /// # Errors
    /// [`AttackError::Eps`] unless `eps` is finite and ≥ 0.
    pub fn l0(eps: f32) -> Result<Self, AttackError> {
        let threat = Self { norm: AnyNorm::L0, eps };
        threat.validate().map(|()| threat)
    }
    /// # Errors
    /// [`AttackError::Eps`] unless `eps` is finite and ≥ 0.
    pub fn validate(&self) -> Result<(), AttackError> {
        if self.eps.is_finite() && self.eps >= 0.0 { Ok(()) } else { Err(AttackError::Eps(self.eps)) }
    }

    /// Refuses an `eps` beyond the diagonal of the model's box in this norm: nothing lies so far from an example, so it is a budget in
    /// other units (255 for 8-bit pixels, say).
    ///
    /// # Errors
    /// [`AttackError::BeyondBox`].
    pub fn fits(&self, bounds: Bounds, dim: usize) -> Result<(), AttackError> {
        let (lo, hi) = (bounds.lo(), bounds.hi());
        let diagonal = self.norm.get().largest(bounds, dim);
        if f64::from(self.eps) <= diagonal * (1.0 + 1e-6) {
            return Ok(());
        }
        Err(AttackError::BeyondBox { eps: self.eps, norm: self.norm, diagonal, lo, hi })
    }

    /// Moves `adv` into the ball around `x` and into the box, by [`Norm::confine`](crate::Norm::confine). `x` must be in the box.
    pub fn confine(&self, x: &[f32], bounds: Bounds, adv: &mut [f32]) {
        self.norm.get().confine(x, self.eps, bounds, adv);
    }

    /// The largest measured size that counts as within budget: `eps · (1 + 10⁻⁶)` and [`Norm::rounding`](crate::Norm::rounding).
    ///
    /// `x + δ` is rounded to f32 in every coordinate; nobody who works in f32 can do better, and no more is given.
    pub fn allowance(&self, bounds: Bounds, dim: usize) -> f64 {
        f64::from(self.eps) * (1.0 + 1e-6) + self.norm.get().rounding(bounds, dim)
    }

    /// Is `adv` finite, in the box, and within [`allowance`](Self::allowance) of `x`?
    ///
    /// # Errors
    /// The [`Violation`].
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn check(&self, x: &[f32], bounds: Bounds, adv: &[f32]) -> Result<(), Violation> {
        assert_eq!(x.len(), adv.len(), "check: the proposal has the shape of its example");
        if adv.iter().any(|a| !a.is_finite()) {
            return Err(Violation::NonFinite);
        }
        if adv.iter().any(|&a| a < bounds.lo() || a > bounds.hi()) {
            return Err(Violation::OutsideBox);
        }
        let delta: Vec<f32> = adv.iter().zip(x).map(|(a, x)| a - x).collect();
        let size = self.norm.get().size(&delta);
        if size <= self.allowance(bounds, x.len()) { Ok(()) } else { Err(Violation::OverBudget(size)) }
    }
}

impl std::fmt::Display for Threat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} eps {}", self.norm, self.eps)
    }
}
