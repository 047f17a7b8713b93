//! Rows of fewer than sixteen numbers, sixteen at a time with one row a lane, on every instruction set.

use super::cut::LANES;
use crate::Elem;

/// Sixteen rows of fewer than sixteen numbers, transposed: column `j` of all of them in `x[j]`.
struct Across<E> {
    x: [[E; LANES]; LANES],
    total: [E; LANES],
}

impl<E: Elem> Across<E> {
    /// Reads `x - max` of rows of `m`, and sums the exponentials in the order of `total`; `each` gets column and exponentials.
    #[inline(always)]
    fn new(rows: &[E], m: usize, mut each: impl FnMut(usize, &[E; LANES])) -> Self {
        let mut x = [[E::ZERO; LANES]; LANES];
        for l in 0..LANES {
            for (x, &v) in x.iter_mut().zip(&rows[l * m..][..m]) {
                x[l] = v;
            }
        }
        let mut max = [-E::INFINITY; LANES];
        for x in &x[..m] {
            for l in 0..LANES {
                max[l] = if max[l].is_nan() | (max[l] > x[l]) { max[l] } else { x[l] };
            }
        }
        let mut total = [E::ZERO; LANES];
        for (j, x) in x[..m].iter_mut().enumerate() {
            let mut e = [E::ZERO; LANES];
            for l in 0..LANES {
                x[l] -= max[l];
                e[l] = x[l].exp_nonpos();
                total[l] += e[l];
            }
            each(j, &e);
        }
        Self { x, total }
    }
}

/// Writes the transposed columns back as rows.
#[inline(always)]
fn scatter<E: Elem>(columns: &[[E; LANES]; LANES], m: usize, out: &mut [E]) {
    for l in 0..LANES {
        for (out, column) in out[l * m..][..m].iter_mut().zip(columns) {
            *out = column[l];
        }
    }
}

/// Softmax of the whole groups of sixteen short rows, with the bits of the general loop; returns how many numbers were processed.
#[inline(always)]
pub(super) fn softmax_across_rows<E: Elem>(x: &[E], m: usize, out: &mut [E]) -> usize {
    let size = LANES * m.max(1);
    for (x, out) in x.chunks_exact(size).zip(out.chunks_exact_mut(size)) {
        let mut e = [[E::ZERO; LANES]; LANES];
        let sums = Across::new(x, m, |j, exponentials| e[j] = *exponentials);
        let mut scale = [E::ZERO; LANES];
        for l in 0..LANES {
            scale[l] = E::ONE / sums.total[l];
        }
        for e in &mut e[..m] {
            for l in 0..LANES {
                e[l] *= scale[l];
            }
        }
        scatter(&e, m, out);
    }
    x.len() / size * size
}

/// The same for the logarithm of softmax.
#[inline(always)]
pub(super) fn log_softmax_across_rows<E: Elem>(x: &[E], m: usize, out: &mut [E]) -> usize {
    let size = LANES * m.max(1);
    for (x, out) in x.chunks_exact(size).zip(out.chunks_exact_mut(size)) {
        let mut sums = Across::new(x, m, |_, _| ());
        let mut log = [E::ZERO; LANES];
        for l in 0..LANES {
            log[l] = sums.total[l].ln();
        }
        for x in &mut sums.x[..m] {
            for l in 0..LANES {
                x[l] -= log[l];
            }
        }
        scatter(&sums.x, m, out);
    }
    x.len() / size * size
}
