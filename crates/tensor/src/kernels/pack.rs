//! Packing: operands of a matmul copied into the order in which a tile reads them.

use super::lanes::Lanes;
use super::table::KernelTable;
use crate::Elem;

/// `rows` × `cols` numbers at `from`, element `(i, j)` at `i·rs + j·cs`, to `to` with rows `ld` apart. The rest of a row after the columns up to
/// the next whole vector is undefined, except for `padded`: zeros.
///
/// # Safety
/// Every element named is readable; `rows` rows of `cols` numbers, rounded up to whole vectors, are writable and `ld` is not less.
pub(super) unsafe fn rows<E: Elem>(
    table: &KernelTable<E>,
    from: *const E,
    [rs, cs]: [usize; 2],
    rows: usize,
    cols: usize,
    to: *mut E,
    ld: usize,
    padded: bool,
) {
    // SAFETY: i < rows, j < width throughout, and j < cols where `from` is read.
    unsafe {
        if cs == 1 {
            return (table.copy)(from, rs, rows, cols, to, ld);
        }
        if rs == 1 {
            (table.transpose)(from, cs, cols, rows, to, ld);
        } else {
            for i in 0..rows {
                for j in 0..cols {
                    *to.add(i * ld + j) = *from.add(i * rs + j * cs);
                }
            }
        }
        let width = if padded { cols.next_multiple_of(table.lanes()) } else { cols };
        for i in 0..rows {
            for j in cols..width {
                *to.add(i * ld + j) = E::ZERO;
            }
        }
    }
}

/// `rows` × `cols` numbers, rows `src_ld` and `dst_ld` apart; each row is filled up to whole vectors with zeros.
///
/// # Safety
/// The source is readable; `rows` rows of `cols` numbers, rounded up to whole vectors, are writable.
#[inline(always)]
pub(super) unsafe fn copy<V: Lanes>(
    src: *const V::E,
    src_ld: usize,
    rows: usize,
    cols: usize,
    dst: *mut V::E,
    dst_ld: usize,
) {
    let (whole, rest) = (cols / V::N * V::N, cols % V::N);
    // SAFETY: row < rows; vectors inside the columns are whole, the last one is cut to those that exist.
    unsafe {
        for i in 0..rows {
            let (from, to) = (src.add(i * src_ld), dst.add(i * dst_ld));
            // Most often two vectors, a panel of B, or less than one, a tile of A.
            if whole == 2 * V::N {
                let (a, b) = (V::load(from), V::load(from.add(V::N)));
                a.store(to);
                b.store(to.add(V::N));
            } else {
                for j in (0..whole).step_by(V::N) {
                    V::load(from.add(j)).store(to.add(j));
                }
            }
            if rest > 0 {
                V::load_part(from.add(whole), rest).store(to.add(whole));
            }
        }
    }
}
