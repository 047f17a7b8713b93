//! Exponentials of a row, measured from its largest number.

use sparring_math::{Real, simd};

/// Where the largest logit is, its value, and the sum of the other exponentials.
pub(crate) struct Peak<E> {
    pub at: usize,
    pub max: E,
    pub rest: E,
}

/// Writes `exp(sharpness (z - max))` into `out`, with 0 at the largest. One place may be left out: it counts for nothing and gets 0.
pub(crate) struct Exponentials<'a, E> {
    pub z: &'a [E],
    pub without: Option<usize>,
    pub sharpness: E,
    pub out: &'a mut [E],
}

impl<E: Real> simd::Kernel for Exponentials<'_, E> {
    type Output = Peak<E>;

    #[inline(always)]
    fn run(self) -> Peak<E> {
        let Self { z, without, sharpness, out } = self;
        let end = without.unwrap_or(z.len());
        let (before, after) = (&z[..end], &z[z.len().min(end + 1)..]);
        let max = before.iter().fold(-E::INFINITY, |a, &b| a.larger(b));
        let max = after.iter().fold(max, |a, &b| a.larger(b));
        // With a NaN none is equal: any place will do, all results are NaN.
        let at = before.iter().position(|&x| x == max);
        let at = at.or_else(|| after.iter().position(|&x| x == max).map(|i| end + 1 + i));
        let at = at.unwrap_or(usize::from(end == 0));
        let cutoff = cutoff();
        for (out, &z) in out.iter_mut().zip(z) {
            let d = (z - max) * sharpness;
            *out = if d < cutoff { E::ZERO } else { d.exp_nonpos() };
        }
        // A finite peak leaves the sum; another is NaN here and must reach every result.
        out[at] = if max.is_finite() { E::ZERO } else { E::of(f64::NAN) };
        if let Some(without) = without {
            out[without] = E::ZERO;
        }
        Peak { at, max, rest: simd::sum(out) }
    }
}

/// Logits this far below the largest count as impossible. Subnormal probabilities would slow every kernel behind this one; above the
/// cut, up to a thousand rivals stay normal.
#[inline(always)]
pub(crate) fn cutoff<E: Real>() -> E {
    if E::EPSILON.to_f64() > 1e-10 { E::of(-80.0) } else { E::of(-700.0) }
}
