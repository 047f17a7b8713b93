//! Adam with decoupled weight decay.

use super::moments::{Coefficients, Decay, step as moment_step};
use crate::Rule;
use crate::contract::{DECAY, MEMORY, RuleInfo, assert_shapes};
use crate::units::EPS;
use sparring_math::Real;
use sparring_math::named::{Named, NamedError};

/// AdamW: [`Adam`](crate::Adam) whose weight decay acts on the weights, not through the moments.
///
/// `w ← (1 - lr · weight_decay) w`, then Adam's step on the gradient alone. PyTorch's semantics: the decay is scaled by the
/// scheduled learning rate.
///
/// Source: Loshchilov and Hutter 2019, arXiv:1711.05101.
///
/// ```
/// use sparring_optim::{AdamW, Rule};
/// let (mut w, mut m, mut v) = ([1.0_f64], [0.0], [0.0]);
/// AdamW { weight_decay: 0.5, ..AdamW::default() }.update(1, 0.1, &mut w, &[0.0], &mut [&mut m, &mut v]);
/// assert!((w[0] - 0.95).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct AdamW {
    /// Memory of the mean gradient, in [0, 1).
    pub beta1: f64,
    /// Memory of the mean squared gradient, in [0, 1).
    pub beta2: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// Share of a weight lost per step and unit of learning rate, >= 0.
    pub weight_decay: f64,
}

impl Default for AdamW {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 1e-2 }
    }
}

sparring_math::named! {
    AdamW: "adamw", [], "Loshchilov and Hutter 2019, arXiv:1711.05101";
    beta1: MEMORY, "memory of the mean gradient";
    beta2: MEMORY, "memory of the mean squared gradient";
    eps: EPS, "added to the root";
    weight_decay: DECAY, "share of a weight lost per step and unit of learning rate";
}

impl AdamW {
    /// Name and facts.
    pub const INFO: RuleInfo = RuleInfo {
        name: Self::NAME,
        about: "adam with a weight decay that acts on the weights themselves",
        source: Self::PAPER,
        default_lr: 1e-3,
    };

    /// Checks every parameter.
    ///
    /// # Errors
    /// [`NamedError::Value`] names the first that is out of its range.
    pub fn validate(&self) -> Result<(), NamedError> {
        Named::validate(self)
    }
}

impl<E: Real> Rule<E> for AdamW {
    fn slots(&self) -> usize {
        2
    }

    #[track_caller]
    fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) {
        assert_shapes(Self::NAME, 2, w, g, slots);
        let [m, r] = slots else { unreachable!("two slots were just counted") };
        let decay = Decay::Decoupled(self.weight_decay);
        let c = Coefficients::new(step, lr, self.beta1, self.beta2, self.eps, decay);
        moment_step(c, w, g, m, r);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Adam;

    #[test]
    fn without_decay_it_is_adam_to_the_bit() {
        let (mut a, mut b) = ([0.3f32, -0.2, 1.0], [0.3f32, -0.2, 1.0]);
        let (mut ma, mut va, mut mb, mut vb) = ([0.0; 3], [0.0; 3], [0.0; 3], [0.0; 3]);
        let rule = AdamW { weight_decay: 0.0, ..AdamW::default() };
        for t in 1..50 {
            let g = [0.1, (t as f32).cos(), 0.0];
            Adam::default().update(t, 1e-3, &mut a, &g, &mut [&mut ma, &mut va]);
            rule.update(t, 1e-3, &mut b, &g, &mut [&mut mb, &mut vb]);
        }
        assert_eq!(a, b);
    }

    #[test]
    fn wrong_parameters_are_named() {
        for (rule, field) in [
            (AdamW { beta1: f64::NAN, ..AdamW::default() }, "adamw.beta1"),
            (AdamW { beta2: 1.5, ..AdamW::default() }, "adamw.beta2"),
            (AdamW { eps: f64::INFINITY, ..AdamW::default() }, "adamw.eps"),
            (AdamW { weight_decay: -1.0, ..AdamW::default() }, "adamw.weight_decay"),
        ] {
            assert!(rule.validate().unwrap_err().to_string().starts_with(field));
        }
        assert!(AdamW::default().validate().is_ok());
    }
}
