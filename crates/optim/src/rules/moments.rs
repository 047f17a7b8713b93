//! The step shared by the Adam family.

use crate::floor::{Floor, at_least, flush};
use sparring_math::{Real, simd};

/// The constants of one step, computed once in f64.
#[derive(Clone, Copy)]
pub(super) struct Coefficients<E> {
    /// Added to the gradient: `l2 · w`.
    l2: E,
    /// Factor on the weight before the step: `1 - lr · weight_decay`.
    decay: E,
    /// 1 - beta1.
    fresh1: E,
    /// 1 - beta2.
    fresh2: E,
    /// lr / (1 - beta1^step).
    size: E,
    /// 1 / sqrt(1 - beta2^step).
    root: E,
    eps: E,
    floor: Floor<E>,
}

/// Where a weight decay acts.
#[derive(Clone, Copy)]
pub(super) enum Decay {
    /// In the gradient, through the moments.
    L2(f64),
    /// On the weight.
    Decoupled(f64),
}

impl<E: Real> Coefficients<E> {
    pub fn new(step: u64, lr: E, beta1: f64, beta2: f64, eps: f64, decay: Decay) -> Self {
        let lr = lr.to_f64();
        // Past 2^31 steps the correction is 1 to the last bit for every beta below 1 - 1e-8.
        let n = step.clamp(1, i32::MAX as u64) as i32;
        let (l2, decay) = match decay {
            Decay::L2(l2) => (l2, 1.0),
            Decay::Decoupled(wd) => (0.0, 1.0 - lr * wd),
        };
        Self {
            l2: E::of(l2),
            decay: E::of(decay),
            fresh1: E::of(1.0 - beta1),
            fresh2: E::of(1.0 - beta2),
            size: E::of(lr / (1.0 - beta1.powi(n))),
            root: E::of(1.0 / (1.0 - beta2.powi(n)).sqrt()),
            eps: E::of(eps),
            floor: Floor::new(),
        }
    }
}

struct Step<'a, E> {
    c: Coefficients<E>,
    w: &'a mut [E],
    g: &'a [E],
    m: &'a mut [E],
    v: &'a mut [E],
}

impl<E: Real> simd::Kernel for Step<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { c, w, g, m, v } = self;
        for (((w, &g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
            let g = flush(g + c.l2 * *w, c.floor.gradient);
            // Written as steps towards the new value: 1 - beta2 is rounded by itself, not left over from beta2 near 1.
            *m = flush(*m + c.fresh1 * (g - *m), c.floor.moment);
            *v = at_least(*v + c.fresh2 * (g * g - *v), c.floor.square);
            *w = c.decay * *w - c.size * *m / (v.sqrt() * c.root + c.eps);
        }
    }
}

/// One pass: m and v move towards g and g², w follows m / (sqrt(v) + eps).
pub(super) fn step<E: Real>(c: Coefficients<E>, w: &mut [E], g: &[E], m: &mut [E], v: &mut [E]) {
    simd::dispatch(Step { c, w, g, m, v });
}
