//! The door: which kernels this machine runs, and safe ways through it.

use super::bits;
use super::tile::{ChosenFn, Tile, TileFn};
#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};
use super::{dense::Start, portable};
use sparring_math::simd::Isa;
use std::cell::RefCell;
use std::thread::LocalKey;

/// The kernels of one instruction set for one scalar type.
#[derive(Debug)]
pub struct Door<E: 'static> {
    pub(super) lanes: usize,
    pub(super) tiles: &'static [[TileFn<E>; 2]],
    /// Tiles over some steps, of this many rows.
    pub(super) chosen: [ChosenFn<E>; 2],
    pub(super) chosen_rows: usize,
    pub(super) bits: unsafe fn(*const E, usize, *mut u64),
    pub(super) transpose: unsafe fn(*const E, usize, usize, usize, *mut E, usize),
    pub(super) copy: unsafe fn(*const E, usize, usize, usize, *mut E, usize),
}

/// Scalars that have kernels.
pub trait Kernels: Copy + 'static {
    /// 0.
    const NOUGHT: Self;
    /// This thread's working memory.
    fn scratch() -> &'static LocalKey<RefCell<Vec<Vec<Self>>>>;
    /// The kernels of `isa`, or the next lower ones if this CPU lacks it.
    fn door(isa: Isa) -> &'static Door<Self>;
    /// The numbers, if they are `f32`.
    fn as_f32(x: &[Self]) -> Option<&[f32]>;
    /// The numbers to write, if they are `f32`.
    fn as_f32_mut(x: &mut [Self]) -> Option<&mut [f32]>;
}

macro_rules! kernels {
    ($t:ty, $name:ident, $scratch:ident, |$x:ident| $f32:expr) => {
        thread_local! { static $scratch: RefCell<Vec<Vec<$t>>> = const { RefCell::new(Vec::new()) }; }

        impl Kernels for $t {
            const NOUGHT: Self = 0.0;
            fn as_f32($x: &[Self]) -> Option<&[f32]> {
                $f32
            }
            fn as_f32_mut($x: &mut [Self]) -> Option<&mut [f32]> {
                $f32
            }
            fn scratch() -> &'static LocalKey<RefCell<Vec<Vec<Self>>>> {
                &$scratch
            }
            #[cfg(target_arch = "x86_64")]
            fn door(isa: Isa) -> &'static Door<Self> {
                // Asked of the CPU again, because the safety of everything behind the door rests on it.
                match isa {
                    Isa::Avx512 if Isa::Avx512.supported() => &avx512::$name,
                    Isa::Avx512 | Isa::Avx2 if Isa::Avx2.supported() => &avx2::$name,
                    _ => &portable::$name,
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            fn door(_: Isa) -> &'static Door<Self> {
                &portable::$name
            }
        }
    };
}
kernels!(f32, F32, SCRATCH_F32, |x| Some(x));
kernels!(f64, F64, SCRATCH_F64, |_x| None);

/// The A of a tile, read in place: element `(i, p)` of segment `s` is `data[s·segment + i·row + p·step]`.
#[derive(Clone, Copy)]
pub struct Patch<'a, E> {
    /// The numbers.
    pub data: &'a [E],
    /// From one row of the tile to the next.
    pub row: usize,
    /// From one K to the next.
    pub step: usize,
    /// From one segment to the next.
    pub segment: usize,
    /// Number of segments.
    pub segments: usize,
    /// K in a segment.
    pub k: usize,
}

impl<E: Copy> Door<E> {
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
        // One division for all tiles: it takes as long as some steps of a product.
        let (least, larger) = (rows / count.max(1), rows % count.max(1));
        (0..count).map(move |t| (t * least + t.min(larger), least + usize::from(t < larger)))
    }
    /// The kernel for a tile of `rows` × `cols`.
    pub(super) fn kernel(&self, rows: usize, cols: usize) -> TileFn<E> {
        self.tiles[rows - 1][usize::from(cols > self.lanes)]
    }

    /// `rows` × `cols` of C (rows `ldc` apart) = `start` + A · B, where B holds rows of whole vectors, `ldb` apart.
    ///
    /// # Panics
    /// If an operand is too short.
    // Inlined, so that the operands travel in registers: through memory they would wait until all of the last tile is written.
    #[inline(always)]
    pub fn tile(
        &self,
        rows: usize,
        cols: usize,
        a: Patch<'_, E>,
        b: &[E],
        ldb: usize,
        start: Start<'_, E>,
        c: &mut [E],
        ldc: usize,
    ) {
        assert!((1..=self.panel()).contains(&cols) && rows > 0, "tile: {rows} x {cols}");
        let depth = a.segments * a.k;
        if depth > 0 {
            let end = (a.segments - 1) * a.segment + (rows - 1) * a.row + (a.k - 1) * a.step;
            assert!(end < a.data.len(), "tile: A too short");
            assert!((depth - 1) * ldb + cols.next_multiple_of(self.lanes) <= b.len(), "tile: B too short");
        }
        let t = self.bounded(rows, cols, a, b.as_ptr(), ldb, start, c, ldc);
        // SAFETY: the door was opened for a CPU that has it; the assertions above bound every address; C is borrowed for us.
        unsafe { self.kernel(rows, cols)(&t) }
    }

    /// A bit for each number that is not zero, in whole words.
    ///
    /// # Panics
    /// Unless there are as many words as it takes.
    pub fn bits(&self, x: &[E], to: &mut [u64]) {
        assert_eq!(to.len(), x.len().div_ceil(bits::WORD), "bits: {} numbers", x.len());
        // SAFETY: the assertion bounds every address.
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
    pub fn chosen_tile(
        &self,
        cols: usize,
        a: Patch<'_, E>,
        steps: &[u64],
        b: &[E],
        ldb: usize,
        start: Start<'_, E>,
        c: &mut [E],
        ldc: usize,
    ) {
        let (rows, reach) = (self.chosen_rows, bits::reach(steps));
        assert!((1..=self.panel()).contains(&cols) && a.segments == 1, "chosen tile: {cols} columns");
        if let Some(last) = reach.checked_sub(1) {
            assert!((rows - 1) * a.row + last * a.step < a.data.len(), "chosen tile: A too short");
            assert!(last * ldb + cols.next_multiple_of(self.lanes) <= b.len(), "chosen tile: B too short");
        }
        let (b, kernel) = (b.as_ptr(), self.chosen[usize::from(cols > self.lanes)]);
        let t = self.bounded(rows, cols, a, b, ldb, start, c, ldc);
        // SAFETY: as in `tile`; no step is beyond the last one, which was checked.
        unsafe { kernel(&t, steps) }
    }
    /// What a kernel is told, with C and the start checked.
    #[inline(always)]
    fn bounded(
        &self,
        rows: usize,
        cols: usize,
        a: Patch<'_, E>,
        b: *const E,
        ldb: usize,
        start: Start<'_, E>,
        c: &mut [E],
        ldc: usize,
    ) -> Tile<E> {
        assert!((rows - 1) * ldc + cols <= c.len() && ldc >= cols, "tile: C too short");
        let out = c.as_mut_ptr();
        let (start, start_ld) = match start {
            Start::Zero => (std::ptr::null(), 0),
            Start::Row(row) => {
                assert!(row.len() >= cols, "tile: start too short");
                (row.as_ptr(), 0)
            }
            Start::Out => (out.cast_const(), ldc),
        };
        let (rs, cs, a_seg, segs, k) = (a.row, a.step, a.segment, a.segments, a.k);
        let a = a.data.as_ptr();
        Tile { a, rs, cs, a_seg, segs, k, b, ldb, start, start_ld, c: out, ldc, cols }
    }

    /// dst[c, r] = src[r, c] for `rows` × `cols` numbers, rows `src_ld` and `dst_ld` apart.
    ///
    /// # Panics
    /// If a slice is too short.
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
        assert!((rows - 1) * src_ld + cols <= src.len(), "transpose: source too short");
        assert!((cols - 1) * dst_ld + rows <= dst.len() && dst_ld >= rows, "transpose: target too short");
        // SAFETY: the two assertions bound every address.
        unsafe { (self.transpose)(src.as_ptr(), src_ld, rows, cols, dst.as_mut_ptr(), dst_ld) }
    }
}
