//! One axis: what it says and how numbers become places.

use super::scale::Scale;
use super::tick_label::TickFormat;
use super::ticks::{linear_ticks, log_ticks, whole_ticks};

/// Numbers beyond this magnitude are not drawn: their differences would overflow.
const DRAWABLE: f64 = 1e300;

/// Which numbers an axis shows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum AxisRange {
    /// All data.
    #[default]
    Auto,
    /// All data and zero (ignored on a logarithmic axis).
    FromZero,
    /// All data, for what is read as a length from zero: where zero is not on the axis, its foot is drawn broken and
    /// its label says where it begins.
    Broken,
    /// From the first to the second number, whatever the data; broken or reversed ends count as [`AxisRange::Auto`].
    Fixed(f64, f64),
}

/// Where an axis may be marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ticks {
    /// At round numbers.
    #[default]
    Round,
    /// At round whole numbers: epochs, steps, counts (ignored on a logarithmic axis).
    Whole,
}

/// An axis of a chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// What is measured, with its unit.
    pub label: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Where ticks may stand.
    pub ticks: Ticks,
    /// How ticks are written.
    pub format: TickFormat,
    /// Which numbers are shown.
    pub range: AxisRange,
}

impl Axis {
    /// Whether `v` has a place on this axis.
    pub(super) fn draws(&self, v: f64) -> bool {
        v.abs() <= DRAWABLE && (self.scale == Scale::Linear || v > 1.0 / DRAWABLE)
    }

    /// The axis over `values`; `ends` says whether it stops at the data or at the next tick.
    pub(super) fn over(&self, values: impl Iterator<Item = f64>, target: usize, ends: Ends) -> Ruler {
        let log = self.scale == Scale::Log10;
        let mut low = f64::INFINITY;
        let mut high = f64::NEG_INFINITY;
        let zero = (self.range == AxisRange::FromZero && !log).then_some(0.0);
        for v in values.filter(|&v| self.draws(v)).chain(zero) {
            low = low.min(v);
            high = high.max(v);
        }
        if low > high {
            (low, high) = if log { (0.1, 1.0) } else { (0.0, 1.0) };
        }
        let mut fixed = false;
        if let AxisRange::Fixed(from, to) = self.range
            && self.draws(from)
            && self.draws(to)
            && from < to
        {
            (low, high, fixed) = (from, to, true);
        }
        // A hundredth more is nothing on a logarithmic axis; its ticks would differ in the last of six digits.
        if low == high || (log && high / low < 1.01) {
            // A single value stands in the middle of an axis wide enough to be read.
            let half = match self.ticks {
                Ticks::Whole => 0.5f64.max(low.abs() * 1e-12),
                Ticks::Round if low == 0.0 => 0.5,
                // A tenth of the smallest numbers is nothing.
                Ticks::Round => (low.abs() * 0.1).max(f64::MIN_POSITIVE),
            };
            (low, high) = if log { (low / 2.0, high * 2.0) } else { (low - half, high + half) };
        }
        if !fixed && !log && ends == Ends::Ticks {
            (low, high) = self.widened(low, high, target);
        }
        let ticks = self.marks(low, high, target);
        let broken = self.range == AxisRange::Broken && !log && !(low <= 0.0 && high >= 0.0);
        Ruler { log, low, high, broken, labels: self.format.labels(&ticks, self.scale), ticks }
    }

    fn marks(&self, low: f64, high: f64, target: usize) -> Vec<f64> {
        match (self.scale, self.ticks) {
            (Scale::Log10, _) => log_ticks(low, high, target),
            (Scale::Linear, Ticks::Round) => linear_ticks(low, high, target),
            (Scale::Linear, Ticks::Whole) => whole_ticks(low, high, target),
        }
    }

    /// Ends moved outwards to the next multiple of the tick step.
    fn widened(&self, low: f64, high: f64, target: usize) -> (f64, f64) {
        let ticks = self.marks(low, high, target);
        let [first, second, ..] = ticks[..] else { return (low, high) };
        let step = second - first;
        let last = ticks[ticks.len() - 1];
        // Data a hair beyond a tick (less than a twentieth of a step) do not open a whole empty step.
        let down = if first - low > 0.05 * step { first - step } else { low.min(first) };
        let up = if high - last > 0.05 * step { last + step } else { high.max(last) };
        (down, up)
    }
}

/// Where an automatic axis stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// At the outermost data.
    Data,
    /// At the round number beyond them.
    Ticks,
}

/// An axis with numbers on it: turns values into fractions of its length.
#[derive(Debug, Clone)]
pub(super) struct Ruler {
    log: bool,
    low: f64,
    high: f64,
    /// Zero is not on it, and it should be said so.
    pub(super) broken: bool,
    pub(super) ticks: Vec<f64>,
    pub(super) labels: Vec<String>,
}

impl Ruler {
    /// The numbers at its ends.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Place of `v` as a fraction of the axis: 0 at the low end, 1 at the high end, outside beyond them (at most 50 lengths).
    pub(super) fn place(&self, v: f64) -> f64 {
        // Ends of the size of 1, exactly: differences neither overflow nor vanish, however large or small the numbers.
        let largest = self.low.abs().max(self.high.abs());
        let unit = match largest {
            l if l < 1e-150 => 2f64.powi(600),
            l if l > 1e150 => 2f64.powi(-600),
            _ => 1.0,
        };
        let at = |v: f64| if self.log { v.log10() } else { v * unit };
        let (v, low, high) = (at(v), at(self.low), at(self.high));
        ((v - low) / (high - low)).clamp(-50.0, 51.0)
    }

    /// Whether `v` lies on the axis, its ends included.
    pub(super) fn shows(&self, v: f64) -> bool {
        (-1e-9..=1.0 + 1e-9).contains(&self.place(v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges() {
        let axis = |range| Axis { range, ..Axis::default() };
        let auto = axis(AxisRange::Auto).over([2.0, 7.9].into_iter(), 4, Ends::Ticks);
        assert_eq!((auto.low, auto.high), (2.0, 8.0));
        let zero = axis(AxisRange::FromZero).over([7.9].into_iter(), 4, Ends::Data);
        assert_eq!((zero.low, zero.high), (0.0, 7.9));
        let fixed = axis(AxisRange::Fixed(0.0, 1.0)).over([5.0].into_iter(), 4, Ends::Ticks);
        assert!(!fixed.shows(5.0) && fixed.shows(0.0) && fixed.shows(1.0));
        let broken = axis(AxisRange::Fixed(1.0, f64::NAN)).over([1.0, 2.0].into_iter(), 4, Ends::Data);
        assert_eq!((broken.low, broken.high), (1.0, 2.0));
        let none = axis(AxisRange::Auto).over(std::iter::empty(), 4, Ends::Ticks);
        assert_eq!((none.low, none.high), (0.0, 1.0));
    }

    #[test]
    fn a_broken_axis_says_so_unless_zero_is_on_it() {
        let axis = Axis { range: AxisRange::Broken, ..Axis::default() };
        assert!(axis.over([0.93, 0.98].into_iter(), 4, Ends::Ticks).broken);
        assert!(axis.over([-3.0, -2.0].into_iter(), 4, Ends::Ticks).broken);
        assert!(!axis.over([0.0, 0.98].into_iter(), 4, Ends::Ticks).broken);
        assert!(!axis.over([-0.1, 0.98].into_iter(), 4, Ends::Ticks).broken);
        let auto = Axis::default().over([0.93, 0.98].into_iter(), 4, Ends::Ticks);
        assert!(!auto.broken);
    }

    #[test]
    fn whole_axes_have_whole_ticks_whatever_they_span() {
        let axis = Axis { ticks: Ticks::Whole, ..Axis::default() };
        for (last, target) in [(1.0, 8), (2.0, 8), (3.0, 5), (15.0, 8), (30.0, 5), (999.0, 8)] {
            for ends in [Ends::Data, Ends::Ticks] {
                let ruler = axis.over([1.0, last].into_iter(), target, ends);
                assert!(!ruler.ticks.is_empty() && ruler.ticks.len() <= 2 * target, "{ruler:?}");
                assert!(ruler.ticks.iter().all(|t| t.fract() == 0.0), "{ruler:?}");
                assert!(ruler.labels.iter().all(|l| !l.contains('.')), "{ruler:?}");
            }
        }
    }

    #[test]
    fn the_smallest_and_the_largest_numbers_have_places() {
        let tiny = f64::from_bits(1);
        for values in [[tiny, tiny], [0.0, tiny], [tiny, f64::from_bits(2)], [-1e300, 1e300], [1e300, 1e300]]
        {
            let ruler = Axis::default().over(values.into_iter(), 5, Ends::Ticks);
            let [a, b] = values.map(|v| ruler.place(v));
            assert!((0.0..=1.0).contains(&a) && (0.0..=1.0).contains(&b), "{values:?}: {a} {b} on {ruler:?}");
            assert!(a < b || values[0] == values[1], "{values:?}: {a} {b}");
        }
    }

    #[test]
    fn log_ignores_what_has_no_logarithm() {
        let axis = Axis { scale: Scale::Log10, ..Axis::default() };
        let ruler = axis.over([0.0, -3.0, f64::NAN, 0.01, 1.0].into_iter(), 5, Ends::Ticks);
        assert_eq!((ruler.low, ruler.high), (0.01, 1.0));
        assert!((ruler.place(0.1) - 0.5).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn any_numbers_have_a_place(values in prop::collection::vec(any::<f64>(), 0..12), log in any::<bool>()) {
            let scale = if log { Scale::Log10 } else { Scale::Linear };
            let axis = Axis { scale, ..Axis::default() };
            for ends in [Ends::Data, Ends::Ticks] {
                let ruler = axis.over(values.iter().copied(), 5, ends);
                for &v in values.iter().filter(|&&v| axis.draws(v)) {
                    prop_assert!((-1e-6..=1.0 + 1e-6).contains(&ruler.place(v)), "{v} on {ruler:?}");
                }
            }
        }
    }
}
