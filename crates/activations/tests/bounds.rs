//! Declared range, Lipschitz constant, curvature, monotonicity and gains hold and are sharp.

use crate::cases::{all, line};
use sparring_activations::{Activation, AnyActivation, Turns, fixed_points, gain};
use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

#[test]
fn bounds_hold_and_are_sharp() {
    let tight = |bound: f64| 1e-3 * bound.abs().max(1.0);
    // At the extremum itself f is rounded.
    let rounding = 1e-15;
    for a in all() {
        let about = a.about();
        let (mut low, mut high, mut slope, mut curvature) =
            (f64::INFINITY, f64::NEG_INFINITY, 0.0f64, 0.0f64);
        let (mut last, mut falls, mut steepest) = (None::<(f64, f64)>, false, 0.0f64);
        let mut points: Vec<f64> = line(100_000, 50.0).collect();
        points.extend(a.bends(-50.0, 50.0).iter().flat_map(|t| [t.next_down(), t.next_up()]));
        points.extend(a.extrema(-50.0, 50.0).iter());
        // Softsign and the like come near their ends slowly.
        let far = [1e3, 1e4, 1e5, 1e6].into_iter().flat_map(|x| [-x, x]);
        points.extend(far.filter(|&x: &f64| a.f(x).is_finite()));
        points.sort_by(f64::total_cmp);
        points.dedup();
        for x in points {
            let y = a.f(x);
            (low, high) = (low.min(y), high.max(y));
            slope = slope.max(a.df(x).abs());
            curvature = curvature.max(a.d2f(x).abs());
            if let Some((before, value)) = last {
                // A derivative may be 0, where rounding decides.
                falls |= y < value - 1e-14 * (1.0 + value.abs());
                // Between neighbours of f64 rounding decides.
                let chord = (y - value).abs() / (x - before).max(1e-7);
                steepest = steepest.max(chord);
                let allowed = about.lipschitz.unwrap_or(f64::INFINITY) * (1.0 + 1e-9);
                assert!(chord <= allowed, "{a}: chord {chord} at {x}");
            }
            last = Some((x, y));
        }
        match about.range.0 {
            Some(bound) => {
                assert!(low >= bound - rounding && low - bound <= tight(bound), "{a}: low {low}")
            }
            None => assert!(a.f(-1e9f64) < -1e6 || a.f(1e9f64) < -1e6, "{a}: no lower bound is declared"),
        }
        match about.range.1 {
            Some(bound) => {
                assert!(high <= bound + rounding && bound - high <= tight(bound), "{a}: high {high}")
            }
            None => assert!(a.f(1e9f64) > 1e6, "{a}: no upper bound is declared"),
        }
        for (name, found, declared) in
            [("slope", slope, about.lipschitz), ("curvature", curvature, about.curvature)]
        {
            match declared {
                Some(declared) => {
                    assert!(found <= declared * (1.0 + 1e-12), "{a}: {name} {found} exceeds {declared}");
                    assert!(found >= 0.999 * declared, "{a}: {name} {found} is far below {declared}");
                }
                // Steeper than any grid shows: at a jump the chord, elsewhere the derivative.
                None => assert!(
                    found.max(steepest) > 90.0,
                    "{a}: {name} {found} is bounded, but no bound is declared"
                ),
            }
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
        ("relu6", SQRT_2, SQRT_2),
        ("softsign", 2.3375, 2.0958),
        ("hard_tanh", 1.3920, 1.2103),
        ("hard_swish", 1.7367, 1.6701),
        // Closed forms: 1/√E max(z, 0)⁴ = 1/√1.5, of the derivative 1/√2; 1/√E e^(2z) = 1/e; 1/√E e^(−2z²) = 5^¼.
        ("relu2", 0.8165, FRAC_1_SQRT_2),
        ("exponential", 0.3679, 0.3679),
        ("gauss", 1.4953, 1.6719),
        ("sparse_sigmoid", 1.6243, 2.4206),
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

#[test]
fn fixed_points_are_found() {
    let of = |text: &str| fixed_points(&text.parse::<AnyActivation>().unwrap());
    let endless = f64::INFINITY;
    assert_eq!(of("identity"), [(-endless, endless)]);
    assert_eq!(of("relu"), [(0.0, endless)]);
    assert_eq!(of("relu6"), [(0.0, 6.0)]);
    assert_eq!(of("hard_tanh(-0.3, 1.7)"), [(-0.3, 1.7)]);
    assert_eq!(
        of("hard_shrink"),
        [(-endless, (-0.5f64).next_down()), (0.0, 0.0), (0.5f64.next_up(), endless)]
    );
    assert_eq!(of("threshold(1, 0)"), [(0.0, 0.0), (1.0f64.next_up(), endless)]);
    for smooth in ["tanh", "silu", "gelu", "mish", "softsign", "tanh_shrink"] {
        assert_eq!(of(smooth), [(0.0, 0.0)], "{smooth}");
    }
    // Snake only touches the diagonal, at kπ/a; at ±0 it is on the grid.
    for (text, a) in [("snake", 1.0f64), ("snake(-2)", 2.0), ("snake(0.3)", 0.3)] {
        let found = of(text);
        let most = (64.0 * a / PI) as i32;
        assert_eq!(found.len() as i32, 2 * most + 1, "{text}: {found:?}");
        for (k, &(low, high)) in (-most..=most).zip(&found) {
            assert!(low == high && (low - f64::from(k) * PI / a).abs() < 1e-12, "{text}: {low} for {k}");
        }
    }
    assert_eq!(of("snake(0)"), [(-endless, endless)]);
    assert_eq!(of("relu2"), [(0.0, 0.0), (1.0, 1.0)]);
    assert_eq!(of("softplus"), []);
    assert_eq!(of("exponential"), []);
    // 1/(1 + e⁻ˣ) = x, e^(−x²) = x, and x/6 + 1/2 = x.
    for (text, x) in
        [("sigmoid", 0.659_046_068_407_429_5), ("gauss", 0.652_918_640_419_204_8), ("hard_sigmoid", 0.6)]
    {
        let [(low, high)] = of(text)[..] else { panic!("{text}: {:?}", of(text)) };
        assert!(low == high && (low - x).abs() < 1e-12, "{text}: {low}");
    }
}

/// Whatever is listed is a fixed point, and no two stand for one.
#[test]
fn listed_fixed_points_are_some() {
    for a in all() {
        let found = fixed_points(&a);
        for &(low, high) in &found {
            for x in [low.max(-1e6), high.min(1e6)] {
                assert!((a.f(x) - x).abs() < 1e-9 * (1.0 + x.abs()), "{a}: {x}");
            }
        }
        assert!(found.windows(2).all(|w| w[0].1 + 1e-9 < w[1].0), "{a}: {found:?}");
        println!("{a}: {:?}", if found.len() > 6 { &found[..6] } else { &found });
    }
}
