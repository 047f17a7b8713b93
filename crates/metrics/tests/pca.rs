//! PCA against closed forms: a known subspace, known variances, Eckart-Young.

use proptest::prelude::*;
use sparring_metrics::{MetricsError, Pca, mean_image_mse, mse, principal_angles};

/// A reproducible number in [-1, 1) for an index.
fn noise(i: usize) -> f64 {
    let mixed = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed ^ (mixed >> 29)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// `n` rows in a `k`-dimensional affine subspace of R^dim, and the (not orthogonal) directions that span it.
fn in_subspace(n: usize, dim: usize, k: usize, seed: usize) -> (Vec<f32>, Vec<f64>) {
    let span: Vec<f64> = (0..k * dim).map(|i| noise(seed * 7919 + i)).collect();
    let mut rows = Vec::with_capacity(n * dim);
    for r in 0..n {
        for d in 0..dim {
            let x: f64 = (0..k).map(|c| noise(1_000_000 + seed + r * k + c) * span[c * dim + d]).sum();
            rows.push((x + noise(d) * 3.0) as f32);
        }
    }
    (rows, span)
}

#[test]
fn a_known_subspace_is_found() {
    let (dim, k) = (40, 5);
    let (rows, span) = in_subspace(300, dim, k, 1);
    let pca = Pca::fit(&rows, dim, k).unwrap();
    let angles = principal_angles(pca.directions(), &span, dim).unwrap();
    assert!(angles.iter().all(|&a| a < 1e-6), "rows are f32: {angles:?}");
    assert!(pca.explained() > 1.0 - 1e-10);
    assert!(pca.mse(&rows) < 1e-12);
    assert!(mse(&pca.reconstruct(&rows), &rows) < 1e-12);
    // Fresh points of the same subspace are reconstructed as well, points off it are not.
    let (mut fresh, _) = in_subspace(400, dim, k, 1);
    let fresh = fresh.split_off(300 * dim);
    assert!(pca.mse(&fresh) < 1e-12);
    let other: Vec<f32> = (0..10 * dim).map(|i| noise(55_555 + i) as f32).collect();
    assert!(pca.mse(&other) > 0.1);
}

#[test]
fn variances_of_a_cross_are_known() {
    // ±a along each axis of R^4, one axis at a time: the covariance is diagonal, a²·2/8 each.
    let lengths = [1.0f32, 4.0, 2.0, 3.0];
    let mut rows = vec![0.0f32; 8 * 4];
    for (axis, a) in lengths.iter().enumerate() {
        rows[(2 * axis) * 4 + axis] = *a;
        rows[(2 * axis + 1) * 4 + axis] = -a;
    }
    let pca = Pca::fit(&rows, 4, 2).unwrap();
    for (got, a) in pca.variances().iter().zip([4.0, 3.0, 2.0, 1.0]) {
        assert!((got - a * a / 4.0).abs() < 1e-12);
    }
    assert!((pca.direction(0)[1] - 1.0).abs() < 1e-12 && (pca.direction(1)[3] - 1.0).abs() < 1e-12);
    assert!((pca.explained() - 25.0 / 30.0).abs() < 1e-12);
    // What is lost is what was not kept, per element.
    assert!((pca.mse(&rows) - (4.0 + 1.0) / 4.0 / 4.0).abs() < 1e-12);
    assert_eq!(pca.project(&rows)[2 * 2], 4.0);
}

#[test]
fn wrong_input_is_an_error() {
    assert_eq!(Pca::fit(&[], 3, 1), Err(MetricsError::Empty));
    assert_eq!(Pca::fit(&[1.0], 0, 1), Err(MetricsError::Empty));
    assert_eq!(Pca::fit(&[0.0; 7], 3, 1), Err(MetricsError::Ragged { len: 7, dim: 3 }));
    assert_eq!(Pca::fit(&[0.0; 6], 3, 4), Err(MetricsError::Components { k: 4, dim: 3 }));
    assert_eq!(Pca::fit(&[0.0; 6], 3, 0), Err(MetricsError::Components { k: 0, dim: 3 }));
    assert_eq!(Pca::fit(&[0.0, 0.0, 0.0, f32::NAN], 2, 1), Err(MetricsError::NotFinite { row: 1 }));
}

#[test]
fn constant_rows_have_nothing_to_explain() {
    let pca = Pca::fit(&[2.0; 12], 3, 2).unwrap();
    assert_eq!((pca.k(), pca.explained(), pca.mse(&[2.0; 3])), (0, 1.0, 0.0));
    assert_eq!((pca.project(&[5.0; 3]), pca.reconstruct(&[5.0; 3])), (vec![], vec![2.0; 3]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn error_on_the_fitted_rows_is_the_variance_left_out(dim in 2usize..30, n in 2usize..60, seed in 0usize..500) {
        let rows: Vec<f32> = (0..n * dim).map(|i| noise(seed * 100_003 + i) as f32).collect();
        let k = 1 + seed % dim;
        let pca = Pca::fit(&rows, dim, k).unwrap();
        prop_assert_eq!(pca.k(), k.min(n - 1));
        let left_out: f64 = pca.variances()[k..].iter().sum::<f64>() / dim as f64;
        prop_assert!((pca.mse(&rows) - left_out).abs() < 1e-12);
        let total = pca.variances().iter().sum::<f64>() / dim as f64;
        prop_assert!((mean_image_mse(&rows, &rows, dim) - total).abs() < 1e-12);
        for i in 0..pca.k() {
            for j in 0..=i {
                let dot: f64 = pca.direction(i).iter().zip(pca.direction(j)).map(|(a, b)| a * b).sum();
                prop_assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
        // No other k orthogonal directions do better: try the coordinate axes.
        let axes: f64 = (0..dim).map(|d| rows.chunks_exact(dim).map(|r| (f64::from(r[d]) - pca.mean()[d]).powi(2)).sum::<f64>())
            .skip(k).sum::<f64>() / rows.len() as f64;
        prop_assert!(pca.mse(&rows) <= axes + 1e-12);
        prop_assert_eq!(&Pca::fit(&rows, dim, k).unwrap(), &pca);
    }
}
