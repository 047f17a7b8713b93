//! Class indices, checked before they reach a loss.

use crate::LossError;

/// Checks that every target is a class: `0 <= target < classes`. Call it once where labels enter; the losses
/// themselves panic on a wrong index.
///
/// # Errors
/// [`LossError::ClassOutOfRange`] names the first row that is wrong.
///
/// ```
/// use sparring_losses::check_targets;
/// assert!(check_targets(&[0, 9], 10).is_ok());
/// assert!(check_targets(&[0, 10], 10).unwrap_err().to_string().contains("row 1 is class 10"));
/// ```
pub fn check_targets(targets: &[usize], classes: usize) -> Result<(), LossError> {
    match targets.iter().position(|&t| t >= classes) {
        Some(row) => Err(LossError::ClassOutOfRange { row, class: targets[row], classes }),
        None => Ok(()),
    }
}

/// The panic of all losses on many rows.
#[track_caller]
#[inline]
pub(crate) fn assert_rows(loss: &str, z: usize, cols: usize, rows: usize, dz: usize) {
    assert!(
        z == rows * cols && dz == z,
        "{loss}: {rows} rows of {cols} values, but {z} values and {dz} gradients are given"
    );
}

/// The panic of the class losses: a shape bug of the caller.
#[track_caller]
#[inline]
pub(crate) fn assert_class(loss: &str, class: usize, classes: usize) {
    assert!(class < classes, "{loss}: class {class} is out of range, the row has {classes} logits");
}

/// The panic of all losses: a shape bug of the caller.
#[track_caller]
#[inline]
pub(crate) fn assert_length(loss: &str, row: usize, what: &str, length: usize) {
    assert!(row == length, "{loss}: the row has {row} values, {what} has {length}");
}
