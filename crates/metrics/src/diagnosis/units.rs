//! Which units of an activation still do anything.

/// What the slopes of an activation at each unit have been, over all examples so far.
///
/// A unit is one number of an example's output; the units of an image belong to channels. A unit is *active* on an example if f'(x) ≠ 0 there: what comes in can
/// change what goes out, and a gradient passes. So a rectified unit is active where its input is above 0.
///
/// ```
/// use sparring_metrics::UnitActivity;
/// // Two examples, two channels of two positions.
/// let mut of = UnitActivity::new(2, 4);
/// of.push(&[1.0, 0.0, 0.0, 0.0], 1.0);
/// of.push(&[1.0, 0.0, 0.0, 1e-7], 1.0);
/// let found = of.fractions();
/// assert_eq!((found.dead_positions, found.dead), (0.5, 0.0));
/// assert_eq!((found.frozen_positions, found.frozen), (0.75, 0.5));
/// assert_eq!(found.saturated, 0.75);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct UnitActivity {
    channels: usize,
    /// Largest |f'| of each unit.
    largest: Vec<f32>,
    saturated: u64,
    count: u64,
}

/// Fractions of units, and of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UnitFractions {
    /// Of the channels (units, where an example is a vector): active at no position of any example.
    pub dead: f64,
    /// Of all positions of all channels: active on no example. Equal to `dead` where an example is a vector.
    pub dead_positions: f64,
    /// Of the channels: |f'| < 1e-6 at every position of every example; dead ones are among them.
    pub frozen: f64,
    /// Of all positions of all channels: |f'| < 1e-6 on every example.
    pub frozen_positions: f64,
    /// Of all numbers of all examples: |f'| below a hundredth of the largest slope.
    pub saturated: f64,
}

impl UnitActivity {
    /// A unit whose slope is never this large is frozen: no step of a training moves it.
    pub const FROZEN: f32 = 1e-6;
    /// A number is saturated where the slope is below this fraction of the largest.
    pub const SATURATED: f32 = 0.01;

    /// No example yet; `units` numbers an example, in `channels` channels one after the other (as many as units of a vector).
    ///
    /// # Panics
    /// If the units are not whole channels.
    pub fn new(channels: usize, units: usize) -> Self {
        assert!(channels > 0 && units.is_multiple_of(channels), "{units} units in {channels} channels");
        Self { channels, largest: vec![0.0; units], saturated: 0, count: 0 }
    }
    /// Takes the slopes f'(x) of some examples, `[n, units]`; `steepest` is the largest |f'| that the function has. A NaN counts as a slope: it is not dead.
    ///
    /// # Panics
    /// If the slopes are not of whole examples.
    pub fn push(&mut self, slopes: &[f32], steepest: f32) {
        assert!(slopes.len().is_multiple_of(self.largest.len()), "{} slopes", slopes.len());
        let bound = Self::SATURATED * steepest;
        for row in slopes.chunks_exact(self.largest.len()) {
            for (largest, slope) in self.largest.iter_mut().zip(row) {
                let slope = if slope.is_nan() { f32::INFINITY } else { slope.abs() };
                *largest = largest.max(slope);
                self.saturated += u64::from(slope < bound);
            }
        }
        self.count += slopes.len() as u64;
    }
    /// Units of an example.
    pub fn units(&self) -> usize {
        self.largest.len()
    }
    /// Channels of an example; of a vector its units.
    pub fn channels(&self) -> usize {
        self.channels
    }
    /// What the examples so far have shown.
    pub fn fractions(&self) -> UnitFractions {
        let share = |n: usize, of: usize| n as f64 / of as f64;
        let units = self.largest.len();
        let below = |bound: f32| self.largest.iter().filter(|&&l| l <= bound).count();
        let channels = |bound: f32| {
            let all = |channel: &&[f32]| channel.iter().all(|&l| l <= bound);
            self.largest.chunks_exact(units / self.channels).filter(all).count()
        };
        // `<` a bound is `≤` the number before it.
        let frozen = Self::FROZEN.next_down();
        UnitFractions {
            dead: share(channels(0.0), self.channels),
            dead_positions: share(below(0.0), units),
            frozen: share(channels(frozen), self.channels),
            frozen_positions: share(below(frozen), units),
            saturated: self.saturated as f64 / (self.count as f64).max(1.0),
        }
    }
}
