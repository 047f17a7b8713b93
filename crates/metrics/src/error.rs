//! What can be wrong with numbers that came from outside.

use std::fmt;

/// Why a metric could not be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricsError {
    /// Not a single row, or rows of no elements.
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
    /// Outputs and labels are not of the same examples.
    Sizes {
        /// Outputs given.
        len: usize,
        /// Labels given.
        examples: usize,
        /// Outputs of an example.
        classes: usize,
    },
    /// A label is no class.
    Label {
        /// The first example with such a label.
        example: usize,
        /// Its label.
        label: usize,
        /// Number of classes.
        classes: usize,
    },
    /// Probabilities of an example are negative or do not sum to 1.
    NoDistribution {
        /// The first such example.
        example: usize,
    },
    /// Fewer rows than the figure needs.
    TooFew {
        /// Which rows.
        what: &'static str,
        /// Rows given.
        rows: usize,
        /// Rows needed.
        least: usize,
    },
    /// A slice has another length than it should.
    Length {
        /// Which slice.
        what: &'static str,
        /// Its length.
        given: usize,
        /// The length it should have.
        expected: usize,
    },
    /// A setting or a value outside its range.
    Range {
        /// Which one.
        what: &'static str,
        /// What it must be.
        must: &'static str,
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
            Self::Empty => write!(f, "no rows: pass at least one row of at least one element"),
            Self::Ragged { len, dim } => {
                write!(f, "{len} elements are not a whole number of rows of {dim}: pass a multiple of {dim}")
            }
            Self::Components { k, dim } => {
                write!(f, "{k} components of {dim}-dimensional rows: ask for 1 to {dim}")
            }
            Self::NotFinite { row } => write!(f, "row {row} holds a NaN or an infinity: remove or repair it"),
            Self::Sizes { len, examples, classes } => {
                write!(
                    f,
                    "{len} outputs for {examples} labels of {classes} classes: pass {classes} outputs a label"
                )
            }
            Self::Label { example, label, classes } => {
                write!(f, "example {example} has label {label}: classes are 0 to {}", classes - 1)
            }
            Self::NoDistribution { example } => write!(
                f,
                "the probabilities of example {example} are negative or do not sum to 1: pass logits as logits"
            ),
            Self::TooFew { what, rows, least } => {
                write!(f, "{what}: {rows} rows are too few, pass at least {least}")
            }
            Self::Length { what, given, expected } => {
                write!(f, "{what}: {given} numbers, pass {expected}")
            }
            Self::Range { what, must } => write!(f, "{what} must be {must}"),
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
