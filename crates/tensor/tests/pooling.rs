//! Pooling against index loops; adjoints by inner products.

use proptest::prelude::*;
use sparring_tensor::pooling::*;
use sparring_tensor::reduce::dot;
use sparring_tensor::{Array, Shape, Tensor, team};

fn numbers(shape: &[usize], seed: usize) -> Array<f64> {
    Array::from_fn(shape, |i| ((i * 7 + seed * 11 + i * i * 3) % 17) as f64 - 8.0)
}

/// An input shape and windows that fit it.
fn cases() -> impl Strategy<Value = ([usize; 4], PoolGeometry)> {
    let side = || (1usize..5, 1usize..4, 0usize..3, 0usize..9);
    (0usize..3, 0usize..4, side(), side()).prop_map(|(n, c, (kh, sh, ph, eh), (kw, sw, pw, ew))| {
        let padding = [ph.min(kh / 2), pw.min(kw / 2)];
        let input = [n, c, (kh - 2 * padding[0] + eh).max(1), (kw - 2 * padding[1] + ew).max(1)];
        (input, PoolGeometry { kernel: [kh, kw], stride: [sh, sw], padding })
    })
}

/// Pixels inside window `i, j`, row by row.
fn window([h, w]: [usize; 2], g: PoolGeometry, i: usize, j: usize) -> Vec<usize> {
    let mut inside = vec![];
    for a in 0..g.kernel[0] {
        for b in 0..g.kernel[1] {
            let (r, c) = (i * g.stride[0] + a, j * g.stride[1] + b);
            if r >= g.padding[0] && c >= g.padding[1] && r < h + g.padding[0] && c < w + g.padding[1] {
                inside.push((r - g.padding[0]) * w + c - g.padding[1]);
            }
        }
    }
    inside
}

proptest! {
    #[test]
    fn pooling_equals_the_loop((dims, g) in cases(), halve in any::<bool>()) {
        let g = if halve && dims[2] > 1 && dims[3] > 1 { PoolGeometry::default() } else { g };
        let (x, [h, w]) = (numbers(&dims, 1), [dims[2], dims[3]]);
        let [oh, ow] = g.output([h, w]).unwrap();
        let ((y, at), mean) = (max_pool2d(&x, g), avg_pool2d(&x, g));
        prop_assert_eq!(y.shape(), Shape::from([dims[0], dims[1], oh, ow]));
        prop_assert_eq!(mean.shape(), y.shape());
        for o in 0..y.len() {
            let channel = &x.as_slice()[o / (oh * ow) * h * w..][..h * w];
            let inside = window([h, w], g, o / ow % oh, o % ow);
            let first = inside.iter().copied().reduce(|a, b| if channel[b] > channel[a] { b } else { a }).unwrap();
            prop_assert_eq!((y.as_slice()[o], at[o] as usize), (channel[first], first));
            let sum: f64 = inside.iter().map(|&i| channel[i]).sum();
            prop_assert!((mean.as_slice()[o] - sum / (g.kernel[0] * g.kernel[1]) as f64).abs() < 1e-12);
        }
        prop_assert_eq!(&gather_pixels(&x, &at, [oh, ow]), &y);
        let dy = numbers(&y.shape(), 2);
        let dx = scatter_pixels(&dy, &at, x.shape());
        prop_assert_eq!(dot(&dx, &x), dot(&dy, &y));
        let dx = avg_pool2d_grad(&dy, x.shape(), g);
        prop_assert!((dot(&dx, &x) - dot(&dy, &mean)).abs() < 1e-9);
    }
}

#[test]
fn a_nan_wins_and_lowest_values_count() {
    let (nan, low) = (f32::NAN, f32::NEG_INFINITY);
    let x = Tensor::from_slice([1, 1, 2, 6], &[nan, 1.0, low, low, 0.0, nan, 2.0, 3.0, low, low, nan, 5.0]);
    for g in [PoolGeometry::default(), PoolGeometry { padding: [0, 0], kernel: [2, 2], stride: [1, 2] }] {
        let (y, at) = max_pool2d(&x, g);
        assert!(y.as_slice()[0].is_nan() && y.as_slice()[1] == low && y.as_slice()[2].is_nan());
        assert_eq!(*at, [0, 2, 10], "of several NaN the last, of several equals the first");
    }
}

#[test]
fn threads_change_nothing() {
    let x = Tensor::from_fn([64, 8, 24, 24], |i| (i as f32 * 0.7).sin());
    let g = PoolGeometry { kernel: [3, 3], stride: [2, 2], padding: [1, 1] };
    let all = || {
        let (y, at) = max_pool2d(&x, g);
        let (half, _) = max_pool2d(&x, PoolGeometry::default());
        let dx = scatter_pixels(&y, &at, x.shape());
        (avg_pool2d(&x, g), avg_pool2d_grad(&y, x.shape(), g), y, at, half, dx)
    };
    let here = all();
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(|| team::with_threads(threads, all)) == here, "{threads} threads");
    }
}

#[test]
#[should_panic(expected = "max_pool2d: input [1, 1, 1, 5]: windows [2, 2]")]
fn windows_that_do_not_fit_are_named() {
    max_pool2d(&Tensor::ones([1, 1, 1, 5]), PoolGeometry::default());
}

#[test]
#[should_panic(expected = "gather_pixels: index 4")]
fn indices_are_checked() {
    gather_pixels(&Tensor::ones([1, 1, 2, 2]), &[4], [1, 1]);
}
