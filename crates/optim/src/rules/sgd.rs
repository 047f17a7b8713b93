//! Stochastic gradient descent.

use crate::Rule;
use crate::contract::{DECAY, MEMORY, RuleInfo, assert_shapes};
use crate::floor::flush;
use crate::units::Units;
use sparring_math::named::{Named, NamedError, Range, Value};
use sparring_math::{Real, simd};

/// How the momentum buffer enters the step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum MomentumKind {
    /// The step is the buffer (Polyak 1964).
    #[default]
    Classical,
    /// The step looks ahead: gradient plus momentum times buffer (Sutskever et al. 2013).
    Nesterov,
}

/// As text the answer to "Nesterov?".
impl Value for MomentumKind {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = match text {
            "true" | "nesterov" => Self::Nesterov,
            "false" | "classical" => Self::Classical,
            _ => return Err(String::new()),
        };
        Ok(())
    }
    fn text(&self) -> String {
        (*self == Self::Nesterov).to_string()
    }
}

/// Stochastic gradient descent, with momentum if asked for.
///
/// `g ← g + weight_decay · w`; `b ← momentum · b + (1 - dampening) g` (at step 1 `b ← g`, undampened);
/// `w ← w - lr · b`, or `w ← w - lr (g + momentum · b)` for Nesterov. PyTorch's semantics. Without momentum there is no
/// buffer and no slot.
///
/// In f32 a buffer entry below 2⁻⁹⁵ counts as 0, so that the state never becomes subnormal.
///
/// Source: Robbins and Monro 1951; Sutskever et al., ICML 2013.
///
/// ```
/// use sparring_optim::{Rule, Sgd};
/// let (mut w, mut b) = ([1.0_f64], [0.0]);
/// let rule = Sgd { momentum: 0.5, ..Sgd::default() };
/// rule.update(1, 0.1, &mut w, &[2.0], &mut [&mut b]);
/// rule.update(2, 0.1, &mut w, &[2.0], &mut [&mut b]);
/// assert!((w[0] - (1.0 - 0.2 - 0.3)).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Sgd {
    /// Memory of past gradients, in [0, 1); 0 = none.
    pub momentum: f64,
    /// Share of the new gradient kept out of the buffer, in [0, 1]; 0 with Nesterov.
    pub dampening: f64,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
    /// Classical or Nesterov.
    pub kind: MomentumKind,
}

sparring_math::named! {
    Sgd: "sgd", [], "Robbins and Monro 1951; Sutskever et al. 2013";
    momentum: MEMORY, "memory of past gradients";
    dampening: Range::from_to(0.0, 1.0), "share of the new gradient kept out of the buffer";
    weight_decay: DECAY, "L2 penalty in the gradient";
    kind as nesterov: Range::TRUE_OR_FALSE, "whether the step looks ahead";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            let refuse = |parameter, value: f64, must| Err(NamedError::value(Self::NAME, parameter, value, must));
            match self.kind {
                MomentumKind::Nesterov if self.momentum == 0.0 => refuse("momentum", 0.0, "above 0 for Nesterov"),
                MomentumKind::Nesterov if self.dampening != 0.0 => {
                    refuse("dampening", self.dampening, "0 for Nesterov")
                }
                _ => Ok(()),
            }
        }
    }
}

impl Sgd {
    /// Name and facts.
    pub const INFO: RuleInfo = RuleInfo {
        name: Self::NAME,
        about: "gradient descent, with classical or Nesterov momentum if asked for",
        source: Self::PAPER,
        default_lr: 0.1,
    };

    /// Checks every parameter.
    ///
    /// # Errors
    /// [`NamedError::Value`] names the first that is out of its range.
    pub fn validate(&self) -> Result<(), NamedError> {
        Named::validate(self)
    }
}

/// The step without a buffer.
struct Plain<'a, E> {
    lr: E,
    l2: E,
    w: &'a mut [E],
    g: &'a [E],
}

impl<E: Real> simd::Kernel for Plain<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (w, &g) in self.w.iter_mut().zip(self.g) {
            *w -= self.lr * (g + self.l2 * *w);
        }
    }
}

/// The step with a buffer: b ← keep · b + fresh · g, w ← w - lr (own · g + lead · b).
struct Heavy<'a, E> {
    lr: E,
    l2: E,
    keep: E,
    fresh: E,
    own: E,
    lead: E,
    floor: E,
    w: &'a mut [E],
    g: &'a [E],
    b: &'a mut [E],
}

impl<E: Real> simd::Kernel for Heavy<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for ((w, &g), b) in self.w.iter_mut().zip(self.g).zip(self.b) {
            let g = g + self.l2 * *w;
            *b = flush(self.keep * *b + self.fresh * g, self.floor);
            *w -= self.lr * (self.own * g + self.lead * *b);
        }
    }
}

impl<E: Real> Rule<E> for Sgd {
    fn slots(&self) -> usize {
        usize::from(self.momentum != 0.0)
    }

    #[track_caller]
    fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) {
        assert_shapes(Self::NAME, usize::from(self.momentum != 0.0), w, g, slots);
        let l2 = E::of(self.weight_decay);
        let Some(buffer) = slots.first_mut() else {
            return simd::dispatch(Plain { lr, l2, w, g });
        };
        let floor = Units::<E>::new(1.0).moment;
        // The first gradient enters the buffer whole.
        let first = step <= 1;
        let keep = E::of(if first { 0.0 } else { self.momentum });
        let fresh = E::of(if first { 1.0 } else { 1.0 - self.dampening });
        let (own, lead) = match self.kind {
            MomentumKind::Classical => (E::ZERO, E::ONE),
            MomentumKind::Nesterov => (E::ONE, E::of(self.momentum)),
        };
        simd::dispatch(Heavy { lr, l2, keep, fresh, own, lead, floor, w, g, b: buffer });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffer_is_never_subnormal() {
        let rule = Sgd { momentum: 0.9, ..Sgd::default() };
        let (mut w, mut b) = ([0.5f32; 2], [0.0; 2]);
        for t in 1..=2000 {
            let g = if t == 1 { [1.0, 1e-40] } else { [0.0; 2] };
            rule.update(t, 1e-3, &mut w, &g, &mut [&mut b]);
            assert!(b.iter().all(|x| *x == 0.0 || x.is_normal()), "step {t}: {b:?}");
        }
        assert_eq!(b, [0.0; 2]);
    }

    #[test]
    fn nan_is_not_hidden() {
        let rule = Sgd { momentum: 0.9, ..Sgd::default() };
        let (mut w, mut b) = ([0.5f32], [0.0]);
        rule.update(1, 1e-3, &mut w, &[f32::NAN], &mut [&mut b]);
        assert!(w[0].is_nan() && b[0].is_nan());
    }

    #[test]
    fn wrong_parameters_are_named() {
        let nesterov = Sgd { kind: MomentumKind::Nesterov, ..Sgd::default() };
        for (rule, text) in [
            (
                Sgd { momentum: 1.0, ..Sgd::default() },
                "sgd.momentum is 1, but must be a number, at least 0 and below 1, in f32 too",
            ),
            (
                Sgd { dampening: -1.0, ..Sgd::default() },
                "sgd.dampening is -1, but must be a number from 0 to 1",
            ),
            (
                Sgd { weight_decay: -1.0, ..Sgd::default() },
                "sgd.weight_decay is -1, but must be a finite number, at least 0, in f32 too",
            ),
            (nesterov, "sgd.momentum is 0, but must be above 0 for Nesterov"),
            (
                Sgd { momentum: 0.9, dampening: 0.1, ..nesterov },
                "sgd.dampening is 0.1, but must be 0 for Nesterov",
            ),
        ] {
            assert_eq!(rule.validate().unwrap_err().to_string(), text);
        }
        assert!(Sgd::default().validate().is_ok());
        assert!(Sgd { momentum: 0.9, ..nesterov }.validate().is_ok());
    }

    #[test]
    #[should_panic(expected = "sgd: 0 state slots given, 1 needed")]
    fn slots_are_counted() {
        Sgd { momentum: 0.9, ..Sgd::default() }.update(1, 1e-3, &mut [0f32], &[0.0], &mut []);
    }
}
