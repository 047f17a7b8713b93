//! Softmax and its logarithms against the formula in f64, and at the edges.

use proptest::prelude::*;
use sparring_tensor::softmax::*;
use sparring_tensor::{Array, Shape, Tensor};

const INF: f32 = f32::INFINITY;

proptest! {
    #[test]
    fn rows_equal_the_formula(n in 0usize..40, m in 1usize..70, spread in 0.1f64..30.0, shift in -1e4f64..1e4) {
        let a = Array::<f64>::from_fn([n, m], |i| shift + spread * (i as f64 * 1.7).sin());
        let (p, l, s) = (softmax(&a), log_softmax(&a), log_sum_exp(&a));
        let (p32, l32) = (softmax(&a.cast::<f32>()), log_softmax(&a.cast::<f32>()));
        let a32 = a.cast::<f32>().cast::<f64>();
        prop_assert_eq!(s.shape(), Shape::from([n]));
        for (a, p, l, exact) in [(&a, &p, &l, 1e-11), (&a32, &p32.cast(), &l32.cast(), 2e-5)] {
            for (i, row) in a.as_slice().chunks(m).enumerate() {
                let max = row.iter().copied().fold(f64::MIN, f64::max);
                let total: f64 = row.iter().map(|x| (x - max).exp()).sum();
                for (j, x) in row.iter().enumerate() {
                    prop_assert!((p.as_slice()[i * m + j] - (x - max).exp() / total).abs() < exact);
                    prop_assert!((l.as_slice()[i * m + j] - (x - max - total.ln())).abs() < exact * (1.0 + spread));
                }
            }
        }
        for (row, s) in a.as_slice().chunks(m).zip(s.as_slice()) {
            let max = row.iter().copied().fold(f64::MIN, f64::max);
            prop_assert!((s - max - row.iter().map(|x| (x - max).exp()).sum::<f64>().ln()).abs() < 1e-10);
        }
    }

    #[test]
    fn a_row_does_not_depend_on_its_neighbours(n in 2usize..300, m in 1usize..40) {
        let a = Tensor::from_fn([n, m], |i| (i as f32 * 0.9).sin() * 5.0);
        for f in [softmax::<f32>, log_softmax::<f32>] {
            let last = Tensor::from_slice([1, m], &a.as_slice()[(n - 1) * m..]);
            let (alone, among) = (f(&last), f(&a));
            prop_assert_eq!(alone.as_slice(), &among.as_slice()[(n - 1) * m..]);
        }
    }
}

proptest! {
    #[test]
    fn gradients_equal_the_formula(n in 0usize..40, m in 1usize..70, spread in 0.1f64..8.0) {
        let a = Array::<f64>::from_fn([n, m], |i| spread * (i as f64 * 1.7).sin());
        let g = Array::<f64>::from_fn([n, m], |i| (i as f64 * 0.7).cos());
        let (p, l) = (softmax(&a), log_softmax(&a));
        let (dp, dl) = (softmax_gradient(&p, &g), log_softmax_gradient(&l, &g));
        let g32 = g.cast::<f32>();
        let dp32 = softmax_gradient(&p.cast::<f32>(), &g32).cast::<f64>();
        let dl32 = log_softmax_gradient(&l.cast::<f32>(), &g32).cast::<f64>();
        for (dp, dl, exact) in [(&dp, &dl, 1e-12), (&dp32, &dl32, 2e-5)] {
            for (i, (p, g)) in p.as_slice().chunks(m).zip(g.as_slice().chunks(m)).enumerate() {
                let dot: f64 = p.iter().zip(g).map(|(p, g)| p * g).sum();
                let sum: f64 = g.iter().sum();
                for j in 0..m {
                    prop_assert!((dp.as_slice()[i * m + j] - p[j] * (g[j] - dot)).abs() < exact);
                    prop_assert!((dl.as_slice()[i * m + j] - (g[j] - p[j] * sum)).abs() < exact);
                }
            }
        }
    }

    #[test]
    fn the_gradient_of_a_row_does_not_depend_on_its_neighbours(n in 2usize..300, m in 1usize..40) {
        let y = log_softmax(&Tensor::from_fn([n, m], |i| (i as f32 * 0.9).sin() * 5.0));
        let g = Tensor::from_fn([n, m], |i| (i as f32 * 0.3).cos());
        let last = |a: &Tensor| Tensor::from_slice([1, m], &a.as_slice()[(n - 1) * m..]);
        for f in [softmax_gradient::<f32>, log_softmax_gradient::<f32>] {
            let (alone, among) = (f(&last(&y), &last(&g)), f(&y, &g));
            prop_assert_eq!(alone.as_slice(), &among.as_slice()[(n - 1) * m..]);
        }
    }
}

#[test]
#[should_panic(expected = "softmax_gradient: shapes [2, 3] and [3, 2] differ")]
fn gradients_need_equal_shapes() {
    softmax_gradient(&Tensor::zeros([2, 3]), &Tensor::zeros([3, 2]));
}

#[test]
fn each_short_row_has_its_own_bits() {
    let odd = [f32::NAN, INF, -INF, 1e4, -0.0];
    for m in 1..18 {
        let a = Tensor::from_fn([35, m], |i| match (i * 37 + m) % 61 {
            k if k < odd.len() => odd[k],
            k => (k as f32 * 0.9).sin() * 5.0,
        });
        for f in [softmax::<f32>, log_softmax::<f32>] {
            let among = f(&a);
            for (row, among) in a.as_slice().chunks(m).zip(among.as_slice().chunks(m)) {
                let alone = f(&Tensor::from_slice([1, m], row));
                for (x, y) in alone.as_slice().iter().zip(among) {
                    assert!(
                        x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()),
                        "rows of {m}: {x} alone, {y} among"
                    );
                }
            }
        }
    }
}

#[test]
fn extremes_stay_finite() {
    let a = Tensor::from([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [f32::MAX, 0.0, f32::MIN]]);
    let third = 1.0 / 3.0;
    let want = [1.0, 0.0, 0.0, third, third, third, 1.0, 0.0, 0.0];
    assert!(softmax(&a).as_slice().iter().zip(want).all(|(p, w)| (p - w).abs() < 1e-6));
    let l = log_softmax(&a);
    assert_eq!(l.as_slice()[..3], [0.0, -2e4, -1e4]);
    assert!((l.as_slice()[4] + 3f32.ln()).abs() < 1e-6);
    assert!((log_sum_exp(&a).as_slice()[1] - (3f32.ln() - 1e4)).abs() < 2e-3);
}

#[test]
fn infinities_follow_pytorch() {
    let a = Tensor::from([[-INF, 0.0], [-INF, -INF], [INF, 0.0], [f32::NAN, 0.0]]);
    let (p, l, s) = (softmax(&a), log_softmax(&a), log_sum_exp(&a));
    assert_eq!((&p.as_slice()[..2], &l.as_slice()[..2]), (&[0.0, 1.0][..], &[-INF, 0.0][..]));
    assert!(p.as_slice()[2..4].iter().chain(&l.as_slice()[2..4]).all(|x| x.is_nan()));
    assert!(p.as_slice()[4].is_nan() && p.as_slice()[6..].iter().all(|x| x.is_nan()));
    assert_eq!(s.as_slice()[..3], [0.0, -INF, INF]);
    assert!(s.as_slice()[3].is_nan());
}

#[test]
fn empty_and_single_extents() {
    for dims in [&[0, 10][..], &[3, 0], &[2, 0, 5]] {
        assert_eq!(softmax(&Tensor::zeros(dims)).shape().dims(), dims);
        assert_eq!(log_softmax(&Tensor::zeros(dims)).shape().dims(), dims);
    }
    assert_eq!(log_sum_exp(&Tensor::zeros([2, 0])).as_slice(), [-INF; 2]);
    assert_eq!(softmax(&Tensor::full([2, 3, 1, 1], 7.0)), Tensor::ones([2, 3, 1, 1]));
    assert_eq!(log_sum_exp(&Tensor::from([7.0])).item(), 7.0);
}
