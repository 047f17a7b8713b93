//! Which rows of stored examples are in view.

use std::ops::Range;
use std::sync::Arc;

/// Places of rows.
#[derive(Clone, Debug)]
pub(crate) enum Rows {
    /// Neighbours.
    Range(Range<usize>),
    /// In this order.
    Picked(Arc<[usize]>),
}

impl Rows {
    /// How many.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Range(r) => r.len(),
            Self::Picked(p) => p.len(),
        }
    }
    /// Where row `i` of the view is, i below the number of rows.
    pub(crate) fn at(&self, i: usize) -> usize {
        match self {
            Self::Range(r) => r.start + i,
            Self::Picked(p) => p[i],
        }
    }
    /// Some of the rows of the view.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        match self {
            Self::Range(r) => Self::Range(r.start + range.start..r.start + range.end),
            Self::Picked(p) => Self::Picked(p[range].into()),
        }
    }
}
