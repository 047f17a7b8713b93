//! All pairs of two sets of rows, a block at a time: never more than a block of results in memory.

use std::ops::Range;

/// Reference rows packed side by side: what a loop over one element of a row computes at once.
const LANES: usize = 8;
/// Rows that share one pass over a packed group.
const TOGETHER: usize = 2;
/// Reference rows of a block; at 128 elements a row they fill 512 kB as f64.
const BLOCK: usize = 512;

/// (x − y)², the term of a squared Euclidean distance.
pub(crate) fn square(x: f64, y: f64) -> f64 {
    (x - y) * (x - y)
}

/// xy, the term of a scalar product.
pub(crate) fn product(x: f64, y: f64) -> f64 {
    x * y
}

/// Calls `visit(i, j0, values)` with Σ_d `term`(rows[i, d], others[j0 + j, d]) for blocks of others, each pair once; blocks come in
/// order of j0, within one i ascends.
///
/// Every sum is one chain over d: it depends on the two rows alone, not on their places, and a symmetric `term` gives symmetric sums
/// to the bit. Costs n m dim terms and a block of `others` as f64.
///
/// # Shapes
/// `rows` [n, dim], `others` [m, dim], both checked
pub(crate) fn for_each_pair(
    rows: &[f32],
    others: &[f32],
    dim: usize,
    term: impl Fn(f64, f64) -> f64 + Copy,
    mut visit: impl FnMut(usize, usize, &[f64]),
) {
    let mut packed = Vec::new();
    let mut values = [vec![0.0; BLOCK], vec![0.0; BLOCK]];
    let mut wide = [vec![0.0; dim], vec![0.0; dim]];
    for (b, block) in others.chunks(BLOCK * dim).enumerate() {
        let count = block.len() / dim;
        pack(block, dim, &mut packed);
        for (p, pair) in rows.chunks(TOGETHER * dim).enumerate() {
            let here = pair.len() / dim;
            for (wide, row) in wide.iter_mut().zip(pair.chunks_exact(dim)) {
                wide.iter_mut().zip(row).for_each(|(w, &x)| *w = f64::from(x));
            }
            for (g, group) in packed.chunks_exact(LANES * dim).enumerate() {
                let sums = sums_of_two(&wide[0], &wide[1], group, term);
                for (values, sums) in values.iter_mut().zip(&sums) {
                    values[g * LANES..(g + 1) * LANES].copy_from_slice(sums);
                }
            }
            for (r, values) in values.iter().take(here).enumerate() {
                visit(p * TOGETHER + r, b * BLOCK, &values[..count]);
            }
        }
    }
}

/// Rows as f64, [groups, dim, LANES]; the last group is filled up with zeros.
fn pack(block: &[f32], dim: usize, packed: &mut Vec<f64>) {
    let groups = (block.len() / dim).div_ceil(LANES);
    packed.clear();
    packed.resize(groups * dim * LANES, 0.0);
    for (j, row) in block.chunks_exact(dim).enumerate() {
        let start = j / LANES * dim * LANES + j % LANES;
        for (d, &x) in row.iter().enumerate() {
            packed[start + d * LANES] = f64::from(x);
        }
    }
}

fn sums_of_two(
    a: &[f64],
    b: &[f64],
    group: &[f64],
    term: impl Fn(f64, f64) -> f64 + Copy,
) -> [[f64; LANES]; TOGETHER] {
    let (mut of_a, mut of_b) = ([0.0; LANES], [0.0; LANES]);
    for ((&a, &b), others) in a.iter().zip(b).zip(group.as_chunks::<LANES>().0) {
        for l in 0..LANES {
            of_a[l] += term(a, others[l]);
            of_b[l] += term(b, others[l]);
        }
    }
    [of_a, of_b]
}

/// Squared distance from each row to its k-th nearest of `others`; with `own`, `others` are the rows themselves and none is its own
/// neighbour. At least k candidates there must be.
pub(crate) fn kth_nearest_squares(rows: &[f32], others: &[f32], dim: usize, k: usize, own: bool) -> Vec<f64> {
    let n = rows.len() / dim;
    // [n, k], ascending.
    let mut nearest = vec![f64::INFINITY; n * k];
    for_each_pair(rows, others, dim, square, |i, start, values| {
        let kept = &mut nearest[i * k..(i + 1) * k];
        for part in without(i, start, values.len(), own) {
            for &value in &values[part] {
                if value < kept[k - 1] {
                    let at = kept.partition_point(|&v| v <= value);
                    kept[at..].rotate_right(1);
                    kept[at] = value;
                }
            }
        }
    });
    nearest.chunks_exact(k).map(|kept| kept[k - 1]).collect()
}

/// The places of a block but the row's own.
fn without(i: usize, start: usize, len: usize, own: bool) -> [Range<usize>; 2] {
    match i.checked_sub(start) {
        Some(at) if own && at < len => [0..at, at + 1..len],
        _ => [0..len, len..len],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize) -> Vec<f32> {
        let mixed = |i: usize| (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (0..n).map(|i| ((mixed(i) ^ (mixed(i) >> 29)) >> 40) as f32 / (1u64 << 24) as f32).collect()
    }

    #[test]
    fn every_pair_once_and_as_a_loop_has_it() {
        for (n, m, dim) in [(1, 1, 1), (3, 2 * BLOCK + 5, 3), (5, 9, 17), (BLOCK + 1, 7, 2)] {
            let x = noise((n + m) * dim);
            let (rows, others) = x.split_at(n * dim);
            let mut seen = vec![0; n * m];
            for_each_pair(rows, others, dim, square, |i, start, values| {
                for (j, &got) in values.iter().enumerate() {
                    seen[i * m + start + j] += 1;
                    let (a, b) = (&rows[i * dim..][..dim], &others[(start + j) * dim..][..dim]);
                    let plain =
                        a.iter().zip(b).fold(0.0, |s, (&x, &y)| s + (f64::from(x) - f64::from(y)).powi(2));
                    assert_eq!(got, plain);
                }
            });
            assert!(seen.iter().all(|&s| s == 1), "{n} {m} {dim}");
        }
    }

    #[test]
    fn neighbours_of_a_line() {
        let line: Vec<f32> = (0..1200).map(|i| (i * i) as f32).collect();
        let found = kth_nearest_squares(&line, &line, 1, 2, true);
        for (i, found) in found.iter().enumerate() {
            let mut all: Vec<f64> =
                (0..1200).filter(|&j| j != i).map(|j| f64::from(line[i] - line[j]).powi(2)).collect();
            all.sort_by(f64::total_cmp);
            assert_eq!(*found, all[1], "{i}");
        }
        assert_eq!(kth_nearest_squares(&[3.0], &[3.0, 5.0], 1, 2, false), [4.0]);
    }
}
