//! f32 against f64, f64 against reference values (mpmath, 18 digits), limits and NaN.

use sparring_math::{Fused, Real};

/// Name, the function of `f32`, of [`Fused`], of `f64`, and the range tested.
type Function = (&'static str, fn(f32) -> f32, fn(Fused) -> Fused, fn(f64) -> f64, f32, f32);

const FUNCTIONS: [Function; 12] = [
    ("exp", |x| Real::exp(x), |x| Real::exp(x), f64::exp, -105.0, 90.0),
    ("exp_m1", |x| Real::exp_m1(x), |x| Real::exp_m1(x), f64::exp_m1, -30.0, 90.0),
    ("ln", |x| Real::ln(x), |x| Real::ln(x), f64::ln, 0.0, 1000.0),
    ("ln_1p", |x| Real::ln_1p(x), |x| Real::ln_1p(x), f64::ln_1p, -0.999, 100.0),
    ("tanh", |x| Real::tanh(x), |x| Real::tanh(x), f64::tanh, -11.0, 11.0),
    ("erf", |x| Real::erf(x), |x| Real::erf(x), |x| Real::erf(x), -5.0, 5.0),
    ("sigmoid", |x| Real::sigmoid(x), |x| Real::sigmoid(x), |x| Real::sigmoid(x), -106.0, 30.0),
    ("softplus", |x| Real::softplus(x), |x| Real::softplus(x), |x| Real::softplus(x), -106.0, 30.0),
    ("normal_cdf", |x| Real::normal_cdf(x), |x| Real::normal_cdf(x), |x| Real::normal_cdf(x), -15.0, 8.0),
    ("normal_pdf", |x| Real::normal_pdf(x), |x| Real::normal_pdf(x), |x| Real::normal_pdf(x), -15.0, 15.0),
    ("sin", |x| Real::sin(x), |x| Real::sin(x), f64::sin, -3e6, 3e6),
    ("cos", |x| Real::cos(x), |x| Real::cos(x), f64::cos, -3e6, 3e6),
];

/// Error in units of the last place of the f32 nearest to `exact`.
fn ulps(got: f32, exact: f64) -> f64 {
    let nearest = exact as f32;
    if got == nearest {
        return 0.0;
    }
    let unit = f64::from(f32::from_bits((nearest.abs().to_bits() + 1).min(0x7f80_0000)) - nearest.abs());
    (f64::from(got) - exact).abs() / unit
}

#[test]
fn f32_functions_are_within_a_few_ulps() {
    for (name, plain, fused, double, low, high) in FUNCTIONS {
        for (kind, single) in [
            ("f32", Box::new(plain) as Box<dyn Fn(f32) -> f32>),
            ("Fused", Box::new(move |x| fused(Fused(x)).0)),
        ] {
            let n = 400_000;
            let line = (0..=n).map(|i| low + (high - low) * (i as f32 / n as f32));
            // Every magnitude down to the subnormals, both signs.
            let magnitudes = (0..0x7f80_0000u32).step_by(9973).map(f32::from_bits);
            let both = magnitudes.flat_map(|x| [x, -x]).filter(|x| (low..=high).contains(x));
            let (worst, at) = line
                .chain(both)
                .map(|x| (ulps(single(x), double(f64::from(x))), x))
                .fold((0.0, 0.0), |a, b| if b.0 > a.0 || b.0.is_nan() { b } else { a });
            println!("{name} of {kind}: {worst:.2} ulp at {at:e}");
            let allowed = if ["sin", "cos"].contains(&name) { 2.0 } else { 4.0 };
            assert!(worst <= allowed, "{name} of {kind}: {worst} ulp at {at:e}");
        }
    }
}

#[test]
fn nan_stays_nan_and_limits_are_right() {
    let inf = f32::INFINITY;
    let limits: [(&str, f32, f32); 12] = [
        ("exp", 0.0, inf),
        ("exp_m1", -1.0, inf),
        ("ln", f32::NAN, inf),
        ("ln_1p", f32::NAN, inf),
        ("tanh", -1.0, 1.0),
        ("erf", -1.0, 1.0),
        ("sigmoid", 0.0, 1.0),
        ("softplus", 0.0, inf),
        ("normal_cdf", 0.0, 1.0),
        ("normal_pdf", 0.0, 0.0),
        ("sin", f32::NAN, f32::NAN),
        ("cos", f32::NAN, f32::NAN),
    ];
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    for ((name, single, fused, double, ..), (_, left, right)) in FUNCTIONS.into_iter().zip(limits) {
        // Sine and cosine have no limit.
        let far = if left.is_nan() && name != "ln" && name != "ln_1p" { -inf } else { -f32::MAX };
        for (x, y) in [(-inf, left), (far, left), (inf, right), (f32::NAN, f32::NAN)] {
            assert!(same(single(x).into(), y.into()), "{name}({x}) in f32 is {}", single(x));
            assert!(same(fused(Fused(x)).0.into(), y.into()), "{name}({x}) fused is {}", fused(Fused(x)));
            assert!(same(double(x.into()), y.into()), "{name}({x}) in f64 is {}", double(x.into()));
        }
    }
    // The sign bit and the payload of NaN must not matter.
    for bits in [0x7f80_0001u32, 0xffc0_0000, 0xff80_0001, 0x7fff_ffff] {
        for (name, single, ..) in FUNCTIONS {
            assert!(single(f32::from_bits(bits)).is_nan(), "{name} of NaN {bits:x}");
        }
    }
    assert_eq!(Real::ln(0.0f32), -inf);
    assert_eq!(Real::ln(-0.0f32), -inf);
    assert_eq!(Real::ln_1p(-1.0f32), -inf);
    assert!(Real::ln(-1.0f32).is_nan() && Real::ln_1p(-1.5f32).is_nan());
    assert_eq!(Real::exp(1.0f32.ln() * 0.0), 1.0);
    assert_eq!(Real::exp(88.72f32), f64::from(88.72f32).exp() as f32);
    assert_eq!(Real::exp(88.73f32), inf);
}

#[test]
fn f64_functions_agree_with_reference_digits() {
    // x, erf x, Φ(−x).
    const REFERENCE: [(f64, f64, f64); 19] = [
        (1e-300, 1.1283791670955126e-300, 0.5),
        (1e-10, 1.1283791670955126e-10, 0.49999999996010575),
        (0.1, 0.1124629160182849, 0.460172162722971),
        (0.5, 0.5204998778130465, 0.3085375387259869),
        (0.9, 0.7969082124228322, 0.18406012534675947),
        (1.0, 0.8427007929497149, 0.15865525393145705),
        (1.5, 0.9661051464753108, 0.06680720126885807),
        (2.0, 0.9953222650189527, 0.02275013194817921),
        (2.4999, 0.9995928300996666, 0.00621141837494459),
        (2.5, 0.999593047982555, 0.006209665325776135),
        (3.0, 0.9999779095030014, 0.0013498980316300946),
        (4.0, 0.9999999845827421, 3.1671241833119924e-05),
        (5.0, 0.9999999999984626, 2.866515718791939e-07),
        (5.9, 0.9999999999999999, 1.8175078630994284e-09),
        (8.0, 1.0, 6.220960574271784e-16),
        (12.0, 1.0, 1.776482112077679e-33),
        (20.0, 1.0, 2.7536241186062337e-89),
        (30.0, 1.0, 4.906713927148187e-198),
        (37.0, 1.0, 5.72557122252458e-300),
    ];
    for (x, erf, tail) in REFERENCE {
        let error = (Real::erf(x) / erf - 1.0).abs();
        assert!(error < 1e-15, "erf({x}): relative error {error:e}");
        assert_eq!(Real::erf(-x), -Real::erf(x));
        let error = (Real::normal_cdf(-x) / tail - 1.0).abs();
        assert!(error < 2e-15, "normal_cdf({}): relative error {error:e}", -x);
        assert!((Real::normal_cdf(x) - (1.0 - tail)).abs() < 2e-16);
    }
}

#[test]
fn powers_and_comparisons() {
    for x in [-1.5f64, 0.3, 2.0] {
        for n in [-7i32, -1, 0, 1, 2, 13] {
            assert!((Real::powi(x, n) / x.powf(f64::from(n)) - 1.0).abs() < 1e-14, "{x}^{n}");
        }
    }
    assert!(f32::NAN.larger(1.0).is_nan() && 1.0f32.larger(f32::NAN).is_nan());
    assert!(f32::NAN.smaller(1.0).is_nan() && 1.0f32.smaller(f32::NAN).is_nan());
    assert_eq!((2.0f32.larger(1.0), 2.0f32.smaller(1.0)), (2.0, 1.0));
    assert_eq!((3.0f64.sign(), (-3.0f64).sign(), 0.0f64.sign()), (1.0, -1.0, 0.0));
    assert!(f64::NAN.sign().is_nan());
}

#[test]
fn sine_and_cosine_near_their_zeros_and_beyond_the_formula() {
    let (reach, half_pi) = (f32::CIRCULAR_REACH, std::f64::consts::FRAC_PI_2);
    let zeros = (0..700_000).step_by(37).map(|n| (f64::from(n) * half_pi) as f32);
    let edges = [reach, reach.next_down(), reach.next_up(), 3e7, 1e20, f32::MAX];
    for x in zeros.flat_map(|x| [x.next_down(), x, x.next_up()]).chain(edges).flat_map(|x| [x, -x]) {
        let (sin, cos) = f64::from(x).sin_cos();
        for (name, got, exact) in [
            ("sin", Real::sin(x), sin),
            ("cos", Real::cos(x), cos),
            ("fused sin", Real::sin(Fused(x)).0, sin),
            ("fused cos", Real::cos(Fused(x)).0, cos),
        ] {
            assert!(ulps(got, exact) <= 2.0, "{name}({x:e}) = {got:e}, not {exact:e}");
        }
        if x.abs() <= reach {
            assert_eq!(
                [x.sin_near(), x.cos_near()].map(f32::to_bits),
                [Real::sin(x), Real::cos(x)].map(f32::to_bits)
            );
        }
    }
}
