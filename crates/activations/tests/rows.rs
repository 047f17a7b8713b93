//! Activations of rows: Jacobians against differences, edges, and what each promises of its values.

use sparring_activations::rows::{KWta, LogSoftmax, SoftmaxRows, Sparsemax};
use sparring_activations::{AnyRowActivation, RowActivation};
use sparring_math::named::Family;

/// Rows of 6 whose numbers are apart, so that a small step changes no order.
fn rows() -> Vec<[f64; 6]> {
    (0..200)
        .map(|r| std::array::from_fn(|i| 2.0 * ((r * 6 + i + 1) as f64 * 1.7).sin() + 1e-3 * i as f64))
        .collect()
}

fn all() -> Vec<AnyRowActivation> {
    let more = ["maxout(3)", "k_wta(0.5)"].map(|t| t.parse().unwrap());
    AnyRowActivation::TABLE.at_defaults().into_iter().chain(more).collect()
}

fn forward(a: &AnyRowActivation, x: &[f64]) -> Vec<f64> {
    let mut y = vec![9.0; RowActivation::<f64>::outputs(a, x.len()).unwrap()];
    a.forward_rows(x.len(), x, &mut y);
    y
}

#[test]
fn gradients_agree_with_differences() {
    let h = 1e-6;
    for a in all() {
        for x in rows() {
            let y = forward(&a, &x);
            let dy: Vec<f64> = (0..y.len()).map(|i| (i as f64 * 2.3 + 0.4).cos()).collect();
            let mut dx = [9.0; 6];
            a.backward_rows(6, &x, &dy, &mut dx);
            for i in 0..6 {
                let moved = |by: f64| -> f64 {
                    let mut x = x;
                    x[i] += by;
                    forward(&a, &x).iter().zip(&dy).map(|(y, d)| y * d).sum()
                };
                let difference = (moved(h) - moved(-h)) / (2.0 * h);
                assert!((difference - dx[i]).abs() < 1e-8, "{a} at {x:?}, {i}: {} for {difference}", dx[i]);
            }
            // The same in f32, to its precision.
            let (x32, mut y32) = (x.map(|x| x as f32), vec![9.0f32; y.len()]);
            a.forward_rows(6, &x32, &mut y32);
            let near = |(a, b): (&f32, &f64)| (f64::from(*a) - b).abs() < 1e-6 * (1.0 + b.abs());
            assert!(y32.iter().zip(&y).all(near), "{a} at {x:?}: {y32:?} for {y:?}");
        }
    }
}

#[test]
fn lipschitz_constants_hold_and_are_reached() {
    for a in all() {
        let Some(bound) = RowActivation::<f64>::about_rows(&a).lipschitz else { continue };
        let mut largest = 0.0f64;
        // Two equal numbers far above the others: softmax is steepest there.
        for x in rows().into_iter().chain([[40.0, 40.0, 0.0, 1.0, 2.0, 3.0]]) {
            // Among them the directions in which two numbers differ.
            let apart = |i: usize| std::array::from_fn(|j| [-1.0, 1.0, 0.0][(j + i) % 6 % 3]);
            for dy in rows().into_iter().chain((0..6).map(apart)).chain([[1.0, -1.0, 0.0, 0.0, 0.0, 0.0]]) {
                let outputs = forward(&a, &x).len();
                let (mut dx, dy) = ([0.0; 6], &dy[..outputs]);
                a.backward_rows(6, &x, dy, &mut dx);
                let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
                let ratio = norm(&dx) / norm(dy);
                assert!(ratio <= bound * (1.0 + 1e-12), "{a}: {ratio}");
                largest = largest.max(ratio);
            }
        }
        assert!(largest > 0.9 * bound, "{a}: {largest} of {bound}");
    }
}

#[test]
fn ranges_hold_and_are_reached() {
    for a in all() {
        let (low, high) = RowActivation::<f64>::about_rows(&a).range;
        // Rows far apart come near the ends, or beyond any.
        let far = rows().into_iter().flat_map(|x| [x.map(|x| 1e3 * x), x.map(|x| -1e3 * (1.0 + x.abs()))]);
        let values: Vec<f64> = rows().into_iter().chain(far).flat_map(|x| forward(&a, &x)).collect();
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert!(low.map_or(least < -1e2, |low| least >= low && least < low + 1e-3), "{a}: {least}");
        assert!(high.map_or(most > 1e2, |high| most <= high && most > high - 1e-3), "{a}: {most}");
    }
}

#[test]
fn values_are_what_they_are_called() {
    for x in rows() {
        let [p, log, sparse] =
            [SoftmaxRows.into(), LogSoftmax.into(), Sparsemax.into()].map(|a| forward(&a, &x));
        let total: f64 = x.iter().map(|x| x.exp()).sum();
        for i in 0..6 {
            assert!((p[i] - x[i].exp() / total).abs() < 1e-15 && (log[i] - p[i].ln()).abs() < 1e-14);
        }
        // Nearest on the simplex: the differences are one number on the support, and no larger elsewhere.
        assert!((sparse.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let tau = (0..6).map(|i| x[i] - sparse[i]).fold(f64::NEG_INFINITY, f64::max);
        for i in 0..6 {
            assert!(if sparse[i] > 0.0 {
                (x[i] - sparse[i] - tau).abs() < 1e-14
            } else {
                x[i] <= tau + 1e-14
            });
        }
        let kept = forward(&KWta { fraction: 0.5 }.into(), &x);
        let mut sorted = x;
        sorted.sort_by(|a, b| b.total_cmp(a));
        (0..6).for_each(|i| assert_eq!(kept[i], if x[i] >= sorted[2] { x[i] } else { 0.0 }));
    }
}

#[test]
fn not_a_number_and_infinities() {
    for a in all() {
        let y = forward(&a, &[0.5, f64::NAN, 1.0, -1.0, 0.25, 2.0]);
        let name = a.name();
        let whole = ["softmax", "log_softmax", "sparsemax", "k_wta"].contains(&name);
        assert!(
            if whole { y.iter().all(|y| y.is_nan()) } else { y.iter().any(|y| y.is_nan()) },
            "{a}: {y:?}"
        );
    }
    let x = [0.0, f64::NEG_INFINITY, 0.0];
    assert_eq!(forward(&SoftmaxRows.into(), &x), [0.5, 0.0, 0.5]);
    assert_eq!(forward(&Sparsemax.into(), &x), [0.5, 0.0, 0.5]);
    assert_eq!(forward(&LogSoftmax.into(), &x)[1], f64::NEG_INFINITY);
    for a in [SoftmaxRows.into(), Sparsemax.into(), LogSoftmax.into()] {
        assert!(forward(&a, &[f64::NEG_INFINITY; 3]).iter().all(|y| y.is_nan()), "{a}");
        assert!(forward(&a, &[f64::INFINITY, 0.0]).iter().any(|y| y.is_nan()), "{a}");
        // Large numbers are no trouble.
        assert_eq!(forward(&a, &[1e300, 0.0])[0], if a.name() == "log_softmax" { 0.0 } else { 1.0 });
    }
}

#[test]
#[should_panic(expected = "glu: 3 inputs in rows of 3 do not fit 1 outputs")]
fn halves_need_an_even_width() {
    "glu".parse::<AnyRowActivation>().unwrap().forward_rows(3, &[0.0f32; 3], &mut [0.0; 1]);
}

#[cfg(feature = "serde")]
#[test]
fn serde_writes_the_string_and_reads_it() {
    for a in all() {
        let json = serde_json::to_string(&a).unwrap();
        assert_eq!(json, format!("\"{a}\""));
        assert_eq!(serde_json::from_str::<AnyRowActivation>(&json).unwrap(), a);
    }
}
