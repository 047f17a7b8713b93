//! Fixed points, χ and the edge of chaos against closed forms, published values and iteration.

use sparring_activations::{
    Activation, AnyActivation, Length, edge_at_length, edge_of_chaos, gradient_factor, length_after,
    mean_field,
};
use std::f64::consts::{PI, TAU};

fn named(text: &str) -> AnyActivation {
    text.parse().unwrap()
}

#[test]
fn chi_is_one_where_it_was_published() {
    // σ_w² at q = 0.1, 0.5, 1.
    for (name, squares, digits) in [
        ("tanh", [1.178, 1.688, 2.153], 6e-4),
        ("sigmoid", [16.8, 19.5, 22.3], 6e-2),
        ("relu", [2.0; 3], 1e-12),
    ] {
        for (q, square) in [0.1, 0.5, 1.0].into_iter().zip(squares) {
            let chi = gradient_factor(&named(name), 1.0, q);
            assert!((1.0 / chi - square).abs() < digits, "{name} {q}: {}", 1.0 / chi);
        }
    }
}

/// Leaky ReLU: E f(√q z)² = c q and E f'² = c, c = (1 + a²)/2, so that q* = σ_b²/(1 − σ_w² c).
#[test]
fn homogeneous_functions_have_a_closed_form() {
    let a = named("leaky_relu(slope=0.2)");
    let c = 0.52;
    let (w, b) = (1.2f64, 0.7f64);
    let found = mean_field(&a, w, b);
    let q = b * b / (1.0 - w * w * c);
    assert!(matches!(found.length, Length::Fixed(l) if (l / q - 1.0).abs() < 1e-9), "{found:?}");
    assert!((found.chi.unwrap() - w * w * c).abs() < 1e-12);
    assert!((found.restoring.unwrap() - w * w * c).abs() < 1e-12);
    assert!((found.depth_scale.unwrap() + 1.0 / (w * w * c).ln()).abs() < 1e-9);
    assert_eq!(mean_field(&a, (1.0 / c).sqrt(), 0.0).length, Length::Kept);
    assert_eq!(mean_field(&a, (1.0 / c).sqrt(), 0.1).length, Length::Explodes);
    assert_eq!(mean_field(&a, 1.3, 0.0).length, Length::Vanishes);
    assert_eq!(mean_field(&a, 1.5, 0.0).length, Length::Explodes);
}

/// The search finds what plain iteration from 1 comes to, for every activation and both kinds of end.
#[test]
fn fixed_points_are_where_iteration_ends() {
    for a in AnyActivation::ALL {
        for (w, b) in [(0.7, 0.3), (1.1, 0.1), (1.1, 0.0), (2.5, 0.2)] {
            let found = mean_field(a, w, b);
            let mut q = 1.0;
            for _ in 0..100 {
                q = length_after(a, w, b, q);
                // It has exploded; further out the waves of Snake are too many to be resolved.
                if q > 1e6 {
                    break;
                }
            }
            let holds = match found.length {
                // A slow approach is still on its way.
                Length::Fixed(l) => {
                    (q / l - 1.0).abs() < 1e-6 || found.restoring.unwrap() > 0.85 && (q / l - 1.0).abs() < 0.1
                }
                Length::Kept => (q - 1.0).abs() < 1e-9,
                Length::Vanishes => q < 1e-2,
                Length::Explodes => q > 1e2,
            };
            assert!(holds, "{a} {w} {b}: {found:?}, iteration gives {q}");
            // e^(√q z) and its kin have no finite mean square where they explode; all others have one everywhere.
            let grows_too_fast = a.name() == "exponential" && found.length == Length::Explodes;
            assert_eq!(found.chi.is_none(), grows_too_fast, "{a} {w} {b}: {found:?}");
            assert_eq!(found.restoring.is_none(), grows_too_fast, "{a} {w} {b}: {found:?}");
            let at_one = found.chi.is_none_or(|chi| chi == 1.0);
            assert_eq!(found.depth_scale.is_none(), at_one, "{a} {w} {b}: {found:?}");
        }
    }
}

/// dq'/dq against central differences.
#[test]
fn the_restoring_factor_is_the_slope_of_the_length() {
    for name in ["tanh", "gelu", "silu", "elu", "sigmoid"] {
        let a = named(name);
        let found = mean_field(&a, 1.4, 0.5);
        let Length::Fixed(q) = found.length else { continue };
        let d = 1e-5 * q;
        let slope = (length_after(&a, 1.4, 0.5, q + d) - length_after(&a, 1.4, 0.5, q - d)) / (2.0 * d);
        assert!((found.restoring.unwrap() - slope).abs() < 1e-6, "{name}: {found:?} {slope}");
    }
}

#[test]
fn at_the_edge_lengths_stay_and_chi_is_one() {
    let mut found = 0;
    for a in AnyActivation::ALL {
        for edge in
            [edge_at_length(a, 1.0), edge_of_chaos(a, 0.0), edge_of_chaos(a, 0.3)].into_iter().flatten()
        {
            let q = edge.q.max(1e-6);
            assert!((gradient_factor(a, edge.sigma_w, q) - 1.0).abs() < 1e-9, "{a}: {edge:?}");
            let next = length_after(a, edge.sigma_w, edge.sigma_b, q);
            assert!((next / q - 1.0).abs() < 1e-6, "{a}: {edge:?} goes to {next}");
            found += 1;
        }
    }
    assert!(found > 20, "{found}");
    // ReLU: any length, no bias. tanh: the limit of short signals. Sigmoid and softplus are far from 0 for their slope.
    let relu = edge_of_chaos(&named("relu"), 0.0).unwrap();
    assert!((relu.sigma_w.powi(2) - 2.0).abs() < 1e-9 && relu.q == 1.0);
    assert_eq!(edge_of_chaos(&named("relu"), 0.3), None);
    let tanh = edge_of_chaos(&named("tanh"), 0.0).unwrap();
    assert!((tanh.sigma_w - 1.0).abs() < 1e-5 && tanh.q == 0.0);
    assert_eq!(edge_at_length(&named("sigmoid"), 1.0), None);
    let sigmoid = edge_of_chaos(&named("sigmoid"), 0.0).unwrap();
    assert!(sigmoid.q > 10.0 && sigmoid.sigma_w > 5.0, "{sigmoid:?}");
    assert_eq!(edge_of_chaos(&named("softplus"), 0.0), None);
    assert!(Activation::<f64>::about(&named("softplus")).gain_forward.is_some());
}

/// P(|z| < t) for z ~ N(0, 1), t ≤ 3: the Taylor series of the error function.
fn inside(t: f64) -> f64 {
    let (mut term, mut sum) = (t, 0.0);
    for k in 0..200 {
        sum += term / f64::from(2 * k + 1);
        term *= -0.5 * t * t / f64::from(k + 1);
    }
    sum * (2.0 / PI).sqrt()
}

fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / TAU.sqrt()
}

#[test]
fn narrow_activations_have_closed_forms() {
    let near = |found: f64, exact: f64, what: &str| {
        assert!((found / exact - 1.0).abs() < 1e-9, "{what}: {found:e}, not {exact:e}");
    };
    // clamp(s x + ½, 0, 1): E f'² = s² P(|z| < 1/(2s)).
    for slope in [300.0f64, 1e4, 1e8] {
        let about = named(&format!("hard_sigmoid(slope={slope})")).about();
        near(about.gain_backward.unwrap(), 1.0 / (slope * inside(0.5 / slope).sqrt()), "hard_sigmoid");
    }
    // f' is 1 on [a, b] of middle m and width w: P(a < z < b) is w φ(m) (1 + (m² − 1) w²/24), up to w⁵.
    let about = named("hard_tanh(min=0.7, max=0.7005)").about();
    near(
        about.gain_backward.unwrap(),
        1.0 / (5e-4 * density(0.70025) * (1.0 + (0.70025f64.powi(2) - 1.0) * 5e-4f64.powi(2) / 24.0)).sqrt(),
        "hard_tanh",
    );
    // With s² = q: χ = σ_w² P(|z| < 1/s), and E f² = q (P − 2 t φ(t)) + 1 − P at t = 1/s.
    let a = named("hard_tanh");
    for w in [2.0f64, 50.0, 500.0, 1e5] {
        let found = mean_field(&a, w, 0.0);
        let Length::Fixed(q) = found.length else { panic!("{w}: {found:?}") };
        let t = 1.0 / q.sqrt();
        let p = inside(t);
        near(found.chi.unwrap(), w * w * p, "chi of hard_tanh");
        near(q, w * w * (q * (p - 2.0 * t * density(t)) + 1.0 - p), "length of hard_tanh");
    }
}

/// E e^(2√q z) = e^(2q), whose integrand has its peak at 2√q.
#[test]
fn exponentials_have_a_closed_form() {
    let a = named("exponential");
    for q in [0.5, 4.0, 49.0, 100.0, 250.0] {
        for (name, found) in [("f", length_after(&a, 1.0, 0.0, q)), ("f'", gradient_factor(&a, 1.0, q))] {
            assert!((found / (2.0 * q).exp() - 1.0).abs() < 1e-10, "{name} {q}: {found:e}");
        }
    }
    // e^(2q) overflows.
    assert_eq!(length_after(&a, 1.0, 0.0, 400.0), f64::INFINITY);
}

/// E sin²(w √q z) by Simpson's rule with hundreds of points a wave, and the fixed point of large weights: σ_w² E sin² comes to σ_w²/2.
#[test]
fn waves_have_closed_forms_and_do_not_explode() {
    for (name, w, a) in
        [("sin(w0=3)", 3.0, 0.0), ("snake(a=1.5)", 0.0, 1.5f64), ("snake(a=-0.01)", 0.0, -0.01)]
    {
        for q in [1e-3f64, 0.3, 2.0, 25.0] {
            let (n, reach) = (200_000, 12.0);
            let h = 2.0 * reach / n as f64;
            let mean = |g: &dyn Fn(f64) -> f64| {
                let weight = |i: usize| if i == 0 || i == n { 1.0 } else { 2.0 + 2.0 * (i % 2) as f64 };
                let at = |i: usize| -reach + i as f64 * h;
                let sum: f64 =
                    (0..=n).map(|i| weight(i) * density(at(i)) * g(q.sqrt() * at(i)).powi(2)).sum();
                sum * h / 3.0
            };
            let f = |x: f64| if a == 0.0 { (w * x).sin() } else { x + (a * x).sin().powi(2) / a };
            let df = |x: f64| if a == 0.0 { w * (w * x).cos() } else { 1.0 + (2.0 * a * x).sin() };
            for (found, exact) in [
                (length_after(&named(name), 1.0, 0.0, q), mean(&f)),
                (gradient_factor(&named(name), 1.0, q), mean(&df)),
            ] {
                assert!((found / exact - 1.0).abs() < 1e-10, "{name} {q}: {found:e}, not {exact:e}");
            }
        }
    }
    for sigma_w in [2.0f64, 399.0, 401.0, 1e4, 1e8] {
        let found = mean_field(&named("sin"), sigma_w, 0.5);
        let q = 0.5 * sigma_w * sigma_w + 0.25;
        assert!(
            matches!(found.length, Length::Fixed(l) if (l / q - 1.0).abs() < 1e-9),
            "{sigma_w}: {found:?}"
        );
        assert!(
            (found.chi.unwrap() / (450.0 * sigma_w * sigma_w) - 1.0).abs() < 1e-9,
            "{sigma_w}: {found:?}"
        );
        assert!(found.restoring.unwrap() < 1e-9);
        // No bounded function explodes.
        let tanh = mean_field(&named("tanh"), sigma_w, 0.5).length;
        assert!(matches!(tanh, Length::Fixed(l) if l <= sigma_w * sigma_w + 0.25), "{sigma_w}: {tanh:?}");
    }
}

/// Saturated smooth functions, whose derivative is a spike at 0: E tanh'(√q z)² comes to ∫ sech⁴ / √(2πq) = 4/(3√(2πq)).
#[test]
fn spikes_of_saturated_functions_are_seen() {
    for q in [1e6, 1e10, 1e16] {
        let (found, exact) = (gradient_factor(&named("tanh"), 1.0, q), 4.0 / (3.0 * (TAU * q).sqrt()));
        assert!((found / exact - 1.0).abs() < 10.0 / q, "{q}: {found:e}, not {exact:e}");
    }
}
