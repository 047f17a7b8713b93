//! The table of kernels of an instruction set, with safe methods that check every length.

use super::bits;
use super::operands::{ChainStart, Patch};
use super::tile::{ChosenFn, Tile, TileFn};
use crate::extent::inside;

/// The kernels of one instruction set for one scalar type.
#[derive(Debug)]
pub struct KernelTable<E: 'static> {
    pub(super) lanes: usize,
    pub(super) tiles: &'static [[TileFn<E>; 2]],
    /// Tiles over some steps, of this many rows.
    pub(super) chosen: [ChosenFn<E>; 2],
    pub(super) chosen_rows: usize,
    pub(super) bits: unsafe fn(*const E, usize, *mut u64),
    pub(super) transpose: unsafe fn(*const E, usize, usize, usize, *mut E, usize),
    pub(super) copy: unsafe fn(*const E, usize, usize, usize, *mut E, usize),
}

impl<E: Copy> KernelTable<E> {
    /// Most rows of a tile.
    pub fn max_rows(&self) -> usize {
        self.tiles.len()
    }
    /// Columns of a panel.
    pub fn panel(&self) -> usize {
        2 * self.lanes
    }
    /// Numbers in a vector register.
    pub fn lanes(&self) -> usize {
        self.lanes
    }
    /// Cuts `rows` into the fewest tiles, of almost equal height: `(first row, rows)`.
    pub fn cut(&self, rows: usize) -> impl Iterator<Item = (usize, usize)> + Clone + use<E> {
        let count = rows.div_ceil(self.max_rows());
        // One division for all tiles: it takes as long as several steps of K.
        let (least, larger) = (rows / count.max(1), rows % count.max(1));
        (0..count).map(move |t| (t * least + t.min(larger), least + usize::from(t < larger)))
    }
    /// The kernel for a tile of `rows` × `cols`.
    pub(super) fn kernel(&self, rows: usize, cols: usize) -> TileFn<E> {
        self.tiles[rows - 1][usize::from(cols > self.lanes)]
    }
    /// Numbers in the whole vectors that hold `cols` ≤ [`panel`](Self::panel) columns.
    fn vectors(&self, cols: usize) -> usize {
        if cols > self.lanes { 2 * self.lanes } else { self.lanes }
    }

    /// `rows` × `cols` of C (rows `ldc` apart) = `start` + A · B, where B holds rows of whole vectors, `ldb` apart.
    ///
    /// # Panics
    /// If an operand is too short.
    // Inlined, so that the operands are passed in registers: through memory they would wait for the stores of the last tile.
    #[inline(always)]
    #[track_caller]
    pub fn tile(
        &self,
        rows: usize,
        cols: usize,
        a: Patch<'_, E>,
        b: &[E],
        ldb: usize,
        start: ChainStart<'_, E>,
        c: &mut [E],
        ldc: usize,
    ) {
        assert!((1..=self.max_rows()).contains(&rows), "tile: {rows} rows of at most {}", self.max_rows());
        // Where this saturates, either B has rows with stride 0, or the check of B fails.
        let depth = a.segments.saturating_mul(a.k);
        inside("tile: A", [(a.segments, a.segment), (rows, a.row), (a.k, a.step)], a.data.len());
        let t = self.bounded(rows, cols, depth, a, b, ldb, start, c, ldc);
        // SAFETY: the table was chosen for a CPU that supports it; A was checked here, everything else in `bounded`; C is borrowed mutably.
        unsafe { self.kernel(rows, cols)(&t) }
    }

    /// A bit for each number that is not zero, in whole words.
    ///
    /// # Panics
    /// Unless there are as many words as it takes.
    #[track_caller]
    pub fn bits(&self, x: &[E], to: &mut [u64]) {
        assert_eq!(to.len(), x.len().div_ceil(bits::WORD), "bits: {} numbers", x.len());
        // SAFETY: the assertion bounds every address; the table was chosen for a CPU that supports it.
        unsafe { (self.bits)(x.as_ptr(), x.len(), to.as_mut_ptr()) }
    }
    /// Rows of a [`chosen_tile`](Self::chosen_tile).
    pub fn chosen_rows(&self) -> usize {
        self.chosen_rows
    }
    /// As [`tile`](Self::tile) for one segment and [`chosen_rows`](Self::chosen_rows) rows: with the steps of K only whose bits are set.
    ///
    /// # Panics
    /// If an operand is too short.
    #[inline(always)]
    #[track_caller]
    pub fn chosen_tile(
        &self,
        cols: usize,
        a: Patch<'_, E>,
        steps: &[u64],
        b: &[E],
        ldb: usize,
        start: ChainStart<'_, E>,
        c: &mut [E],
        ldc: usize,
    ) {
        let (rows, reach) = (self.chosen_rows, bits::reach(steps));
        assert!(a.segments == 1, "chosen tile: {} segments", a.segments);
        inside("chosen tile: A", [(rows, a.row), (reach, a.step)], a.data.len());
        let t = self.bounded(rows, cols, reach, a, b, ldb, start, c, ldc);
        // SAFETY: as in `tile`; no step is beyond the last one, which was checked.
        unsafe { self.chosen[usize::from(cols > self.lanes)](&t, steps) }
    }
    /// The arguments of a kernel, with B, C and the start checked. With K = 0 strides of A and B may be anything: the kernel reads neither.
    #[inline(always)]
    #[track_caller]
    fn bounded(
        &self,
        rows: usize,
        cols: usize,
        depth: usize,
        a: Patch<'_, E>,
        b: &[E],
        ldb: usize,
        start: ChainStart<'_, E>,
        c: &mut [E],
        ldc: usize,
    ) -> Tile<E> {
        assert!((1..=self.panel()).contains(&cols), "tile: {cols} columns");
        inside("tile: B", [(depth, ldb), (self.vectors(cols), 1)], b.len());
        inside("tile: C", [(rows, ldc), (cols, 1)], c.len());
        assert!(ldc >= cols, "tile: rows of {cols} numbers overlap at a stride of {ldc}");
        let out = c.as_mut_ptr();
        let (start, start_ld) = match start {
            ChainStart::Zero => (std::ptr::null(), 0),
            ChainStart::Row(row) => {
                assert!(row.len() >= cols, "tile: {} numbers to start {cols} columns", row.len());
                (row.as_ptr(), 0)
            }
            ChainStart::Out => (out.cast_const(), ldc),
        };
        let (rs, cs, a_seg, k) = (a.row, a.step, a.segment, a.k);
        let segs = if k > 0 { a.segments } else { 0 };
        let (a, b) = (a.data.as_ptr(), b.as_ptr());
        Tile { a, rs, cs, a_seg, segs, k, b, ldb, start, start_ld, c: out, ldc, cols }
    }

    /// dst[c, r] = src[r, c] for `rows` × `cols` numbers, rows `src_ld` and `dst_ld` apart.
    ///
    /// # Panics
    /// If a slice is too short.
    #[track_caller]
    pub fn transpose(
        &self,
        src: &[E],
        src_ld: usize,
        rows: usize,
        cols: usize,
        dst: &mut [E],
        dst_ld: usize,
    ) {
        if rows == 0 || cols == 0 {
            return;
        }
        inside("transpose: source", [(rows, src_ld), (cols, 1)], src.len());
        inside("transpose: target", [(cols, dst_ld), (rows, 1)], dst.len());
        assert!(dst_ld >= rows, "transpose: rows of {rows} numbers overlap at a stride of {dst_ld}");
        // SAFETY: the checks above bound every address; the table was chosen for a CPU that supports it.
        unsafe { (self.transpose)(src.as_ptr(), src_ld, rows, cols, dst.as_mut_ptr(), dst_ld) }
    }
}
