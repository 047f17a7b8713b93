//! What every metric asks of rows of numbers before it reads them.

use crate::MetricsError;

/// Number of rows of `rows` [n, dim], all of them finite.
///
/// # Errors
/// No rows, a broken last row, a NaN or infinity.
pub(crate) fn count(rows: &[f32], dim: usize) -> Result<usize, MetricsError> {
    if rows.is_empty() || dim == 0 {
        return Err(MetricsError::Empty);
    }
    if !rows.len().is_multiple_of(dim) {
        return Err(MetricsError::Ragged { len: rows.len(), dim });
    }
    match rows.iter().position(|x| !x.is_finite()) {
        Some(at) => Err(MetricsError::NotFinite { row: at / dim }),
        None => Ok(rows.len() / dim),
    }
}

/// [`count`], which must be at least `least`; `what` names the rows in the error.
///
/// # Errors
/// As [`count`], or fewer rows.
pub(crate) fn at_least(
    what: &'static str,
    rows: &[f32],
    dim: usize,
    least: usize,
) -> Result<usize, MetricsError> {
    let n = count(rows, dim)?;
    if n < least { Err(MetricsError::TooFew { what, rows: n, least }) } else { Ok(n) }
}

/// That there is a label below `classes` for each of `rows` rows.
///
/// # Errors
/// Another number of labels, no class, or a label that is none.
pub(crate) fn check_labels(labels: &[usize], rows: usize, classes: usize) -> Result<(), MetricsError> {
    if classes == 0 {
        return Err(MetricsError::Empty);
    }
    if labels.len() != rows {
        return Err(MetricsError::Length { what: "labels", given: labels.len(), expected: rows });
    }
    match labels.iter().position(|&l| l >= classes) {
        Some(example) => Err(MetricsError::Label { example, label: labels[example], classes }),
        None => Ok(()),
    }
}
