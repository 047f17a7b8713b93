//! The normal distribution and the error function in double precision.
//!
//! Two classical expansions, both sums of positive terms: near 0 the series
//! ∫₀ˣ e^(−t²/2) dt = e^(−x²/2) (x + x³/3 + x⁵/(3·5) + …), and in the tail the continued fraction of Laplace,
//! Φ(−a) = φ(a) / (a + 1/(a + 2/(a + 3/(a + …)))).
//! Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.11 and 26.2.14.

const INV_SQRT_TAU: f64 = 0.398_942_280_401_432_7;

/// e^(−x²/2), x² taken in two parts so that its rounding does not grow with x.
fn bell(x: f64) -> f64 {
    let a = x.abs();
    if a > 39.0 {
        return 0.0;
    }
    // 26 leading bits: their square is exact.
    let lead = f64::from_bits(a.to_bits() & 0xffff_ffff_f800_0000);
    (-0.5 * lead * lead).exp() * (-0.5 * (a - lead) * (a + lead)).exp()
}

/// Φ(a) − ½ for 0 ≤ a ≤ 4.
fn centre(a: f64) -> f64 {
    let (square, mut term, mut sum, mut odd) = (a * a, a, a, 1.0);
    while term > sum * 1e-17 {
        odd += 2.0;
        term *= square / odd;
        sum += term;
    }
    INV_SQRT_TAU * bell(a) * sum
}

/// Φ(−a) for a ≥ 1.
fn tail(a: f64) -> f64 {
    // Depth at which the fraction has settled to the last bit; fewer terms are needed further out.
    let depth = 20 + (400.0 / (a * a)) as u32;
    let mut fraction = a;
    for k in (1..=depth).rev() {
        fraction = a + f64::from(k) / fraction;
    }
    INV_SQRT_TAU * bell(a) / fraction
}

/// φ(x) = e^(−x²/2) / √(2π).
pub(crate) fn normal_pdf(x: f64) -> f64 {
    INV_SQRT_TAU * bell(x)
}

/// Φ(x), relative error near 1e-15 in the left tail too.
pub(crate) fn normal_cdf(x: f64) -> f64 {
    let a = x.abs();
    let left = if a.is_nan() {
        a
    } else if a < 1.0 {
        0.5 - centre(a)
    } else if a < 39.0 {
        tail(a)
    } else {
        0.0
    };
    if x > 0.0 { 1.0 - left } else { left }
}

/// erf x = 2 Φ(√2 x) − 1.
pub(crate) fn erf(x: f64) -> f64 {
    let a = x.abs() * std::f64::consts::SQRT_2;
    let y = if a.is_nan() {
        a
    } else if a < 2.0 {
        2.0 * centre(a)
    } else if a < 39.0 {
        1.0 - 2.0 * tail(a)
    } else {
        1.0
    };
    y.copysign(x)
}
