//! Declared range, Lipschitz constant, curvature, monotonicity and gains hold and are sharp.

use crate::cases::{all, line};
use sparring_activations::{Activation, AnyActivation, gain};
use std::f64::consts::SQRT_2;

#[test]
fn bounds_hold_and_are_sharp() {
    for a in all() {
        let about = a.about();
        let (mut low, mut high, mut slope, mut curvature) =
            (f64::INFINITY, f64::NEG_INFINITY, 0.0f64, 0.0f64);
        let (mut last, mut falls) = (None::<(f64, f64)>, false);
        for x in line(100_000, 50.0) {
            let y = a.f(x);
            (low, high) = (low.min(y), high.max(y));
            slope = slope.max(a.df(x).abs());
            curvature = curvature.max(a.d2f(x).abs());
            if let Some((before, value)) = last {
                falls |= y < value;
                let chord = (y - value).abs() / (x - before);
                assert!(chord <= about.lipschitz.unwrap() * (1.0 + 1e-9), "{a}: chord {chord} at {x}");
            }
            last = Some((x, y));
        }
        match about.range.0 {
            Some(bound) => {
                assert!(low >= bound && low - bound <= 0.01 * bound.abs().max(1.0), "{a}: low {low}")
            }
            None => assert!(a.f(-1e9f64) < -1e6 || a.f(1e9f64) < -1e6, "{a}: no lower bound is declared"),
        }
        match about.range.1 {
            Some(bound) => {
                assert!(high <= bound && bound - high <= 0.01 * bound.abs().max(1.0), "{a}: high {high}")
            }
            None => assert!(a.f(1e9f64) > 1e6, "{a}: no upper bound is declared"),
        }
        for (name, found, declared) in
            [("slope", slope, about.lipschitz), ("curvature", curvature, about.curvature)]
        {
            let declared = declared.unwrap();
            assert!(found <= declared * (1.0 + 1e-12), "{a}: {name} {found} exceeds {declared}");
            assert!(found >= 0.99 * declared, "{a}: {name} {found} is far below {declared}");
        }
        assert_eq!(about.monotone, !falls, "{a}: monotone");
        assert!(!about.formula.is_empty() && !about.source.is_empty());
        assert_eq!(about, Activation::<f32>::about(&a));
    }
}

#[test]
fn gains_agree_with_published_quadrature() {
    // Second moments under N(0, 1): forward and backward gain.
    let table = [
        ("identity", 1.0, 1.0),
        ("relu", SQRT_2, SQRT_2),
        ("leaky_relu", 1.4141, 1.4141),
        ("leaky_relu(0.2)", 1.3868, 1.3868),
        ("prelu", 1.3720, 1.3720),
        ("elu", 1.2452, 1.2234),
        ("selu", 1.0000, 0.9660),
        ("celu", 1.2452, 1.2234),
        ("gelu", 1.5335, 1.4811),
        ("silu", 1.6765, 1.6233),
        ("mish", 1.4868, 1.4448),
        ("tanh", 1.5925, 1.4674),
        ("sigmoid", 1.8462, 4.7226),
        ("softplus", 1.0419, 1.8462),
    ];
    for (text, forward, backward) in table {
        let a: AnyActivation = text.parse().unwrap();
        let about = a.about();
        assert!((gain(&a) - forward).abs() < 6e-5, "{a}: forward {}", gain(&a));
        assert!(
            (about.gain_backward.unwrap() - backward).abs() < 6e-5,
            "{a}: backward {:?}",
            about.gain_backward
        );
    }
    // Closed form: E f² = (1 + a²)/2.
    let a: AnyActivation = "prelu(-0.3)".parse().unwrap();
    assert!((gain(&a) - (2.0f64 / 1.09).sqrt()).abs() < 1e-12);
}
