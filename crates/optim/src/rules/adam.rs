//! Adam.

use super::moments::{Coefficients, Decay, step as moment_step};
use crate::Rule;
use crate::contract::{DECAY, MEMORY, RuleInfo, assert_shapes};
use crate::units::EPS;
use sparring_math::Real;
use sparring_math::named::{Named, NamedError};

/// Adam: the step is the mean gradient over the root of the mean squared gradient.
///
/// `g ← g + weight_decay · w`; `m ← β₁ m + (1-β₁) g`; `v ← β₂ v + (1-β₂) g²`;
/// `w ← w - lr / (1-β₁ᵗ) · m / (√v / √(1-β₂ᵗ) + eps)`. PyTorch's semantics: a weight decay acts in the gradient (use
/// [`AdamW`](crate::AdamW) for the decoupled one).
///
/// The second slot holds √v, which has the range of the gradients: no square of a finite gradient overflows, and the step stays
/// that of the formula where √v does (PyTorch stops moving such a weight for good).
///
/// Numbers that cannot matter are cut off so that the state never becomes subnormal: in f32 gradients below 2⁻⁵⁵ (with an eps below
/// 1e-11 accordingly less) and moments below 2⁻⁹⁵ count as 0, and √v is at least 2⁻⁵⁵.
///
/// Source: Kingma and Ba 2015, arXiv:1412.6980.
///
/// ```
/// use sparring_optim::{Adam, Rule};
/// let (mut w, mut m, mut v) = ([1.0_f64], [0.0], [0.0]);
/// Adam::default().update(1, 0.1, &mut w, &[5.0], &mut [&mut m, &mut v]);
/// assert!((w[0] - 0.9).abs() < 1e-9); // the first step has size lr, whatever the gradient
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Adam {
    /// Memory of the mean gradient, in [0, 1).
    pub beta1: f64,
    /// Memory of the mean squared gradient, in [0, 1).
    pub beta2: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    Adam: "adam", [], "Kingma and Ba 2015, arXiv:1412.6980";
    beta1: MEMORY, "memory of the mean gradient";
    beta2: MEMORY, "memory of the mean squared gradient";
    eps: EPS, "added to the root";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

impl Adam {
    /// Name and facts.
    pub const INFO: RuleInfo = RuleInfo {
        name: Self::NAME,
        about: "steps of nearly equal size per weight; the usual first choice",
        source: Self::PAPER,
        default_lr: 1e-3,
    };

    /// Adam as GANs use it: β₁ = 0.5 (Radford et al. 2016, arXiv:1511.06434).
    pub fn gan() -> Self {
        Self { beta1: 0.5, ..Self::default() }
    }

    /// Checks every parameter.
    ///
    /// # Errors
    /// [`NamedError::Value`] names the first that is out of its range.
    pub fn validate(&self) -> Result<(), NamedError> {
        Named::validate(self)
    }
}

impl<E: Real> Rule<E> for Adam {
    fn slots(&self) -> usize {
        2
    }

    #[track_caller]
    fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) {
        assert_shapes(Self::NAME, 2, w, g, slots);
        let [m, r] = slots else { unreachable!("two slots were just counted") };
        let c = Coefficients::new(step, lr, self.beta1, self.beta2, self.eps, Decay::L2(self.weight_decay));
        moment_step(c, w, g, m, r);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula of the paper, one weight, f64, nothing cut off.
    fn plain(rule: &Adam, steps: u64, lr: f64, g: impl Fn(u64) -> f64) -> f64 {
        let (mut w, mut m, mut v) = (1.0, 0.0, 0.0);
        for t in 1..=steps {
            m = rule.beta1 * m + (1.0 - rule.beta1) * g(t);
            v = rule.beta2 * v + (1.0 - rule.beta2) * g(t) * g(t);
            let (mh, vh) = (m / (1.0 - rule.beta1.powi(t as i32)), v / (1.0 - rule.beta2.powi(t as i32)));
            w -= lr * mh / (vh.sqrt() + rule.eps);
        }
        w
    }

    #[test]
    fn f32_follows_the_formula() {
        let rule = Adam::default();
        let g = |t: u64| if t.is_multiple_of(3) { 0.0 } else { (t as f64).sin() * 1e-3 };
        let (mut w, mut m, mut v) = ([1f32], [0.0], [0.0]);
        for t in 1..=300 {
            rule.update(t, 1e-3, &mut w, &[g(t) as f32], &mut [&mut m, &mut v]);
        }
        assert!((f64::from(w[0]) - plain(&rule, 300, 1e-3, g)).abs() < 2e-5);
    }

    #[test]
    fn state_is_never_subnormal() {
        let (mut w, mut m, mut v) = ([0.5f32; 4], [0.0; 4], [0.0; 4]);
        for t in 1..=3000 {
            let g = if t == 1 { [1.0, -1e-30, f32::MIN_POSITIVE / 8.0, 1e-17] } else { [0.0; 4] };
            Adam::default().update(t, 1e-3, &mut w, &g, &mut [&mut m, &mut v]);
            assert!(m.iter().chain(&v).all(|x| *x == 0.0 || x.is_normal()), "step {t}: {m:?} {v:?}");
        }
        assert_eq!(m, [0.0; 4]);
        assert!(w.iter().all(|w| w.is_finite()));
    }

    #[test]
    fn nan_is_not_hidden() {
        let (mut w, mut m, mut v) = ([0.5f32], [0.0], [0.0]);
        Adam::default().update(1, 1e-3, &mut w, &[f32::NAN], &mut [&mut m, &mut v]);
        assert!(w[0].is_nan() && m[0].is_nan() && v[0].is_nan());
    }

    #[test]
    fn wrong_parameters_are_named() {
        for (rule, field) in [
            (Adam { beta1: 1.0, ..Adam::default() }, "adam.beta1"),
            (Adam { beta2: -0.1, ..Adam::default() }, "adam.beta2"),
            (Adam { eps: 0.0, ..Adam::default() }, "adam.eps"),
            (Adam { weight_decay: f64::NAN, ..Adam::default() }, "adam.weight_decay"),
        ] {
            assert!(rule.validate().unwrap_err().to_string().starts_with(field));
        }
        assert!(Adam::default().validate().is_ok() && Adam::gan().validate().is_ok());
    }

    #[test]
    #[should_panic(expected = "adam: 2 weights, slot 1 has 1")]
    fn shapes() {
        Adam::default().update(1, 1e-3, &mut [0f32; 2], &[0.0; 2], &mut [&mut [0.0; 2], &mut [0.0; 1]]);
    }
}
