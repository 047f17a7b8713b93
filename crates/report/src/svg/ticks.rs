//! Where an axis is marked: round numbers.

/// Round numbers (1, 2, 2.5 or 5 times a power of ten apart) within [`low`, `high`], about `target` of them.
///
/// Empty if the ends are not finite or not in order; a single tick if they are equal.
///
/// ```
/// use sparring_report::svg::linear_ticks;
/// assert_eq!(linear_ticks(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
/// assert_eq!(linear_ticks(0.0, 0.3, 3), [0.0, 0.1, 0.2, 0.3]);
/// ```
pub fn linear_ticks(low: f64, high: f64, target: usize) -> Vec<f64> {
    if !(low.is_finite() && high.is_finite() && low <= high && (high - low).is_finite()) {
        return Vec::new();
    }
    if low == high {
        return vec![low];
    }
    if high - low < f64::MIN_POSITIVE {
        return vec![low, high];
    }
    let (mantissa, exponent) = step(high - low, target);
    // Multiples are counted in integers and divided last: 3/10 is 0.3, 3·0.1 is not.
    let scale = 10f64.powi(exponent.abs());
    let place = |i: f64| if exponent < 0 { i * mantissa / scale } else { i * mantissa * scale };
    let step = place(1.0);
    if !(step > 0.0 && step.is_finite()) || low + step == low || high - step == high {
        // Closer together than the numbers themselves: only the ends are left to say.
        return vec![low, high];
    }
    let slack = 1e-9 * (high - low);
    let from = ((low - slack) / step).ceil();
    let to = ((high + slack) / step).floor();
    // Steps between subnormal numbers are rounded themselves: never many more marks than were asked for.
    (0..=(to - from).clamp(0.0, 8.0 * target.max(1) as f64) as usize)
        .map(|i| place(from + i as f64) + 0.0) // + 0.0 turns -0 into 0
        .filter(|t| (low - slack..=high + slack).contains(t))
        .collect()
}

/// Whole numbers within [`low`, `high`], a round whole number (1, 2 or 5 times a power of ten, or 25) apart, about `target` of them.
///
/// Empty if the ends are not finite or not in order, or no whole number lies between them.
///
/// ```
/// use sparring_report::svg::whole_ticks;
/// assert_eq!(whole_ticks(1.0, 3.0, 8), [1.0, 2.0, 3.0]);
/// assert_eq!(whole_ticks(1.0, 30.0, 5), [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
/// ```
pub fn whole_ticks(low: f64, high: f64, target: usize) -> Vec<f64> {
    if !(low <= high && (high - low).is_finite()) {
        return Vec::new();
    }
    let (mantissa, exponent) = step((high - low).max(f64::MIN_POSITIVE), target);
    let step = mantissa * 10f64.powi(exponent);
    if step >= 5.0 {
        return linear_ticks(low, high, target).into_iter().filter(|t| t.fract() == 0.0).collect();
    }
    let step = if step < 2.0 { 1.0 } else { 2.0 };
    let from = (low / step).ceil();
    let count = ((high / step).floor() - from + 1.0).max(0.0) as usize;
    (0..count).map(|i| (from + i as f64) * step + 0.0).collect()
}

/// Mantissa and power of ten of the step that divides `span` into about `target` parts.
fn step(span: f64, target: usize) -> (f64, i32) {
    let rough = span / target.max(1) as f64;
    let exponent = rough.log10().floor();
    let lead = rough / 10f64.powf(exponent);
    // The bounds are the geometric means of neighbours; 2.5 is kept as 25 tenths so that multiples stay exact.
    let (mantissa, down) = match lead {
        l if l < 1.5 => (1.0, 0),
        l if l < 2.3 => (2.0, 0),
        l if l < 3.5 => (25.0, 1),
        l if l < 7.1 => (5.0, 0),
        _ => (10.0, 0),
    };
    (mantissa, exponent as i32 - down)
}

/// Marks of a logarithmic axis within [`low`, `high`], at most about `target` of them: powers of ten, thinned out if there
/// are too many; with 2 and 5 times them if there are few; [`linear_ticks`] within less than a decade.
///
/// Empty if the ends are not positive and finite or not in order.
///
/// ```
/// use sparring_report::svg::log_ticks;
/// assert_eq!(log_ticks(1e-3, 10.0, 6), [1e-3, 1e-2, 1e-1, 1.0, 10.0]);
/// assert_eq!(log_ticks(1.0, 10.0, 6), [1.0, 2.0, 5.0, 10.0]);
/// ```
pub fn log_ticks(low: f64, high: f64, target: usize) -> Vec<f64> {
    if !(low > 0.0 && high.is_finite() && low <= high) {
        return Vec::new();
    }
    let inside = |t: &f64| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(t);
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let decades = high.log10() - low.log10();
    if decades < 0.8 {
        return linear_ticks(low, high, target);
    }
    let power = |e: i32| if e < 0 { 1.0 / 10f64.powi(-e) } else { 10f64.powi(e) };
    let marks: &[f64] = if decades * 3.0 <= target as f64 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let stride = (decades / target.max(1) as f64).ceil().max(1.0) as i32;
    (first..=last)
        .filter(|e| e.rem_euclid(stride) == 0)
        .flat_map(|e| marks.iter().map(move |m| m * power(e)))
        .filter(inside)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_axes() {
        assert_eq!(linear_ticks(-1.0, 1.0, 4), [-1.0, -0.5, 0.0, 0.5, 1.0]);
        assert_eq!(linear_ticks(0.0, 20.0, 8), [0.0, 2.5, 5.0, 7.5, 10.0, 12.5, 15.0, 17.5, 20.0]);
        assert_eq!(linear_ticks(0.013, 0.021, 4), [0.014, 0.016, 0.018, 0.02]);
        assert_eq!(linear_ticks(3.0, 3.0, 4), [3.0]);
        assert_eq!(log_ticks(1e-12, 1.0, 6).len(), 7);
        assert_eq!(log_ticks(0.5, 0.6, 4), [0.5, 0.525, 0.55, 0.575, 0.6]);
    }

    #[test]
    fn whole_ticks_are_whole() {
        assert_eq!(whole_ticks(0.5, 1.5, 8), [1.0]);
        assert_eq!(whole_ticks(1.0, 14.0, 8), [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0]);
        assert_eq!(whole_ticks(1.0, 12.0, 5), [2.0, 4.0, 6.0, 8.0, 10.0, 12.0], "2.5 is not whole");
        assert_eq!(whole_ticks(0.0, 1000.0, 5), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert!(whole_ticks(0.2, 0.8, 5).is_empty() && whole_ticks(f64::NAN, 1.0, 5).is_empty());
        assert!(whole_ticks(2.0, 1.0, 5).is_empty() && whole_ticks(-f64::MAX, f64::MAX, 5).is_empty());
    }

    #[test]
    fn broken_ranges_have_none() {
        for (low, high) in [(f64::NAN, 1.0), (0.0, f64::INFINITY), (1.0, 0.0), (-f64::MAX, f64::MAX)] {
            assert!(linear_ticks(low, high, 5).is_empty());
        }
        assert!(log_ticks(0.0, 1.0, 5).is_empty() && log_ticks(-1.0, 1.0, 5).is_empty());
        assert_eq!(linear_ticks(1e16, 1e16 + 2.0, 5), [1e16, 1e16 + 2.0]);
        assert!(linear_ticks(0.0, 5e-324, 5).len() <= 2);
    }

    proptest! {
        #[test]
        fn ticks_are_round_ordered_inside_and_about_enough(
            low in -1e6f64..1e6, span in 1e-6f64..1e6, target in 2usize..12, exponent in -12i32..12
        ) {
            let unit = 10f64.powi(exponent);
            let (low, high) = (low * unit, (low + span) * unit);
            // Beyond this the numbers themselves are too coarse to be round.
            prop_assume!((high - low) / low.abs().max(high.abs()) > 1e-6);
            let ticks = linear_ticks(low, high, target);
            let width = high - low;
            prop_assert!(!ticks.is_empty() && ticks.len() <= 2 * target + 1, "{ticks:?}");
            prop_assert!(ticks.iter().all(|&t| t >= low - 1e-8 * width && t <= high + 1e-8 * width));
            prop_assert!(ticks.windows(2).all(|w| w[0] < w[1]));
            if let [a, b, ..] = ticks[..] {
                let lead = (b - a) / 10f64.powf((b - a).log10().floor());
                let round = [1.0, 2.0, 2.5, 5.0, 10.0].iter().any(|r| (lead / r - 1.0).abs() < 1e-6);
                prop_assert!(round, "step {} of {ticks:?}", b - a);
            }
        }

        #[test]
        fn log_ticks_are_inside_ordered_and_not_too_many(low in -30f64..30.0, span in 0.01f64..40.0, target in 2usize..10) {
            let (low, high) = (10f64.powf(low), 10f64.powf(low + span));
            let ticks = log_ticks(low, high, target);
            prop_assert!(ticks.len() <= 2 * target + 2);
            prop_assert!(span < 1.0 || !ticks.is_empty() || span < 2.0 * (span / target as f64).ceil());
            prop_assert!(ticks.iter().all(|&t| t >= low * 0.999999 && t <= high * 1.000001));
            prop_assert!(ticks.windows(2).all(|w| w[0] < w[1]));
        }
    }
}
