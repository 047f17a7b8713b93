//! Expectations under the standard normal distribution.

/// Positive abscissae and weights of the 8-point Gauss-Legendre rule on [−1, 1].
const RULE: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
];
/// Every panel inside ±this is integrated, those outside as far as they count.
const WINDOW: f64 = 12.0;
/// The widest window: beyond it the root of the density is no normal number.
pub(crate) const WIDEST: f64 = 52.0;
/// Width of a panel before any is cut.
const WIDTH: f64 = 0.25;
/// Around 0 and every bend panels shrink by this factor, this many times, so that a narrow feature there has a panel of its own width.
const GRADING: (f64, i32) = (8.0, 16);
/// Most bends whose surroundings are graded; panels are cut at every one.
const GRADED: usize = 8;
/// A panel is cut where its halves change it by more than this part of the whole: it holds a kink or a jump.
const TOLERANCE: f64 = 1e-14;
/// A unit of z at an end of the window is negligible if it adds less than this part.
const NEGLIGIBLE: f64 = 1e-17;
/// Most cuts of one panel: what is left then is 2⁻⁴⁰ wide.
const CUTS: u32 = 40;
/// Most cuts of all panels together.
const ALL_CUTS: u32 = 1 << 16;

/// E w(z) g(z)² for z ~ N(0, 1), `bends` being where g has kinks, jumps or its steepest points: Gauss-Legendre on panels that are cut there, narrow
/// around them, and cut in halves where that changes them. The window is widened until its ends are negligible. Infinite where they do not become so,
/// or where g overflows in the window; NaN where g is, or where 65 536 cuts do not resolve it.
pub(crate) fn gaussian_mean_square(
    g: impl Fn(f64) -> f64,
    weight: impl Fn(f64) -> f64,
    bends: &[f64],
) -> f64 {
    // The density in two factors: g² may overflow where its product with the density does not.
    let integrand = |z: f64| {
        let root = g(z) * (-0.25 * z * z).exp();
        weight(z) * root * root
    };
    let borders = borders(bends);
    let panels: Vec<[f64; 2]> = borders.windows(2).map(|w| [w[0], w[1]]).collect();
    let (before, from) = panels.split_at(panels.partition_point(|p| p[0] < -WINDOW));
    let (inner, after) = from.split_at(from.partition_point(|p| p[1] <= WINDOW));
    let mut taken: Vec<Panel> = inner.iter().map(|&ends| Panel::new(&integrand, ends)).collect();
    // Of |g|: what g cancels it does not round better.
    let mut size: f64 = taken.iter().map(|p| p.size).sum();
    let ends = widen(&integrand, before.iter().rev(), &mut taken, &mut size)
        & widen(&integrand, after.iter(), &mut taken, &mut size);
    if !ends {
        return f64::INFINITY;
    }
    let mut cutter = Cutter { g: &integrand, tolerance: TOLERANCE * size, left: ALL_CUTS };
    let sum: f64 = taken.iter().map(|p| cutter.refined(p.ends, p.sum, CUTS)).sum();
    sum / std::f64::consts::TAU.sqrt()
}

/// Ends of the panels, in ascending order.
fn borders(bends: &[f64]) -> Vec<f64> {
    let half = (WIDEST / WIDTH) as i32;
    let mut at: Vec<f64> = (-half..=half).map(|i| WIDTH * f64::from(i)).collect();
    let inside: Vec<f64> = bends.iter().copied().filter(|b| b.abs() < WIDEST).collect();
    let (factor, times) = GRADING;
    let mut grade = |centre: f64| {
        let steps = (1..=times).map(|k| WIDTH * factor.powi(-k));
        at.extend(steps.flat_map(|step| [centre - step, centre + step]));
    };
    grade(0.0);
    if inside.len() <= GRADED {
        inside.iter().copied().for_each(grade);
    }
    at.extend(inside);
    at.retain(|z| z.abs() <= WIDEST);
    at.sort_by(f64::total_cmp);
    at.dedup();
    at
}

/// Adds panels, from the window outwards, until a unit of them is negligible. `false` if none is.
fn widen<'a>(
    g: &impl Fn(f64) -> f64,
    panels: impl Iterator<Item = &'a [f64; 2]>,
    taken: &mut Vec<Panel>,
    size: &mut f64,
) -> bool {
    let (mut unit, mut reached) = (0.0, WINDOW + 1.0);
    for &ends in panels {
        let panel = Panel::new(g, ends);
        unit += panel.size;
        *size += panel.size;
        taken.push(panel);
        if ends[0].abs().max(ends[1].abs()) >= reached {
            // Neither what is infinite nor what is no number gets better.
            if unit <= NEGLIGIBLE * *size || !size.is_finite() {
                return true;
            }
            (unit, reached) = (0.0, reached + 1.0);
        }
    }
    false
}

/// A part of the window.
struct Panel {
    ends: [f64; 2],
    /// The rule on it.
    sum: f64,
    /// The rule on the absolute value.
    size: f64,
}

impl Panel {
    fn new(g: &impl Fn(f64) -> f64, ends: [f64; 2]) -> Self {
        Panel { ends, sum: rule(g, ends), size: rule(&|z| g(z).abs(), ends) }
    }
}

/// The rule on [l, u].
fn rule(g: &impl Fn(f64) -> f64, [l, u]: [f64; 2]) -> f64 {
    let (middle, half) = (0.5 * (l + u), 0.5 * (u - l));
    let pair = |&(node, weight): &(f64, f64)| weight * (g(middle - half * node) + g(middle + half * node));
    half * RULE.iter().map(pair).sum::<f64>()
}

/// Cuts panels.
struct Cutter<'a, G> {
    g: &'a G,
    tolerance: f64,
    /// Cuts that are left.
    left: u32,
}

impl<G: Fn(f64) -> f64> Cutter<'_, G> {
    /// The panel's integral, `whole` being the rule on it.
    fn refined(&mut self, [l, u]: [f64; 2], whole: f64, cuts: u32) -> f64 {
        let middle = 0.5 * (l + u);
        let [a, b] = [rule(self.g, [l, middle]), rule(self.g, [middle, u])];
        let change = (a + b - whole).abs();
        if cuts == 0 || change <= self.tolerance || change.is_nan() {
            return a + b;
        }
        if self.left == 0 {
            return f64::NAN;
        }
        self.left -= 1;
        self.refined([l, middle], a, cuts - 1) + self.refined([middle, u], b, cuts - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_square(g: impl Fn(f64) -> f64) -> f64 {
        gaussian_mean_square(g, |_| 1.0, &[])
    }

    #[test]
    fn moments_are_those_of_the_normal_distribution() {
        for (power, moment) in [(0, 1.0), (1, 1.0), (2, 3.0), (3, 15.0), (6, 10_395.0)] {
            let found = mean_square(|z| z.powi(power));
            assert!((found / moment - 1.0).abs() < 1e-13, "{power}: {found}");
        }
        // A weight of both signs: E (z² − 1) z² = 2.
        let found = gaussian_mean_square(|z| z, |z| z * z - 1.0, &[]);
        assert!((found - 2.0).abs() < 1e-13, "{found}");
        assert!(mean_square(|_| f64::NAN).is_nan());
        assert!(mean_square(|z| (z * z).exp().powf(4.5)).is_infinite());
        // Too slowly growing to overflow, but with no end.
        assert!(mean_square(|z| (0.25 * z * z).exp()).is_infinite());
    }

    /// E (e^(sz))² = e^(2s²), whose integrand has its peak at 2s: far outside of any fixed window, and beyond where e^(2sz) overflows.
    #[test]
    fn the_window_follows_the_integrand() {
        for s in [0.5f64, 1.0, 3.0, 7.0, 10.0, 15.0] {
            for sign in [-1.0, 1.0] {
                let (found, exact) = (mean_square(|z| (sign * s * z).exp()), (2.0 * s * s).exp());
                assert!((found / exact - 1.0).abs() < 1e-11, "{s}: {found:e}, not {exact:e}");
            }
        }
    }

    /// P(z > a), from tables of the normal distribution (Abramowitz and Stegun 26.1), wherever the jump lies in its panel, and known or not.
    #[test]
    fn jumps_may_lie_anywhere() {
        for (a, tail) in
            [(0.1, 0.460_172_162_722_971), (0.7, 0.241_963_652_223_073), (1.9, 0.028_716_559_816_001_8)]
        {
            for bends in [&[][..], &[a][..]] {
                let found = gaussian_mean_square(|z| f64::from(z > a), |_| 1.0, bends);
                assert!((found - tail).abs() < 1e-12, "{a}: {found}");
            }
        }
        // E max(z − a, 0)² = (1 + a²) P(z > a) − a φ(a).
        let (a, tail) = (0.7f64, 0.241_963_652_223_073);
        let density = (-0.5 * a * a).exp() / std::f64::consts::TAU.sqrt();
        let found = mean_square(|z| (z - a).max(0.0));
        assert!((found - ((1.0 + a * a) * tail - a * density)).abs() < 1e-12, "{found}");
    }

    /// Intervals so narrow that the density is flat on them.
    #[test]
    fn narrow_features_at_bends_are_seen() {
        for (a, width) in [(0.7f64, 1e-6), (0.0, 1e-9), (-3.1, 1e-4)] {
            let found = gaussian_mean_square(|z| f64::from(z > a && z < a + width), |_| 1.0, &[a, a + width]);
            let exact = width * (-0.5 * (a + 0.5 * width).powi(2)).exp() / std::f64::consts::TAU.sqrt();
            assert!((found / exact - 1.0).abs() < 1e-7, "{a} {width}: {found:e}, not {exact:e}");
        }
        // ∫ e^(−2|z|/w) φ(z) dz is w φ(0) for small w.
        let w = 1e-9;
        let found = mean_square(|z| (-z.abs() / w).exp());
        assert!((found * std::f64::consts::TAU.sqrt() / w - 1.0).abs() < 1e-12, "{found:e}");
    }

    #[test]
    fn what_cannot_be_resolved_is_no_number() {
        assert!(mean_square(|z| (1e9 * z).sin()).is_nan());
    }
}
