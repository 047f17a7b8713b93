//! Two lines that enclose a function.

/// The line slope · x + intercept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearBound {
    /// Rise per unit.
    pub slope: f64,
    /// Value at 0.
    pub intercept: f64,
}

impl LinearBound {
    /// The value at x; of a horizontal line at ±∞, too.
    pub fn at(&self, x: f64) -> f64 {
        if self.slope == 0.0 { self.intercept } else { self.slope * x + self.intercept }
    }
}

/// A line below and one above a function on an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearBounds {
    /// Nowhere above the function.
    pub lower: LinearBound,
    /// Nowhere below the function.
    pub upper: LinearBound,
}
