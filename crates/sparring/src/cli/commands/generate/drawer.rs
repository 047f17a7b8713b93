//! A model of any kind as what draws samples.

use crate::cli::Outcome;
use sparring::seed::Key;

/// Rows of pixels, one for each id.
pub(super) type Draw = Box<dyn Fn(Key, &[u64]) -> Outcome<Vec<f32>>>;

/// A model that draws samples.
pub(super) struct Drawer {
    /// `[channels, height, width]` of a sample.
    pub(super) shape: [usize; 3],
    /// Samples drawn at once at most.
    pub(super) most: usize,
    /// Rows of pixels, one for each id, of which each depends on the key and its id alone.
    pub(super) draw: Draw,
    /// Where its codes come from, in words; of noise nothing is said.
    pub(super) law: Option<String>,
}
