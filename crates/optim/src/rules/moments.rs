//! The step shared by the Adam family.

use crate::floor::{at_least, flush};
use crate::units::Units;
use sparring_math::{Real, simd};

/// The constants of one step, computed once in f64.
#[derive(Clone, Copy)]
pub(super) struct Coefficients<E> {
    /// Added to the gradient: `l2 · w`.
    l2: E,
    /// Factor on the weight before the step: `1 - lr · weight_decay`.
    decay: E,
    /// beta1 and beta2 in this precision.
    keep: [E; 2],
    /// What is missing from them to 1, exactly: a constant gradient is its own mean, to rounding.
    fresh: [E; 2],
    /// lr √(1 - beta2^step) / (1 - beta1^step).
    size: E,
    /// eps √(1 - beta2^step): both sides of the fraction are multiplied by the root, which saves a product an element.
    eps: E,
    units: Units<E>,
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
        let keep = [E::of(beta1), E::of(beta2)];
        let [correction, square] = keep.map(|beta| 1.0 - beta.to_f64().powi(n));
        Self {
            l2: E::of(l2),
            decay: E::of(decay),
            keep,
            fresh: keep.map(|beta| E::ONE - beta),
            size: E::of(lr / correction * square.sqrt()),
            eps: E::of(eps * square.sqrt()),
            units: Units::new(eps),
        }
    }

    /// beta · mean + (1 - beta) · x, for the first or second moment; finite if both are.
    #[inline(always)]
    fn mean(&self, moment: usize, mean: E, x: E) -> E {
        self.keep[moment] * mean + self.fresh[moment] * x
    }
}

struct Step<'a, E> {
    c: Coefficients<E>,
    w: &'a mut [E],
    g: &'a [E],
    m: &'a mut [E],
    r: &'a mut [E],
}

impl<E: Real> simd::Kernel for Step<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { c, w, g, m, r } = self;
        let overflowed = match (c.units.is_unit(), c.l2 == E::ZERO, c.decay == E::ONE) {
            (false, ..) => return step_in_units(c, w, g, m, r),
            (true, true, true) => usual::<E, false, false>(c, w, g, m, r),
            (true, true, false) => usual::<E, false, true>(c, w, g, m, r),
            (true, false, _) => usual::<E, true, true>(c, w, g, m, r),
        };
        if overflowed {
            repair(c, w, g, m, r);
        }
    }
}

/// The step where no square overflows. Where one does, the step is 0 and the old root stays, marked by its sign; then `true`.
///
/// Without `L2` and `DECAY` the sum with 0 and the product with 1 are left out.
#[inline(always)]
fn usual<E: Real, const L2: bool, const DECAY: bool>(
    c: Coefficients<E>,
    w: &mut [E],
    g: &[E],
    m: &mut [E],
    r: &mut [E],
) -> bool {
    let mut signs = 0;
    for (((w, &g), m), r) in w.iter_mut().zip(g).zip(m).zip(r) {
        let g = flush(if L2 { g + c.l2 * *w } else { g }, c.units.gradient);
        *m = flush(c.mean(0, *m, g), c.units.moment);
        let square = at_least(c.mean(1, *r * *r, g * g), c.units.square);
        let root = square.sqrt();
        let kept = if DECAY { c.decay * *w } else { *w };
        *w = kept - c.size * (*m / (root + c.eps));
        *r = if square < E::INFINITY { root } else { -*r };
        signs |= r.to_f32().to_bits();
    }
    signs >> 31 == 1
}

/// The step of the elements that [`usual`] has marked, in the unit of large numbers.
#[cold]
#[inline(never)]
fn repair<E: Real>(c: Coefficients<E>, w: &mut [E], g: &[E], m: &mut [E], r: &mut [E]) {
    for (((w, &g), m), r) in w.iter_mut().zip(g).zip(m).zip(r) {
        if r.to_f32().is_sign_positive() {
            continue;
        }
        // With an L2 penalty the weight has not moved: this is the gradient that was squared.
        let g = if c.l2 == E::ZERO { g } else { g + c.l2 * *w };
        let (unit, back) = c.units.unit(g, -*r);
        let (g, root) = (flush(g * unit, c.units.gradient), -*r * unit);
        *r = at_least(c.mean(1, root * root, g * g), c.units.square).sqrt() * back;
        *w -= c.size * (*m / (*r + c.eps));
    }
}

/// The step in units that are chosen element by element: what an eps far below the usual one needs.
#[cold]
#[inline(never)]
fn step_in_units<E: Real>(c: Coefficients<E>, w: &mut [E], g: &[E], m: &mut [E], r: &mut [E]) {
    for (((w, &g), m), r) in w.iter_mut().zip(g).zip(m).zip(r) {
        let g = g + c.l2 * *w;
        let (unit, back) = c.units.unit(g, *r);
        let (g, mean, root) = (flush(g * unit, c.units.gradient), *m * unit, *r * unit);
        *m = flush(c.mean(0, mean, g), c.units.moment) * back;
        *r = at_least(c.mean(1, root * root, g * g), c.units.square).sqrt() * back;
        *w = c.decay * *w - c.size * (*m / (*r + c.eps));
    }
}

/// One pass: m moves towards g and r² towards g², w follows m / (r + eps).
pub(super) fn step<E: Real>(c: Coefficients<E>, w: &mut [E], g: &[E], m: &mut [E], r: &mut [E]) {
    simd::dispatch(Step { c, w, g, m, r });
}
