//! Mean and covariance of many rows, by blocked products in a fixed order.

use nalgebra::DMatrix;

use crate::reconstruct::mean_image;

/// Rows centred at once: a panel of this many rows stays within the caches while its tiles are multiplied.
const PANEL: usize = 512;
/// Columns of a tile. Only tiles on and below the diagonal are computed, which saves nearly half of the work.
const TILE: usize = 112;

/// Mean `[dim]` and covariance Σ (x − mean)(x − mean)ᵀ / n of `rows` [n, dim], in `f64`.
///
/// Divides by n, not n − 1: the trace is then the training error of the mean image times dim.
pub(crate) fn covariance(rows: &[f32], dim: usize) -> (Vec<f64>, DMatrix<f64>) {
    let mean = mean_image(rows, dim);
    let mut sum = DMatrix::<f64>::zeros(dim, dim);
    // One column an example, so the rows of the panel are the pixels and a tile is a plain product with a transpose.
    let mut panel = DMatrix::<f64>::zeros(dim, PANEL);
    for block in rows.chunks(PANEL * dim) {
        let count = block.len() / dim;
        for (i, row) in block.chunks_exact(dim).enumerate() {
            for (slot, (&x, m)) in panel.column_mut(i).iter_mut().zip(row.iter().zip(&mean)) {
                *slot = f64::from(x) - m;
            }
        }
        let filled = panel.columns(0, count);
        // `gemm` reads strides, so the transpose costs only this one copy a panel.
        let across = filled.transpose();
        for top in (0..dim).step_by(TILE) {
            let height = TILE.min(dim - top);
            for left in (0..=top).step_by(TILE) {
                let width = TILE.min(dim - left);
                sum.view_mut((top, left), (height, width)).gemm(
                    1.0,
                    &filled.rows(top, height),
                    &across.columns(left, width),
                    1.0,
                );
            }
        }
    }
    let n = (rows.len() / dim) as f64;
    for j in 0..dim {
        for i in j..dim {
            sum[(i, j)] /= n;
            sum[(j, i)] = sum[(i, j)];
        }
    }
    (mean, sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn equals_the_plain_loop(dim in 1usize..260, n in 1usize..40, seed in 0u32..1000) {
            let rows: Vec<f32> = (0..n * dim)
                .map(|i| ((i as u32).wrapping_mul(2654435761).wrapping_add(seed * 97) >> 8) as f32 / 16_777_216.0)
                .collect();
            let (mean, got) = covariance(&rows, dim);
            // One row of the matrix, chosen by the seed, keeps the plain loop affordable.
            let i = seed as usize % dim;
            for j in 0..dim {
                let plain: f64 = rows
                    .chunks_exact(dim)
                    .map(|r| (f64::from(r[i]) - mean[i]) * (f64::from(r[j]) - mean[j]))
                    .sum::<f64>() / n as f64;
                prop_assert!((got[(i, j)] - plain).abs() < 1e-13, "({i}, {j}) of {dim}, {n} rows");
                prop_assert_eq!(got[(i, j)], got[(j, i)]);
            }
        }
    }

    #[test]
    fn more_rows_than_a_panel() {
        // Two opposite points, many times: variance 1, covariance -1 whatever the panels are.
        let n = 2 * PANEL + 34;
        let rows: Vec<f32> = (0..n).flat_map(|i| if i % 2 == 0 { [3.0, 0.0] } else { [1.0, 2.0] }).collect();
        let (mean, got) = covariance(&rows, 2);
        assert_eq!(mean, [2.0, 1.0]);
        assert_eq!((got[(0, 0)], got[(0, 1)], got[(1, 0)], got[(1, 1)]), (1.0, -1.0, -1.0, 1.0));
    }
}
