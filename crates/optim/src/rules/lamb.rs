//! LAMB.

use super::elementwise::{Mean, RootMeanSquare, power};
use crate::contract::{DECAY, MEMORY, Needs, RuleInfo, WholeTensor, assert_shapes};
use crate::units::EPS;
use crate::{Rule, squares};
use sparring_math::named::{Named, NamedError};
use sparring_math::{Real, simd};

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
        let c = Constants {
            size: E::of(root / missing(self.beta1)),
            eps: E::of(self.eps * root),
            decay: E::of(self.weight_decay),
            mean: Mean::new(self.beta1),
            root: RootMeanSquare::new(self.beta2, self.eps),
        };
        let (size, sum) = (squares(w).sqrt(), simd::dispatch(Directions { c, w, g, m, r }));
        let ratio = if size > 0.0 && sum > 0.0 { size / sum.sqrt() } else { 1.0 };
        simd::dispatch(Steps { c, lr: E::of(lr.to_f64() * ratio), w, m, r });
    }
}

/// The constants of a step.
#[derive(Clone, Copy)]
struct Constants<E> {
    size: E,
    eps: E,
    decay: E,
    mean: Mean<E>,
    root: RootMeanSquare<E>,
}

impl<E: Real> Constants<E> {
    /// Adam's step and the decay.
    #[inline(always)]
    fn direction(&self, w: E, m: E, r: E) -> E {
        self.size * (m / (r + self.eps)) + self.decay * w
    }
}

/// Moments after the gradient; the sum of the squared directions, chunk by chunk.
struct Directions<'a, E> {
    c: Constants<E>,
    w: &'a [E],
    g: &'a [E],
    m: &'a mut [E],
    r: &'a mut [E],
}

impl<E: Real> simd::Kernel for Directions<'_, E> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        const CHUNK: usize = 256;
        let Self { c, w, g, m, r } = self;
        let (mut all, mut directions) = (0.0, [E::ZERO; CHUNK]);
        let chunks = w.chunks(CHUNK).zip(g.chunks(CHUNK)).zip(m.chunks_mut(CHUNK)).zip(r.chunks_mut(CHUNK));
        for (((w, g), m), r) in chunks {
            for ((((w, g), m), r), u) in w.iter().zip(g).zip(m).zip(r).zip(&mut directions) {
                (*m, *r) = (c.mean.after(*m, *g), c.root.after(*r, *g));
                *u = c.direction(*w, *m, *r);
            }
            all += squares(&directions[..w.len()]);
        }
        all
    }
}

/// The step along the directions.
struct Steps<'a, E> {
    c: Constants<E>,
    lr: E,
    w: &'a mut [E],
    m: &'a [E],
    r: &'a [E],
}

impl<E: Real> simd::Kernel for Steps<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { c, lr, w, m, r } = self;
        for ((w, m), r) in w.iter_mut().zip(m).zip(r) {
            *w -= lr * c.direction(*w, *m, *r);
        }
    }
}
