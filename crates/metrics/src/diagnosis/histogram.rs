//! How numbers that come in parts are spread.

/// Counts of numbers in bins of equal width between the ends of the first part that held a finite number.
///
/// ```
/// use sparring_metrics::Histogram;
/// let mut of = Histogram::default();
/// of.push(&[0.0, 1.0, 64.0, 63.5]);
/// assert_eq!((of.low, of.high), (0.0, 64.0));
/// assert_eq!((of.counts[0], of.counts[1], of.counts[63]), (1, 1, 2));
/// of.push(&[-1.0, 2.5, 99.0]);
/// assert_eq!((of.below, of.above, of.counts[2]), (1, 1, 1));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Where the first bin begins.
    pub low: f64,
    /// Where the last one ends; numbers that are equal to it are in it.
    pub high: f64,
    /// Numbers in each bin.
    pub counts: [u64; Self::BINS],
    /// Numbers below the first bin, which came in later parts.
    pub below: u64,
    /// Numbers above the last one.
    pub above: u64,
    begun: bool,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { low: 0.0, high: 0.0, counts: [0; Self::BINS], below: 0, above: 0, begun: false }
    }
}

impl Histogram {
    /// Number of bins.
    pub const BINS: usize = 64;

    /// Takes more numbers; what is not finite is left out. Equal numbers alone make bins of width 0: they are all in the first.
    pub fn push(&mut self, x: &[f32]) {
        let finite = || x.iter().filter(|v| v.is_finite()).map(|&v| f64::from(v));
        if !self.begun {
            let (low, high) =
                finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
            if low > high {
                return;
            }
            (self.low, self.high, self.begun) = (low, high, true);
        }
        let width = self.high - self.low;
        let scale = if width > 0.0 { Self::BINS as f64 / width } else { 0.0 };
        for v in finite() {
            if v < self.low {
                self.below += 1;
            } else if v > self.high {
                self.above += 1;
            } else {
                let bin = ((v - self.low) * scale) as usize;
                self.counts[bin.min(Self::BINS - 1)] += 1;
            }
        }
    }
    /// The middle of a bin.
    pub fn middle(&self, bin: usize) -> f64 {
        self.low + (bin as f64 + 0.5) * (self.high - self.low) / Self::BINS as f64
    }
}
