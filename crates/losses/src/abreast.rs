//! Cross-entropy of many short rows at once: sixteen rows side by side, each lane doing what `eval` does to its row.

use sparring_math::{Real, simd};

/// Rows side by side.
pub(crate) const LANES: usize = 16;
/// Rows must be no longer: then the sum of a row is one fold of lanes, whose order the tree below repeats.
pub(crate) const LONGEST: usize = 16;

/// `z` holds whole groups of [`LANES`] rows, each with its class in `classes`.
pub(crate) struct Groups<'a, E> {
    pub z: &'a [E],
    pub cols: usize,
    pub classes: &'a [usize],
    pub losses: &'a mut [E],
    pub dz: &'a mut [E],
    /// Logits this far below the largest count as impossible.
    pub cutoff: E,
}

impl<E: Real> simd::Kernel for Groups<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { z, cols, classes, losses, dz, cutoff } = self;
        let groups = z.chunks_exact(LANES * cols).zip(dz.chunks_exact_mut(LANES * cols));
        let rows = classes.as_chunks::<LANES>().0.iter().zip(losses.as_chunks_mut::<LANES>().0);
        for ((z, dz), (classes, losses)) in groups.zip(rows) {
            group(z, cols, classes, losses, dz, cutoff);
        }
    }
}

#[inline(always)]
fn group<E: Real>(
    z: &[E],
    cols: usize,
    classes: &[usize; LANES],
    losses: &mut [E; LANES],
    dz: &mut [E],
    cutoff: E,
) {
    let mut x = [[E::ZERO; LANES]; LONGEST];
    for l in 0..LANES {
        for (x, &z) in x.iter_mut().zip(&z[l * cols..][..cols]) {
            x[l] = z;
        }
    }
    let x = &x[..cols];
    let mut max = [-E::INFINITY; LANES];
    for x in x {
        for l in 0..LANES {
            max[l] = if max[l].is_nan() | (max[l] > x[l]) { max[l] } else { x[l] };
        }
    }
    // The first place of the largest; 0 where a NaN makes none equal.
    let mut at = [0u32; LANES];
    for (j, x) in x.iter().enumerate().rev() {
        for l in 0..LANES {
            at[l] = if x[l] == max[l] { j as u32 } else { at[l] };
        }
    }
    let mut e = [[E::ZERO; LANES]; LONGEST];
    for (j, (e, x)) in e.iter_mut().zip(x).enumerate() {
        for l in 0..LANES {
            let d = x[l] - max[l];
            let other = if d < cutoff { E::ZERO } else { d.exp_nonpos() };
            // A peak that is not finite is NaN here and reaches every result.
            let peak = if max[l].is_finite() { E::ZERO } else { E::of(f64::NAN) };
            e[l] = if at[l] == j as u32 { peak } else { other };
        }
    }
    let mut sums = e;
    let mut half = LONGEST / 2;
    while half > 0 {
        let (low, high) = sums.split_at_mut(half);
        for (low, high) in low.iter_mut().zip(high) {
            for l in 0..LANES {
                low[l] += high[l];
            }
        }
        half /= 2;
    }
    let rest = sums[0];
    let (mut scale, mut log) = ([E::ZERO; LANES], [E::ZERO; LANES]);
    for l in 0..LANES {
        scale[l] = E::ONE / (E::ONE + rest[l]);
        log[l] = rest[l].ln_1p();
    }
    for e in &mut e[..cols] {
        for l in 0..LANES {
            e[l] *= scale[l];
        }
    }
    for l in 0..LANES {
        let dz = &mut dz[l * cols..][..cols];
        for (dz, e) in dz.iter_mut().zip(&e) {
            *dz = e[l];
        }
        let (at, y) = (at[l] as usize, classes[l]);
        if y == at {
            dz[at] = -(rest[l] * scale[l]);
        } else {
            dz[at] = scale[l];
            dz[y] -= E::ONE;
        }
        losses[l] = (max[l] - z[l * cols + y]) + log[l];
    }
}
