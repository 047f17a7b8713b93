//! Expectations under the standard normal distribution.

/// Positive abscissae and weights of the 8-point Gauss-Legendre rule on [−1, 1].
const RULE: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
];
/// Panels of [−12, 12] before any is cut, a border at 0, where most kinks are.
const PANELS: usize = 96;
/// Half their width.
const HALF: f64 = 0.125;
/// A panel is cut where its halves change it by more than this part of the whole: it holds a kink or a jump.
const TOLERANCE: f64 = 1e-14;
/// Most cuts of one panel: what is left then is 2⁻⁴⁰ wide.
const CUTS: u32 = 40;

/// E g(z) for z ~ N(0, 1): Gauss-Legendre on [−12, 12], panels cut in halves where that changes them, so that kinks and jumps may lie anywhere. Infinite or
/// NaN where `g` is.
pub(crate) fn gaussian_mean(g: impl Fn(f64) -> f64) -> f64 {
    let weighted = |z: f64| g(z) * (-0.5 * z * z).exp();
    let middle = |i: usize| 2.0 * HALF * (i as f64 - PANELS as f64 / 2.0) + HALF;
    let panels: [f64; PANELS] = std::array::from_fn(|i| panel(&weighted, middle(i), HALF));
    // Of |g|: what g cancels it does not round better.
    let size: f64 = (0..PANELS).map(|i| panel(&|z| weighted(z).abs(), middle(i), HALF)).sum();
    let tolerance = TOLERANCE * size;
    let sum: f64 = (0..PANELS).map(|i| refined(&weighted, middle(i), HALF, panels[i], tolerance, CUTS)).sum();
    sum / std::f64::consts::TAU.sqrt()
}

/// The rule on [middle − half, middle + half].
fn panel(g: &impl Fn(f64) -> f64, middle: f64, half: f64) -> f64 {
    let pair = |&(node, weight): &(f64, f64)| weight * (g(middle - half * node) + g(middle + half * node));
    half * RULE.iter().map(pair).sum::<f64>()
}

/// The panel's integral, `whole` being the rule on it.
fn refined(g: &impl Fn(f64) -> f64, middle: f64, half: f64, whole: f64, tolerance: f64, cuts: u32) -> f64 {
    let quarter = 0.5 * half;
    let [left, right] = [middle - quarter, middle + quarter];
    let [a, b] = [panel(g, left, quarter), panel(g, right, quarter)];
    let change = (a + b - whole).abs();
    if cuts == 0 || change <= tolerance || change.is_nan() {
        return a + b;
    }
    refined(g, left, quarter, a, tolerance, cuts - 1) + refined(g, right, quarter, b, tolerance, cuts - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_normal_distribution() {
        for (power, moment) in [(0, 1.0), (2, 1.0), (4, 3.0), (6, 15.0), (12, 10_395.0)] {
            let found = gaussian_mean(|z| z.powi(power));
            assert!((found / moment - 1.0).abs() < 1e-13, "{power}: {found}");
        }
        let found = gaussian_mean(|z| (2.0 * z).exp());
        assert!((found / 2f64.exp() - 1.0).abs() < 1e-13, "{found}");
        assert!(gaussian_mean(|_| f64::NAN).is_nan());
        assert!(gaussian_mean(|z| (z * z).exp().powi(9)).is_infinite());
    }

    /// P(z > a), from tables of the normal distribution (Abramowitz and Stegun 26.1), wherever the jump lies in its panel.
    #[test]
    fn jumps_may_lie_anywhere() {
        for (a, tail) in
            [(0.1, 0.460_172_162_722_971), (0.7, 0.241_963_652_223_073), (1.9, 0.028_716_559_816_001_8)]
        {
            let found = gaussian_mean(|z| f64::from(z > a));
            assert!((found - tail).abs() < 1e-12, "{a}: {found}");
        }
        // E max(z − a, 0) = φ(a) − a P(z > a).
        let (a, tail) = (0.7f64, 0.241_963_652_223_073);
        let density = (-0.5 * a * a).exp() / std::f64::consts::TAU.sqrt();
        let found = gaussian_mean(|z| (z - a).max(0.0));
        assert!((found - (density - a * tail)).abs() < 1e-12, "{found}");
    }
}
