//! Reductions against loops, and their bits over thread counts.

use proptest::prelude::*;
use sparring_tensor::reduce::*;
use sparring_tensor::{Array, Keep, Shape, Tensor, team};

fn numbers(shape: &[usize]) -> Array<f64> {
    Array::from_fn(shape, |i| ((i * 7 + i * i * 3) % 17) as f64 - 8.0)
}

proptest! {
    #[test]
    fn sum_axes_equals_the_loop(dims in prop::collection::vec(0usize..6, 0..5), named in 0usize..16, long in 0usize..2) {
        let mut dims = dims;
        if let (1, Some(d)) = (long, dims.first_mut()) {
            *d += 130; // past one block of rows
        }
        let a = numbers(&dims);
        let axes: Vec<usize> = (0..dims.len()).filter(|d| named >> d & 1 == 1).rev().collect();
        let kept: Vec<usize> = dims.iter().enumerate().map(|(d, &n)| if axes.contains(&d) { 1 } else { n }).collect();
        let dropped: Vec<usize> = (0..dims.len()).filter(|d| !axes.contains(d)).map(|d| dims[d]).collect();
        let mut wanted = vec![0.0; kept.iter().product()];
        for (i, &v) in a.as_slice().iter().enumerate() {
            let (mut rest, mut place, mut step) = (i, 0, 1);
            for d in (0..dims.len()).rev() {
                place += rest % dims[d] % kept[d] * step;
                rest /= dims[d];
                step *= kept[d];
            }
            wanted[place] += v;
        }
        let y = sum_axes(&a, &axes, Keep::Keep);
        prop_assert_eq!(y.shape(), Shape::new(&kept));
        prop_assert_eq!(y.as_slice(), &wanted[..]);
        let y = sum_axes(&a, &axes, Keep::Drop);
        prop_assert_eq!(y.shape(), Shape::new(&dropped));
        prop_assert_eq!(y.as_slice(), &wanted[..]);
    }

    #[test]
    fn whole_reductions_equal_the_loop(n in 0usize..5000) {
        let a = numbers(&[n]);
        let x = a.as_slice();
        prop_assert_eq!(sum(&a), x.iter().sum::<f64>());
        prop_assert_eq!(dot(&a, &a), x.iter().map(|x| x * x).sum::<f64>());
        prop_assert_eq!(max_abs(&a), x.iter().fold(0.0, |m, x| x.abs().max(m)));
        prop_assert!(all_finite(&a));
        prop_assert!(n == 0 && mean(&a).is_nan() || (mean(&a) - sum(&a) / n as f64).abs() < 1e-12);
    }

    #[test]
    fn rows_have_their_first_maximum(n in 0usize..9, m in 1usize..40) {
        let a = numbers(&[n, m]);
        let (max, at) = (max_rows(&a), argmax_rows(&a));
        prop_assert_eq!(max.shape(), Shape::from([n]));
        prop_assert_eq!(at.len(), n);
        for i in 0..n {
            let row = &a.as_slice()[i * m..(i + 1) * m];
            prop_assert!(row.iter().all(|&x| x <= row[at[i]]) && row[..at[i]].iter().all(|&x| x < row[at[i]]));
            prop_assert_eq!(max.as_slice()[i], row[at[i]]);
        }
    }
}

#[test]
fn nan_is_found_everywhere() {
    let nan = f32::NAN;
    let a = Tensor::from([[1.0, nan, 3.0, nan], [f32::NEG_INFINITY, -1.0, -2.0, -1.0]]);
    assert_eq!(argmax_rows(&a), [1, 1]);
    assert!(max_rows(&a).as_slice()[0].is_nan());
    assert!(max_abs(&a).is_nan() && sum(&a).is_nan());
    for i in [0, 1, 9_998, 9_999] {
        for bad in [nan, f32::INFINITY, f32::NEG_INFINITY] {
            let mut a = Tensor::ones([10_000]);
            a.as_mut_slice()[i] = bad;
            assert!(!all_finite(&a), "{bad} at {i}");
        }
    }
}

#[test]
fn long_sums_are_precise() {
    let n = 3_000_001;
    let a = Tensor::full([n], 0.1);
    assert!((f64::from(sum(&a)) / (n as f64 * f64::from(0.1f32)) - 1.0).abs() < 1e-6);
    let columns = sum_axes(&a.reshape([n, 1]), &[0], Keep::Drop).item();
    assert!((f64::from(columns) / (n as f64 * f64::from(0.1f32)) - 1.0).abs() < 1e-6);
    let tall = sum_axes(&Tensor::full([500_000, 3], 0.1), &[0], Keep::Drop);
    assert!(tall.as_slice().iter().all(|&s| (f64::from(s) / 5e5 / f64::from(0.1f32) - 1.0).abs() < 1e-6));
}

#[test]
fn thread_counts_and_neighbours_change_no_bit() {
    let a = Tensor::from_fn([1000, 317], |i| (i as f32 * 0.37).sin() / (1.0 + i as f32 % 13.0));
    let all = || {
        let parts = [
            sum_axes(&a, &[0], Keep::Drop),
            sum_axes(&a, &[1], Keep::Drop),
            sum_axes(&a.reshape([50, 20, 317]), &[0, 2], Keep::Drop),
            sum_axes(&a.reshape([100, 10, 317]), &[1], Keep::Drop),
            Tensor::from([sum(&a), dot(&a, &a), mean(&a)]),
            sparring_tensor::softmax::log_softmax(&a),
        ];
        parts.map(|p| p.as_slice().iter().map(|x| x.to_bits()).collect::<Vec<_>>())
    };
    let here = all();
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(|| team::with_threads(threads, all)) == here, "{threads} threads");
    }
    let alone = Tensor::from_slice([1, 317], &a.as_slice()[317 * 5..317 * 6]);
    assert_eq!(sum_axes(&alone, &[1], Keep::Drop).item().to_bits(), here[1][5]);
}

#[test]
#[should_panic(expected = "sum_axes: axis 2 of shape [2, 3]")]
fn a_missing_axis_is_named() {
    sum_axes(&Tensor::ones([2, 3]), &[2], Keep::Drop);
}
