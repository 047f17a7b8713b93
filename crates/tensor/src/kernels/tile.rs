//! The one micro-kernel: an MR × (NV vectors) tile of the output held in registers over several segments of K.

use super::bits::WORD;
use super::lanes::Lanes;

/// What a tile reads and writes. Element `(i, p)` of A in segment `s` lies at `a + s·a_seg + i·rs + p·cs`; B is contiguous over
/// segments, rows `ldb` apart; the chain of row `i` begins with `start + i·start_ld` (null: with zeros).
pub struct Tile<E> {
    pub a: *const E,
    pub rs: usize,
    pub cs: usize,
    pub a_seg: usize,
    pub segs: usize,
    pub k: usize,
    pub b: *const E,
    pub ldb: usize,
    pub start: *const E,
    pub start_ld: usize,
    pub c: *mut E,
    pub ldc: usize,
    /// Columns of C that exist: more than NV − 1 vectors, at most NV.
    pub cols: usize,
}

/// Steps more bytes apart than this are not followed by the hardware prefetcher: the tile prefetches their lines itself.
const FAR: usize = 256;
/// Steps of K from the prefetch of a line to its use.
const A_AHEAD: usize = 16;
const B_AHEAD: usize = 8;

/// A tile kernel of fixed size.
pub type TileFn<E> = unsafe fn(&Tile<E>);
/// As [`TileFn`] for a single segment, over the steps whose bits are set.
pub type ChosenFn<E> = unsafe fn(&Tile<E>, &[u64]);

/// C[i, j] = start[i, j] + Σ over segments and p, in order, of A[i, p] · B[p, j].
///
/// # Safety
/// The CPU has the register's instructions; A is readable for `MR` rows, B for `segs · k` rows of `NV · N` numbers (neither if that is 0); `start` and C
/// hold `MR` rows of `cols` numbers and C is not written by anyone else meanwhile.
#[inline(always)]
pub(super) unsafe fn tile<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>) {
    // SAFETY: all addresses stay inside what the caller vouches for: rows < MR, columns < cols, p < k, s < segs.
    unsafe {
        let mut acc = begin::<V, MR, NV>(t);
        let rows = row_offsets::<V::E, MR>(t.rs);
        if t.k > A_AHEAD && t.cs.max(t.ldb).wrapping_mul(size_of::<V::E>()) > FAR {
            steps::<V, MR, NV, true>(t, &rows, &mut acc);
        } else {
            steps::<V, MR, NV, false>(t, &rows, &mut acc);
        }
        end(t, acc);
    }
}

/// As [`tile`], with the steps only whose bits are set.
///
/// # Safety
/// As [`tile`], for one segment; every such step is less than K.
#[inline(always)]
pub(super) unsafe fn chosen<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>, words: &[u64]) {
    // SAFETY: as in `tile`.
    unsafe {
        let mut acc = begin::<V, MR, NV>(t);
        let rows = row_offsets::<V::E, MR>(t.rs);
        for (w, &word) in words.iter().enumerate() {
            let mut left = word;
            while left != 0 {
                let p = w * WORD + left.trailing_zeros() as usize;
                left &= left - 1;
                step::<V, MR, NV>(t.a.add(p * t.cs), t.b.add(p * t.ldb), &rows, &mut acc);
            }
        }
        end(t, acc);
    }
}

/// The sums at their start.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn begin<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>) -> [[V; NV]; MR] {
    let last = t.cols - (NV - 1) * V::N;
    let whole = last == V::N;
    // SAFETY: as in `tile`.
    unsafe {
        let mut acc = [[V::zero(); NV]; MR];
        if !t.start.is_null() {
            for i in 0..MR {
                let row = t.start.add(i * t.start_ld);
                for j in 0..NV {
                    let p = row.add(j * V::N);
                    acc[i][j] = if whole || j + 1 < NV { V::load(p) } else { V::load_part(p, last) };
                }
            }
        }
        acc
    }
}

/// Writes the sums.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn end<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>, acc: [[V; NV]; MR]) {
    let last = t.cols - (NV - 1) * V::N;
    let whole = last == V::N;
    // SAFETY: as in `tile`.
    unsafe {
        for i in 0..MR {
            let row = t.c.add(i * t.ldc);
            for j in 0..NV {
                let p = row.add(j * V::N);
                if whole || j + 1 < NV { acc[i][j].store(p) } else { acc[i][j].store_part(p, last) }
            }
        }
    }
}

/// The multiply-adds of one step whose numbers lie at `a` and `b`.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn step<V: Lanes, const MR: usize, const NV: usize>(
    a: *const V::E,
    b: *const V::E,
    rows: &[usize; MR],
    acc: &mut [[V; NV]; MR],
) {
    // SAFETY: as in `tile`.
    unsafe {
        let mut bv = [V::zero(); NV];
        for j in 0..NV {
            bv[j] = V::load(b.add(j * V::N));
        }
        for i in 0..MR {
            let x = V::splat(if i == 0 {
                a
            } else {
                a.byte_add(rows[i >> i.trailing_zeros()] << i.trailing_zeros())
            });
            for j in 0..NV {
                acc[i][j] = x.mul_add(bv[j], acc[i][j]);
            }
        }
    }
}

/// The multiply-adds of all segments; `ASK`: with prefetches of lines of A and B ahead.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn steps<V: Lanes, const MR: usize, const NV: usize, const ASK: bool>(
    t: &Tile<V::E>,
    rows: &[usize; MR],
    acc: &mut [[V; NV]; MR],
) {
    let mut b = t.b;
    for s in 0..t.segs {
        // SAFETY: as in `tile`.
        unsafe {
            let mut a = t.a.add(s * t.a_seg);
            for _ in 0..t.k {
                if ASK {
                    for j in 0..NV {
                        V::ask(b.wrapping_add(B_AHEAD * t.ldb + j * V::N));
                    }
                    // Rows next to each other fill a line and a bit.
                    V::ask(a.wrapping_add(A_AHEAD * t.cs));
                    V::ask(a.wrapping_add(A_AHEAD * t.cs + MR - 1));
                }
                step::<V, MR, NV>(a, b, rows, acc);
                a = a.wrapping_add(t.cs);
                b = b.wrapping_add(t.ldb);
            }
        }
    }
}

/// Offsets in bytes of the odd rows. Every other row is an odd one times 2, 4 or 8, which an address can encode; otherwise the
/// compiler adds the stride once a row, and no load of that dependency chain runs ahead of the multiply-adds.
#[inline(always)]
unsafe fn row_offsets<E, const MR: usize>(rs: usize) -> [usize; MR] {
    let mut rows = [0; MR];
    for i in (1..MR).step_by(2) {
        // Without a step of K the stride may be anything.
        rows[i] = i.wrapping_mul(rs).wrapping_mul(size_of::<E>());
        // SAFETY: emits no instruction; it hides the value from the optimiser.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            std::arch::asm!("/* {0} */", inout(reg) rows[i], options(pure, nomem, nostack, preserves_flags));
        }
    }
    rows
}

/// The table of tile kernels of one instruction set: `[rows − 1][vectors − 1]`.
macro_rules! tile_table {
    ($f:ident, $v:ty, $($m:literal)*) => { &[$([$f::<$v, $m, 1>, $f::<$v, $m, 2>]),*] };
}
pub(super) use tile_table;
