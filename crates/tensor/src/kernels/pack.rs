//! Operands of a product copied into the order in which a tile reads them.

use super::door::Door;

/// `rows` × `cols` numbers at `from`, element `(i, j)` at `i·rs + j·cs`, to `to` with rows `ld` apart (`ld` ≥ `cols`); the columns from
/// `cols` to `width` become `zero`.
///
/// # Safety
/// Every element named is readable, `rows` rows of `width` numbers are writable.
pub(super) unsafe fn rows<E: Copy>(
    door: &Door<E>,
    from: *const E,
    rs: usize,
    cs: usize,
    rows: usize,
    cols: usize,
    to: *mut E,
    ld: usize,
    width: usize,
    zero: E,
) {
    // SAFETY: i < rows, j < width throughout, and j < cols where `from` is read.
    unsafe {
        if cs == 1 {
            for i in 0..rows {
                std::ptr::copy_nonoverlapping(from.add(i * rs), to.add(i * ld), cols);
            }
        } else if rs == 1 {
            (door.transpose)(from, cs, cols, rows, to, ld);
        } else {
            for i in 0..rows {
                for j in 0..cols {
                    *to.add(i * ld + j) = *from.add(i * rs + j * cs);
                }
            }
        }
        for i in 0..rows {
            for j in cols..width {
                *to.add(i * ld + j) = zero;
            }
        }
    }
}
