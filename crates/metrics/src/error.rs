//! What can be wrong with numbers that came from outside.

use std::fmt;

/// Why a metric could not be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricsError {
    /// A decomposition was asked for without a single row or with rows of no elements.
    Empty,
    /// The slice is not a whole number of rows.
    Ragged {
        /// Elements in the slice.
        len: usize,
        /// Elements a row should have.
        dim: usize,
    },
    /// More components were asked for than there are dimensions, or none.
    Components {
        /// Components asked for.
        k: usize,
        /// Elements of a row.
        dim: usize,
    },
    /// An element is NaN or infinite.
    NotFinite {
        /// The first row that holds one.
        row: usize,
    },
    /// No algorithm found a decomposition that holds to working precision.
    NoConvergence,
    /// Directions that were to span a subspace do not.
    Dependent {
        /// Which span.
        span: &'static str,
        /// Directions given.
        given: usize,
        /// Of them linearly independent.
        independent: usize,
    },
}

impl fmt::Display for MetricsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "no rows to fit: pass at least one row of at least one element"),
            Self::Ragged { len, dim } => {
                write!(f, "{len} elements are not a whole number of rows of {dim}: pass a multiple of {dim}")
            }
            Self::Components { k, dim } => {
                write!(f, "{k} components of {dim}-dimensional rows: ask for 1 to {dim}")
            }
            Self::NotFinite { row } => write!(f, "row {row} holds a NaN or an infinity: remove or repair it"),
            Self::NoConvergence => {
                write!(f, "no decomposition holds to working precision: rescale or repair the rows")
            }
            Self::Dependent { span, given, independent } => write!(
                f,
                "only {independent} of the {given} directions of the {span} span are independent: leave out the others"
            ),
        }
    }
}

impl std::error::Error for MetricsError {}
