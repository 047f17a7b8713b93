//! Products in parts of bf16 beside those of `f32` and of `f64`.

use sparring_tensor::{Mat, MatMut, Panels, Precision, Tensor, TilePanels, gemm_in, team};

fn rough(rows: usize, cols: usize, salt: usize) -> Tensor {
    Tensor::from_fn([rows, cols], |i| {
        let at = (i as u32).wrapping_mul(2_654_435_761).wrapping_add(salt as u32 * 40_503) >> 7;
        at as f32 / (1 << 24) as f32 - 1.0
    })
}

/// The exact product, and the sums of the terms' sizes.
fn exact(
    a: &dyn Fn(usize, usize) -> f32,
    b: &dyn Fn(usize, usize) -> f32,
    k: usize,
    i: usize,
    j: usize,
) -> (f64, f64) {
    let terms = (0..k).map(|p| f64::from(a(i, p)) * f64::from(b(p, j)));
    terms.fold((0.0, 0.0), |(s, t), v| (s + v, t + v.abs()))
}

#[test]
fn products_of_any_shape_and_layout_are_right() {
    for (m, k, n) in [(1, 1, 1), (3, 70, 33), (17, 32, 64), (40, 100, 10), (33, 1100, 45), (64, 31, 32)] {
        for layout in 0..4 {
            let (ta, tb) = (layout & 1 == 1, layout & 2 == 2);
            let (x, w, start) = (rough(m, k, 1), rough(k, n, 2), rough(m, n + 3, 3));
            let (x_t, w_t) = (sparring_tensor::layout::transpose(&x), sparring_tensor::layout::transpose(&w));
            let a = if ta { Mat::new(x_t.as_slice(), k, m).t() } else { Mat::new(x.as_slice(), m, k) };
            let b = if tb { Mat::new(w_t.as_slice(), n, k).t() } else { Mat::new(w.as_slice(), k, n) };
            for (precision, share) in
                [(Precision::Split6, 3e-7), (Precision::Bf16, 8e-3), (Precision::F32, 1e-6)]
            {
                for beta in [0.0, 1.0, 0.5] {
                    let mut out = start.as_slice().to_vec();
                    gemm_in(precision, a, b, beta, MatMut::with_stride(&mut out, m, n, n + 3));
                    for i in 0..m {
                        for j in 0..n + 3 {
                            let (got, before) = (
                                f64::from(out[i * (n + 3) + j]),
                                f64::from(start.as_slice()[i * (n + 3) + j]),
                            );
                            if j >= n {
                                assert_eq!(got, before, "past the row");
                                continue;
                            }
                            let at = |t: &Tensor, i: usize, j: usize| t.as_slice()[i * t.shape()[1] + j];
                            let (sum, size) = exact(&|i, p| at(&x, i, p), &|p, j| at(&w, p, j), k, i, j);
                            let (expected, size) = (sum + f64::from(beta) * before, size + before.abs());
                            let missed = (got - expected).abs();
                            assert!(
                                missed <= share * size,
                                "{precision} {m} {k} {n} {layout} {beta}: {missed:e} of {size}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn split6_misses_less_than_f32() {
    let (m, k, n) = (64, 2048, 64);
    let (x, w) = (rough(m, k, 1), rough(k, n, 2));
    let error = |precision| {
        let mut out = vec![0.0; m * n];
        gemm_in(
            precision,
            Mat::new(x.as_slice(), m, k),
            Mat::new(w.as_slice(), k, n),
            0.0,
            MatMut::new(&mut out, m, n),
        );
        let one = |i: usize, j: usize| {
            let (sum, _) = exact(&|i, p| x.as_slice()[i * k + p], &|p, j| w.as_slice()[p * n + j], k, i, j);
            (f64::from(out[i * n + j]) - sum).powi(2)
        };
        ((0..m * n).map(|at| one(at / n, at % n)).sum::<f64>() / (m * n) as f64).sqrt()
    };
    let (split, plain, half) = (error(Precision::Split6), error(Precision::F32), error(Precision::Bf16));
    assert!(split < plain && plain < half, "root mean square errors {split:e}, {plain:e}, {half:e}");
}

#[test]
fn threads_change_no_bit() {
    let (m, k, n) = (200, 1500, 70);
    let (x, w) = (rough(m, k, 1), rough(k, n, 2));
    for precision in Precision::ALL {
        let product = |threads| {
            let mut out = vec![0.0f32; m * n];
            let (a, b) = (Mat::new(x.as_slice(), m, k), Mat::new(w.as_slice(), k, n));
            team::with_threads(threads, || gemm_in(precision, a, b, 0.0, MatMut::new(&mut out, m, n)));
            out
        };
        let one = product(1);
        assert!(one == product(2) && one == product(7), "{precision}");
    }
}

#[test]
fn panels_in_tiles_add_their_row_and_are_refused_for_f64() {
    let (m, k, n) = (29, 100, 65);
    let (x, w, row) = (rough(m, k, 1), rough(k, n, 2), rough(1, n, 3));
    let panels = Panels::pack(Mat::new(w.as_slice(), k, n));
    assert!(TilePanels::new(&panels, Precision::F32).is_none());
    assert!(TilePanels::new(&Panels::<f64>::zeros(3, 3), Precision::Split6).is_none());
    let mut tiles = TilePanels::new(&Panels::<f32>::zeros(k, n), Precision::Split6).unwrap();
    tiles.fill(&panels);
    let (mut got, mut expected) = (vec![0.0; m * n], vec![0.0; m * n]);
    let a = Mat::new(x.as_slice(), m, k);
    tiles.left_multiplied(a, Some(row.as_slice()), MatMut::new(&mut got, m, n));
    panels.left_multiplied(a, Some(row.as_slice()), MatMut::new(&mut expected, m, n));
    for (g, e) in got.iter().zip(&expected) {
        assert!((g - e).abs() < 2e-5, "{g} {e}");
    }
}
