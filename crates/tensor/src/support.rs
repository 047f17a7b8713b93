//! Sparsity of a matrix in groups of rows and columns, and matmuls that skip its zeros: most pixels of a drawing are black, and many in all of them.

mod products;

use crate::kernels::bits::{WORD, bytes_set, transpose};
use crate::{Elem, Mat};
use sparring_math::simd;

/// Rows or columns of a group.
const GROUP: usize = 8;

/// Which numbers of a matrix are not zero, in groups of 8 rows and of 8 columns.
///
/// A matmul that skips the zeros has the bits of the dense one, apart from the sign of a zero; infinite and NaN factors of a skipped zero are ignored.
#[derive(Debug, Default)]
pub struct Support {
    /// For each group of 8 rows: the columns in which one of them is not zero.
    by_rows: Vec<u64>,
    /// For each group of 8 columns: the rows in which one of them is not zero, in words of 64 rows, all columns of a word next to each other.
    by_columns: Vec<u64>,
    row: Vec<u64>,
    extents: [usize; 2],
    pays: bool,
}

impl Support {
    /// Scans another matrix; only contiguous rows that do not overlap ever [pay](Self::pays).
    pub fn find<E: Elem>(&mut self, x: Mat<'_, E>) {
        let (rows, cols, [stride, step]) = (x.rows(), x.cols(), x.strides());
        self.extents = [rows, cols];
        self.pays = false;
        if step != 1 || stride < cols || rows < GROUP || cols < GROUP {
            return;
        }
        let (table, wide) = (E::table(simd::isa()), cols.div_ceil(WORD));
        // Words of the groups of columns.
        let groups = wide.div_ceil(GROUP);
        self.by_rows.clear();
        self.by_rows.resize(rows.div_ceil(GROUP) * wide, 0);
        self.by_columns.clear();
        self.by_columns.resize(rows.div_ceil(WORD) * groups * WORD, 0);
        self.row.resize(wide, 0);
        for (i, x) in x.data().chunks(stride).take(rows).enumerate() {
            table.bits(&x[..cols], &mut self.row);
            let any = &mut self.by_rows[i / GROUP * wide..][..wide];
            any.iter_mut().zip(&self.row).for_each(|(any, w)| *any |= w);
            for (g, words) in self.row.chunks(GROUP).enumerate() {
                let set = words.iter().rev().fold(0, |set, &w| set << GROUP | bytes_set(w));
                self.by_columns[(i / WORD * groups + g) * WORD + i % WORD] = set;
            }
        }
        let set: usize = self.by_columns.iter().map(|w| w.count_ones() as usize).sum();
        // The sparse kernels use smaller tiles: skipping must gain more than that costs.
        self.pays = 4 * set < 3 * rows * cols / GROUP;
        if self.pays {
            self.by_columns.as_chunks_mut().0.iter_mut().for_each(transpose);
        }
    }
    /// # Panics
    /// If the scanned matrix had other extents than `x`, or skipping does not pay.
    #[track_caller]
    fn check_scanned<E: Elem>(&self, x: Mat<'_, E>) {
        assert!(
            self.pays && self.extents == [x.rows(), x.cols()] && x.strides()[1] == 1,
            "Support: of another matrix ({:?}, pays: {}) than [{}, {}] with strides {:?}",
            self.extents,
            self.pays,
            x.rows(),
            x.cols(),
            x.strides()
        );
    }
    /// Whether enough elements are zero for skipping to pay.
    pub fn pays(&self) -> bool {
        self.pays
    }
}
