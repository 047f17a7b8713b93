//! The search for the weight c of the goal against the size of the change, and when a walk with one weight ends: what Carlini and Wagner's attack and EAD share.
//!
//! c is multiplied by 10 until a walk finds something, then halves the interval; a tenth of the steps without a gain of a ten-thousandth ends a walk.
//! source   Carlini and Wagner 2017, arXiv:1608.04644, and the authors' code github.com/carlini/nn_robust_attacks, which compares the loss of a whole batch

/// Beyond it no upper end is known.
const UNKNOWN: f32 = 1e10;

/// The weight of one example.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weight {
    pub(crate) c: f32,
    lower: f32,
    upper: f32,
    /// Whether the walk with this weight has found something.
    pub(crate) found: bool,
}

impl Weight {
    pub(crate) fn new(c: f32) -> Self {
        Self { c, lower: 0.0, upper: UNKNOWN, found: false }
    }
    /// The weight of the next of `searches` walks; the last of ten or more repeats the smallest that found something.
    pub(crate) fn next(&mut self, search: usize, searches: usize) {
        if std::mem::take(&mut self.found) {
            self.upper = self.upper.min(self.c);
        } else {
            self.lower = self.lower.max(self.c);
        }
        let known = self.upper < UNKNOWN;
        self.c = if search + 1 == searches && searches >= 10 {
            self.upper
        } else if known {
            (self.lower + self.upper) / 2.0
        } else {
            (self.c * 10.0).min(UNKNOWN)
        };
    }
}

/// The loss of a candidate at the last tenth of its steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tenth(f32);

impl Tenth {
    pub(crate) const FIRST: Self = Self(f32::INFINITY);

    /// Whether the walk is to end at this step, since the loss no longer falls.
    pub(crate) fn ends(&mut self, step: usize, steps: usize, loss: f32) -> bool {
        if !step.is_multiple_of(steps.div_ceil(10)) {
            return false;
        }
        let stuck = loss > self.0 * 0.9999;
        self.0 = loss;
        stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_found_by_tens_and_halves() {
        let mut weight = Weight::new(1.0);
        let mut seen = Vec::new();
        for search in 1..8 {
            seen.push(weight.c);
            weight.found = weight.c >= 60.0;
            weight.next(search, 8);
        }
        assert_eq!(seen, [1.0, 10.0, 100.0, 55.0, 77.5, 66.25, 60.625]);
        let mut weight = Weight::new(4.0);
        weight.found = true;
        weight.next(9, 10);
        assert_eq!(weight.c, 4.0, "the last of ten repeats the upper end");
    }

    #[test]
    fn a_walk_ends_where_a_tenth_gains_nothing() {
        let mut tenth = Tenth::FIRST;
        let ends: Vec<bool> =
            [(0, 9.0), (5, 99.0), (10, 8.0), (20, 7.9999)].map(|(s, l)| tenth.ends(s, 100, l)).into();
        assert_eq!(ends, [false, false, false, true]);
    }
}
