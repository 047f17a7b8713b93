//! A view of some examples, and the box they live in.

use crate::OracleError;

/// The box of valid inputs, `lo ≤ x ≤ hi` for every element (pixels: 0 to 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    lo: f32,
    hi: f32,
}

impl Bounds {
    /// Pixels in [0, 1].
    pub const UNIT: Self = Self { lo: 0.0, hi: 1.0 };

    /// # Errors
    /// [`OracleError::Bounds`] unless `lo < hi` and both are finite.
    pub fn new(lo: f32, hi: f32) -> Result<Self, OracleError> {
        if lo < hi && lo.is_finite() && hi.is_finite() {
            Ok(Self { lo, hi })
        } else {
            Err(OracleError::Bounds { lo, hi })
        }
    }
    /// Lower end.
    pub fn lo(self) -> f32 {
        self.lo
    }
    /// Upper end.
    pub fn hi(self) -> f32 {
        self.hi
    }
    /// `x` moved to the nearest point of the box; NaN stays NaN.
    pub fn clip(self, x: f32) -> f32 {
        // Two selects: this runs over every pixel of every attack step, and so it vectorises.
        let below = if x > self.hi { self.hi } else { x };
        if below < self.lo { self.lo } else { below }
    }
}

/// Some examples: `n` rows of `c·h·w` numbers (vectors are `[1, 1, dim]`), and each one's index in its data set.
///
/// All randomness of an attack is keyed by these ids, so an example keeps its numbers however the batch is cut.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    data: &'a [f32],
    shape: [usize; 3],
    ids: &'a [u64],
    query: u64,
}

impl<'a> Batch<'a> {
    /// # Errors
    /// [`OracleError::Shape`] unless `data.len() == ids.len() · c · h · w` and `c · h · w > 0`.
    pub fn new(data: &'a [f32], shape: [usize; 3], ids: &'a [u64]) -> Result<Self, OracleError> {
        let dim = shape.iter().try_fold(1usize, |a, &b| a.checked_mul(b));
        match dim.and_then(|d| d.checked_mul(ids.len()).map(|n| (d, n))) {
            Some((d, n)) if d > 0 && n == data.len() => Ok(Self { data, shape, ids, query: 0 }),
            _ => Err(OracleError::Shape(format!(
                "{} numbers for {} examples of {shape:?} (channels, height, width)",
                data.len(),
                ids.len()
            ))),
        }
    }
    /// The same examples with other numbers: their ids and the query stay.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_data<'b>(&self, data: &'b [f32]) -> Result<Batch<'b>, OracleError>
    where
        'a: 'b,
    {
        Ok(Batch::new(data, self.shape, self.ids)?.with_query(self.query))
    }
    /// The same as another query: a randomised model draws anew for each, from its own key, the query and an example's id alone.
    #[must_use]
    pub fn with_query(self, query: u64) -> Self {
        Self { query, ..self }
    }
    /// The number of the query, as the attack counts them: the same for an example however the batch is cut. 0 unless it was set; models without randomness ignore it.
    pub fn query(&self) -> u64 {
        self.query
    }
    /// All numbers, example after example.
    pub fn data(&self) -> &'a [f32] {
        self.data
    }
    /// `[channels, height, width]` of one example.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }
    /// Each example's index in its data set.
    pub fn ids(&self) -> &'a [u64] {
        self.ids
    }
    /// Number of examples.
    pub fn len(&self) -> usize {
        self.ids.len()
    }
    /// No example at all.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
    /// Numbers in one example.
    pub fn dim(&self) -> usize {
        self.shape.iter().product()
    }
    /// Example `i`.
    ///
    /// # Panics
    /// If `i >= len()`.
    pub fn row(&self, i: usize) -> &'a [f32] {
        &self.data[i * self.dim()..(i + 1) * self.dim()]
    }
    /// Examples `range`, without copying.
    ///
    /// # Panics
    /// If the range leaves the batch.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Self {
        let d = self.dim();
        Self { data: &self.data[range.start * d..range.end * d], ids: &self.ids[range], ..*self }
    }
}
