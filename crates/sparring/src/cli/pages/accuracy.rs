//! Accuracies on a page: none without the interval that its number of images leaves, none that is no number.

use super::number::percent;
use sparring::metrics::wilson_interval;
use sparring_report::html::{Cell, StatTile, Tone};
use sparring_report::svg::{Axis, AxisRange, TickFormat};

/// Standard deviations of a 95 % interval.
const Z: f64 = 1.96;
/// From here on an accuracy axis from 0 would hide what there is to see: it is cut, and says so.
const HIGH: f64 = 0.5;

fn ends(accuracy: f64, n: usize) -> (f64, f64) {
    wilson_interval((accuracy * n as f64).round() as usize, n, Z)
}

/// A 95 % interval in words; nothing if the accuracy is no number.
pub(crate) fn interval(accuracy: f64, n: usize) -> String {
    if !accuracy.is_finite() {
        return String::new();
    }
    let (lo, hi) = ends(accuracy, n);
    format!("{:.1}\u{a0}–\u{a0}{:.1}\u{a0}%", 100.0 * lo, 100.0 * hi)
}

/// An accuracy in a table: bar, digits, interval.
pub(crate) fn cell(accuracy: f64, n: usize) -> Cell {
    Cell { note: interval(accuracy, n), ..Cell::percent(accuracy) }
}

/// An accuracy as a tile; `of` says which images.
pub(crate) fn tile(label: impl Into<String>, accuracy: f64, n: usize, of: &str, tone: Tone) -> StatTile {
    let interval = interval(accuracy, n);
    let note = match interval.as_str() {
        "" => format!("{n} {of}"),
        interval => format!("95\u{a0}% interval {interval}, {n} {of}"),
    };
    StatTile { value: percent(accuracy, 2), label: label.into(), note, tone }
}

/// How an accuracy under attack is shown: good where at least half of the clean accuracy, and something at all, is left.
pub(crate) fn tone(clean: f64, robust: f64) -> Tone {
    if robust > 0.0 && robust >= 0.5 * clean { Tone::Good } else { Tone::Bad }
}

/// The intervals of a curve of accuracies over `n` images, to be drawn behind it.
pub(crate) fn band(points: &[(f64, f64)], n: usize) -> Vec<(f64, f64, f64)> {
    let of = |&(x, accuracy): &(f64, f64)| {
        let (low, high) = ends(accuracy, n);
        (x, low, high)
    };
    points.iter().filter(|p| p.1.is_finite()).map(of).collect()
}

/// The vertical axis of accuracies: from 0, or cut and marked where all of them are high.
pub(crate) fn axis(mut values: impl Iterator<Item = f64>) -> Axis {
    let range =
        if values.all(|v| !v.is_finite() || v >= HIGH) { AxisRange::Broken } else { AxisRange::FromZero };
    Axis { label: "accuracy".into(), format: TickFormat::Percent, range, ..Axis::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_accuracy_without_its_interval() {
        assert_eq!(interval(0.88, 300), "83.8\u{a0}–\u{a0}91.2\u{a0}%");
        assert_eq!(cell(0.88, 300).note, interval(0.88, 300));
        assert_eq!(
            tile("x", 0.0, 300, "images", Tone::Bad).note,
            "95\u{a0}% interval 0.0\u{a0}–\u{a0}1.3\u{a0}%, 300 images"
        );
        let band = band(&[(1.0, 0.88), (2.0, f64::NAN)], 300);
        assert!(band.len() == 1 && band[0].1 < 0.88 && band[0].2 > 0.88, "{band:?}");
    }

    #[test]
    fn what_is_no_number_is_a_dash() {
        let tile = tile("x", f64::NAN, 10, "images", Tone::Plain);
        let cell = cell(f64::NAN, 10);
        assert_eq!((tile.value.as_str(), tile.note.as_str(), cell.text.as_str()), ("–", "10 images", "–"));
        assert_eq!(cell.note, "");
    }

    #[test]
    fn what_falls_under_attack_is_not_good() {
        let robust = [0.0, 0.44, f64::NAN, 0.46, 0.9].map(|robust| tone(0.9, robust));
        assert_eq!(robust, [Tone::Bad, Tone::Bad, Tone::Bad, Tone::Good, Tone::Good]);
        assert_eq!(tone(0.0, 0.0), Tone::Bad);
    }

    #[test]
    fn an_axis_of_accuracies_begins_at_zero_or_is_marked() {
        assert_eq!(axis([0.97, 0.99].into_iter()).range, AxisRange::Broken);
        assert_eq!(axis([0.12, 0.99].into_iter()).range, AxisRange::FromZero);
    }
}
