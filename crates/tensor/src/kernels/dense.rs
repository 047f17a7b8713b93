//! Dense matmul of strided views: K in blocks, B in panels, rows in tiles, the output split over threads.

use super::operands::ChainStart;
use super::pack;
use super::scratch::Scratch;
use super::table::KernelTable;
use super::tile::Tile;
use crate::{Elem, Mat, MatMut};
use crate::{par, team};

/// K of a packed block: a panel of B (256 × 32 `f32`) is 32 KB.
const BLOCK_K: usize = 256;
/// Columns of B packed at a time: with `BLOCK_K` half a megabyte of `f32`, inside L2.
const BLOCK_N: usize = 512;
/// Up to this many tiles of rows B is read in place where its rows are contiguous: packing would cost more than it saves.
const IN_PLACE_TILES: usize = 14;
/// The same where its rows lie `FAR` apart.
const IN_PLACE_TILES_FAR: usize = 2;
/// From this many columns on, rows of A are packed, which transposes them.
const PACK_ROWS: usize = 384;
/// From this many columns on, columns of A are packed, which copies them.
const PACK_COLUMNS: usize = 256;
/// The same where they lie `FAR` apart.
const PACK_COLUMNS_FAR: usize = 128;
/// Steps this many bytes apart map to few sets of the first-level cache, and the prefetcher does not follow them.
const FAR: usize = 2048;
/// Tiles of A packed together where packing is a copy: their rows share cache lines and pages.
const STRIP: usize = 8;
/// Steps of K copied at a time into all panels, for the same reason.
const CHUNK: usize = 16;
/// Least number of columns of a task when the columns are split.
const SPLIT_COLUMNS: usize = 32;

/// The work of one thread: raw addresses, already checked.
#[derive(Clone, Copy)]
struct Job<E> {
    m: usize,
    n: usize,
    k: usize,
    a: *const E,
    a_rs: usize,
    a_cs: usize,
    b: *const E,
    b_rs: usize,
    b_cs: usize,
    start: *const E,
    start_ld: usize,
    c: *mut E,
    ldc: usize,
}

/// A job that is sent to another thread.
struct Shared<E>(Job<E>);
// SAFETY: a job only reads A, B and a bias row, and the pieces of one job write disjoint ranges of C.
unsafe impl<E: Sync> Sync for Shared<E> {}

/// out = start + a · b.
///
/// # Panics
/// If the extents do not agree.
#[track_caller]
pub fn strided_matmul<E: Elem>(
    table: &KernelTable<E>,
    a: Mat<'_, E>,
    b: Mat<'_, E>,
    start: ChainStart<'_, E>,
    out: MatMut<'_, E>,
) {
    let (m, n, k) = (a.rows(), b.cols(), a.cols());
    assert!(
        b.rows() == k && out.rows() == m && out.cols() == n,
        "matmul: [{m}, {k}] times [{}, {n}] does not give [{}, {}]",
        b.rows(),
        out.rows(),
        out.cols()
    );
    if m == 0 || n == 0 {
        return;
    }
    // With K = 0 no element of A and B exists, whatever the strides.
    let [[a_rs, a_cs], [b_rs, b_cs]] = if k > 0 { [a.strides(), b.strides()] } else { [[0; 2]; 2] };
    let ldc = out.stride();
    let c = out.into_slice().as_mut_ptr();
    let (from, start_ld) = match start {
        ChainStart::Zero => (std::ptr::null(), 0),
        ChainStart::Row(row) => {
            assert!(row.len() >= n, "matmul: {} numbers to start {n} columns", row.len());
            (row.as_ptr(), 0)
        }
        ChainStart::Out => (c.cast_const(), ldc),
    };
    let (a, b) = (a.data().as_ptr(), b.data().as_ptr());
    let job = Job { m, n, k, a, a_rs, a_cs, b, b_rs, b_cs, start: from, start_ld, c, ldc };
    let (rows, cols) = grid(table, m, n, m.saturating_mul(n).saturating_mul(k));
    if rows * cols == 1 {
        // SAFETY: the views have checked that every element they name exists; C is borrowed mutably.
        return unsafe { run(table, &job) };
    }
    let shared = Shared(job);
    let vectors = n.div_ceil(table.lanes());
    let work = |task: usize| {
        let (r, c) = (task / cols, task % cols);
        // Columns are cut at multiples of a vector, as evenly as possible.
        let cut = |i: usize| (i * vectors / cols * table.lanes()).min(n);
        let ((r0, r1), (c0, c1)) = ((r * m / rows, (r + 1) * m / rows), (cut(c), cut(c + 1)));
        let whole = &shared;
        // SAFETY: tasks are disjoint sub-rectangles of the checked job.
        unsafe { run(table, &part(&whole.0, r0, r1, c0, c1)) }
    };
    team::run(rows * cols, work);
}

/// The grid of tasks, rows by columns, into which the output is cut. It affects speed only, never a bit.
fn grid<E: Elem>(table: &KernelTable<E>, m: usize, n: usize, mul_adds: usize) -> (usize, usize) {
    let threads = par::threads(mul_adds / par::MUL_ADDS_PER_ELEMENT);
    if threads == 1 {
        return (1, 1);
    }
    if n >= SPLIT_COLUMNS * threads && (n >= m || m < threads * table.max_rows()) {
        (1, threads)
    } else {
        (threads.min(m.div_ceil(table.max_rows())), 1)
    }
}

/// Rows `r0..r1` and columns `c0..c1` of a job.
///
/// # Safety
/// The ranges lie inside the job.
unsafe fn part<E>(j: &Job<E>, r0: usize, r1: usize, c0: usize, c1: usize) -> Job<E> {
    // SAFETY: the offsets of existing elements; with K = 0 neither A nor B is read, hence the wrapping arithmetic there.
    let start = if j.start.is_null() { j.start } else { unsafe { j.start.add(r0 * j.start_ld + c0) } };
    Job {
        m: r1 - r0,
        n: c1 - c0,
        a: j.a.wrapping_add(r0 * j.a_rs),
        b: j.b.wrapping_add(c0 * j.b_cs),
        // SAFETY: as above.
        c: unsafe { j.c.add(r0 * j.ldc + c0) },
        start,
        ..Job { ..*j }
    }
}

/// # Safety
/// All elements of A, B and start are readable and C is writable by this thread alone.
unsafe fn run<E: Elem>(table: &KernelTable<E>, j: &Job<E>) {
    let nr = table.panel();
    let few = |tiles: usize| j.m <= tiles * table.max_rows();
    let far = |stride: usize| stride * size_of::<E>() >= FAR;
    let in_place = j.b_cs == 1 && few(if far(j.b_rs) { IN_PLACE_TILES_FAR } else { IN_PLACE_TILES });
    let pack_a = match (j.a_rs, j.a_cs) {
        (_, 1) => j.n >= PACK_ROWS,
        (1, step) => j.n >= if far(step) { PACK_COLUMNS_FAR } else { PACK_COLUMNS },
        _ => true,
    };
    let a_ld = table.max_rows().next_multiple_of(table.lanes());
    let strip = if j.a_rs == 1 { STRIP } else { 1 } * usize::from(pack_a);
    let (kc, nc) = (j.k.min(BLOCK_K), j.n.min(BLOCK_N));
    let mut b_block = Scratch::<E>::stale(kc * if in_place { nr } else { nc.next_multiple_of(nr) });
    let mut a_block = Scratch::<E>::stale(strip * kc * a_ld);
    let (b_pack, a_pack) = (b_block.as_mut_slice().as_mut_ptr(), a_block.as_mut_slice().as_mut_ptr());
    for n0 in (0..j.n).step_by(BLOCK_N) {
        let nc = (j.n - n0).min(BLOCK_N);
        // At least one block, so that an empty K still writes the start.
        for k0 in (0..j.k.max(1)).step_by(BLOCK_K) {
            let kc = (j.k - k0).min(BLOCK_K);
            let b = j.b.wrapping_add(k0 * j.b_rs + n0 * j.b_cs);
            let ready = |cols: usize| in_place && cols.is_multiple_of(table.lanes());
            let chunk_b = if j.b_cs == 1 { CHUNK } else { kc.max(1) };
            for q0 in (0..kc).step_by(chunk_b) {
                for p0 in (0..nc).step_by(nr) {
                    let cols = (nc - p0).min(nr);
                    if ready(cols) {
                        continue;
                    }
                    let to = b_pack.wrapping_add(if in_place { 0 } else { p0 * kc } + q0 * nr);
                    let from = b.wrapping_add(p0 * j.b_cs + q0 * j.b_rs);
                    // SAFETY: the panel lies inside B and the block holds kc rows of nr numbers for it.
                    unsafe {
                        pack::rows(table, from, [j.b_rs, j.b_cs], (kc - q0).min(chunk_b), cols, to, nr, true)
                    }
                }
            }
            let mut ahead = 0;
            for (t, (r0, rows)) in table.cut(j.m).enumerate() {
                let a = j.a.wrapping_add(r0 * j.a_rs + k0 * j.a_cs);
                let (a, rs, cs) = if pack_a {
                    if t == ahead {
                        ahead += strip;
                        let chunk_a = if strip > 1 { CHUNK } else { kc.max(1) };
                        for q0 in (0..kc).step_by(chunk_a) {
                            for (u, (r0, rows)) in table.cut(j.m).enumerate().skip(t).take(strip) {
                                let from = j.a.wrapping_add(r0 * j.a_rs + (k0 + q0) * j.a_cs);
                                let to = a_pack.wrapping_add(((u - t) * kc + q0) * a_ld);
                                let steps = (kc - q0).min(chunk_a);
                                // SAFETY: `rows` rows and `steps` columns of A; the block holds `strip` times kc rows of a_ld numbers.
                                unsafe {
                                    pack::rows(table, from, [j.a_cs, j.a_rs], steps, rows, to, a_ld, false)
                                }
                            }
                        }
                    }
                    (a_pack.wrapping_add((t + strip - ahead) * kc * a_ld).cast_const(), 1, a_ld)
                } else {
                    (a, j.a_rs, j.a_cs)
                };
                for p0 in (0..nc).step_by(nr) {
                    let cols = (nc - p0).min(nr);
                    let (b, ldb) = if ready(cols) {
                        (b.wrapping_add(p0), j.b_rs)
                    } else {
                        (b_pack.wrapping_add(if in_place { 0 } else { p0 * kc }).cast_const(), nr)
                    };
                    let c = j.c.wrapping_add(r0 * j.ldc + n0 + p0);
                    let (start, start_ld) = match k0 {
                        0 if j.start.is_null() => (j.start, 0),
                        0 => (j.start.wrapping_add(r0 * j.start_ld + n0 + p0), j.start_ld),
                        _ => (c.cast_const(), j.ldc),
                    };
                    let t = Tile {
                        a,
                        rs,
                        cs,
                        a_seg: 0,
                        segs: 1,
                        k: kc,
                        b,
                        ldb,
                        start,
                        start_ld,
                        c,
                        ldc: j.ldc,
                        cols,
                    };
                    // SAFETY: the tile lies inside the job, B inside its panel.
                    unsafe { table.kernel(rows, cols)(&t) }
                }
            }
        }
    }
}
