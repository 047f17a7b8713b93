//! LAMB.

use super::elementwise::{Mean, RootMeanSquare, power};
use crate::contract::{DECAY, MEMORY, Needs, RuleInfo, WholeTensor, assert_shapes};
use crate::units::EPS;
use crate::{Rule, squares};
use sparring_math::Real;
use sparring_math::named::{Named, NamedError};

/// LAMB: Adam's step, stretched in each parameter tensor to the norm of the tensor; for large batches.
///
/// m and v as Adam's; `u = m / (1-β₁ᵗ) / (√v / √(1-β₂ᵗ) + eps) + weight_decay · w`; `w ← w - lr ‖w‖ / ‖u‖ · u`, the ratio being 1 where a norm is 0. It
/// [needs](Rule::needs) the whole tensor; `update` takes the slice for one. The slots hold m and √v.
///
/// Source: You et al. 2020, arXiv:1904.00962.
///
/// ```
/// use sparring_optim::{Lamb, Rule};
/// let (mut w, mut m, mut v) = ([3.0_f64, 4.0], [0.0; 2], [0.0; 2]);
/// Lamb::default().update(1, 0.1, &mut w, &[1.0, -7.0], &mut [&mut m, &mut v]);
/// let length = 0.1 * 5.0 / 2f64.sqrt();
/// assert!((w[0] - (3.0 - length)).abs() < 1e-5 && (w[1] - (4.0 + length)).abs() < 1e-5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Lamb {
    /// Memory of the mean gradient, in [0, 1).
    pub beta1: f64,
    /// Memory of the mean squared gradient, in [0, 1).
    pub beta2: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// Factor of the weights in the step, >= 0.
    pub weight_decay: f64,
}

impl Default for Lamb {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-6, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    Lamb: "lamb", [], "You et al. 2020, arXiv:1904.00962";
    beta1: MEMORY, "memory of the mean gradient";
    beta2: MEMORY, "memory of the mean squared gradient";
    eps: EPS, "added to the root";
    weight_decay: DECAY, "factor of the weights in the step";
}

impl Lamb {
    /// Name and facts.
    pub const INFO: RuleInfo = RuleInfo {
        name: Self::NAME,
        about: "adam with steps as long as the weights of each tensor are, for large batches",
        source: Self::PAPER,
        default_lr: 1e-2,
    };

    /// Checks every parameter.
    ///
    /// # Errors
    /// [`NamedError::Value`] names the first that is out of its range.
    pub fn validate(&self) -> Result<(), NamedError> {
        Named::validate(self)
    }
}

impl<E: Real> Rule<E> for Lamb {
    fn slots(&self) -> usize {
        2
    }

    fn needs(&self) -> Needs {
        Needs::Tensor
    }

    #[track_caller]
    fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) {
        self.update_tensor(WholeTensor::new(&[w.len()]), step, lr, w, g, slots);
    }

    #[track_caller]
    fn update_tensor(
        &self,
        _: WholeTensor<'_, E>,
        step: u64,
        lr: E,
        w: &mut [E],
        g: &[E],
        slots: &mut [&mut [E]],
    ) {
        assert_shapes(Self::NAME, 2, w, g, slots);
        let [m, r] = slots else { unreachable!("two slots were just counted") };
        let missing = |beta: f64| 1.0 - power(E::of(beta).to_f64(), step.max(1));
        let root = missing(self.beta2).sqrt();
        let (size, eps) = (E::of(root / missing(self.beta1)), E::of(self.eps * root));
        let (mean, square) = (Mean::new(self.beta1), RootMeanSquare::new(self.beta2, self.eps));
        let decay = E::of(self.weight_decay);
        let of = |w: E, m: E, r: E| size * (m / (r + eps)) + decay * w;
        let (length, mut sum) = (squares(w).sqrt(), 0.0);
        for (((w, g), m), r) in w.iter().zip(g).zip(&mut **m).zip(&mut **r) {
            (*m, *r) = (mean.after(*m, *g), square.after(*r, *g));
            sum += of(*w, *m, *r).to_f64().powi(2);
        }
        let ratio = if length > 0.0 && sum > 0.0 { length / sum.sqrt() } else { 1.0 };
        let lr = E::of(lr.to_f64() * ratio);
        for ((w, m), r) in w.iter_mut().zip(&**m).zip(&**r) {
            *w -= lr * of(*w, *m, *r);
        }
    }
}
