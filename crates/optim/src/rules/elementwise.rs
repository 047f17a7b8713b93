//! Rules that are one formula an element: a rule says its constants of a step and what becomes of one weight, and is run over slices here.

use crate::floor::{at_least, flush};
use crate::units::Units;
use sparring_math::{Real, simd};

/// A rule with `N` state slots, as a formula for one weight.
pub(super) trait Formula<E: Real, const N: usize> {
    /// What is the same for all weights of a step, computed once in f64.
    type Constants: Copy;

    /// The constants of a step; `step` counts from 1.
    fn constants(&self, step: u64, lr: f64) -> Self::Constants;

    /// The weight and its state after the step.
    fn element(c: Self::Constants, w: E, g: E, state: [E; N]) -> (E, [E; N]);
}

struct Pass<'a, E: Real, F: Formula<E, N>, const N: usize> {
    c: F::Constants,
    w: &'a mut [E],
    g: &'a [E],
    state: [&'a mut [E]; N],
}

impl<E: Real, F: Formula<E, N>, const N: usize> simd::Kernel for Pass<'_, E, F, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { c, w, g, state } = self;
        let n = w.len();
        let (g, state) = (&g[..n], state.map(|slot| &mut slot[..n]));
        for i in 0..n {
            let mut own = [E::ZERO; N];
            for j in 0..N {
                own[j] = state[j][i];
            }
            let (weight, next) = F::element(c, w[i], g[i], own);
            w[i] = weight;
            for j in 0..N {
                state[j][i] = next[j];
            }
        }
    }
}

/// One step of a rule on weights with as many slots as its formula has.
pub(super) fn step<E: Real, F: Formula<E, N>, const N: usize>(
    rule: &F,
    step: u64,
    lr: E,
    w: &mut [E],
    g: &[E],
    slots: &mut [&mut [E]],
) {
    let mut slots = slots.iter_mut();
    let state = std::array::from_fn(|_| &mut **slots.next().expect("the slots were counted"));
    let c = rule.constants(step.max(1), lr.to_f64());
    simd::dispatch(Pass::<E, F, N> { c, w, g, state });
}

/// `betaᵗ` for a step t from 1 on, exact in the limit.
pub(super) fn power(beta: f64, step: u64) -> f64 {
    beta.powi(step.min(i32::MAX as u64) as i32)
}

/// A running mean that starts at 0: `keep · mean + fresh · x`, with `keep` in the precision of the weights and `fresh` what is missing to 1.
#[derive(Clone, Copy)]
pub(super) struct Mean<E> {
    keep: E,
    fresh: E,
    floor: E,
}

impl<E: Real> Mean<E> {
    /// With this memory.
    pub fn new(beta: f64) -> Self {
        let keep = E::of(beta);
        Self { keep, fresh: E::ONE - keep, floor: Units::<E>::new(1.0).moment }
    }
    /// The mean after `x`; too small numbers count as 0.
    #[inline(always)]
    pub fn after(&self, mean: E, x: E) -> E {
        flush(self.keep * mean + self.fresh * x, self.floor)
    }
}

/// The root of a running mean (or sum) of squares, which has the range of the gradients: no square of a finite gradient overflows.
#[derive(Clone, Copy)]
pub(super) struct RootMeanSquare<E> {
    keep: E,
    fresh: E,
    units: Units<E>,
}

impl<E: Real> RootMeanSquare<E> {
    /// With this memory, under a rule that adds `eps` to the root.
    pub fn new(beta: f64, eps: f64) -> Self {
        let keep = E::of(beta);
        Self { keep, fresh: E::ONE - keep, units: Units::new(eps) }
    }
    /// The root of the sum of all squares.
    pub fn of_sum(eps: f64) -> Self {
        Self { keep: E::ONE, fresh: E::ONE, units: Units::new(eps) }
    }
    /// The root after `x`.
    #[inline(always)]
    pub fn after(&self, root: E, x: E) -> E {
        let (unit, back) = self.units.unit(x, root);
        let (x, root) = (flush(x * unit, self.units.gradient), root * unit);
        at_least(self.keep * root * root + self.fresh * x * x, self.units.square).sqrt() * back
    }
    /// `√(root² + eps)`.
    #[inline(always)]
    pub fn with_eps(&self, root: E, eps: E) -> E {
        let (unit, back) = self.units.unit(root, root);
        let scaled = root * unit;
        (scaled * scaled + eps * unit * unit).sqrt() * back
    }
    /// `√max(root² − mean², 0)`.
    #[inline(always)]
    pub fn without(&self, root: E, mean: E) -> E {
        let (unit, back) = self.units.unit(mean, root);
        let (root, mean) = (root * unit, mean * unit);
        at_least(root * root - mean * mean, E::ZERO).sqrt() * back
    }
}

/// A [`Rule`](crate::Rule) from a [`Formula`] of so many slots, its name and facts, and its checks.
macro_rules! formula_rule {
    ($Rule:ident, $slots:literal slots, rate $lr:literal, $about:literal) => {
        impl $Rule {
            /// Name and facts.
            pub const INFO: crate::RuleInfo = crate::RuleInfo {
                name: <Self as sparring_math::named::Named>::NAME,
                about: $about,
                source: <Self as sparring_math::named::Named>::PAPER,
                default_lr: $lr,
            };
            /// Checks every parameter.
            ///
            /// # Errors
            /// [`OptimError`](crate::OptimError) names the first that is out of its range.
            pub fn validate(&self) -> Result<(), crate::OptimError> {
                sparring_math::named::Named::validate(self)
            }
        }

        impl<E: sparring_math::Real> crate::Rule<E> for $Rule {
            fn slots(&self) -> usize {
                $slots
            }

            #[track_caller]
            fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) {
                crate::contract::assert_shapes(Self::INFO.name, $slots, w, g, slots);
                super::elementwise::step::<E, Self, $slots>(self, step, lr, w, g, slots);
            }
        }
    };
}
pub(super) use formula_rule;
