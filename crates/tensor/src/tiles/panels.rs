//! A matrix packed as bf16 tiles: split once, multiplied often.

use super::block::{Begin, multiply};
use super::rows::Rows;
use crate::extent::{allocatable, numbers};
use crate::kernels::Kernels;
use crate::kernels::bf16::{Line, Lines, STEP, TILE, TileSession, Unit, WIDTH, cut_pair, halves_mut};
use crate::{Elem, Mat, MatMut, Panels, Precision, par};
use sparring_math::simd;

/// A matrix of `f32` as the tiles of a [`Precision`] read it, made from [`Panels`]. Its rows may fall into runs of equal length, each of them
/// padded to whole tiles: the rows of a convolution's kernel.
#[derive(Clone, Debug)]
pub struct TilePanels {
    unit: Unit,
    precision: Precision,
    terms: usize,
    depth: usize,
    run: usize,
    spacing: usize,
    cols: usize,
    /// Offset of each step of a matmul in a row of A.
    steps: Vec<u32>,
    lines: Lines,
}

const F32: &str = "tiles are made of f32 only";

impl TilePanels {
    /// The tiles of `panels`; `None` for [`Precision::F32`], for matrices of `f64` and for 2³² rows.
    pub fn new<E: Elem>(panels: &Panels<E>, precision: Precision) -> Option<Self> {
        Self::in_runs(panels, panels.depth(), 0, precision)
    }
    /// As [`new`](Self::new), and `None` also where plain `f32` is faster: for few columns.
    pub fn if_faster<E: Elem>(panels: &Panels<E>, precision: Precision) -> Option<Self> {
        let pays = Self::pays(panels.depth(), panels.cols(), TILE, precision);
        pays.then(|| Self::new(panels, precision)).flatten()
    }
    /// The same with rows in runs; in a row of A the runs begin `spacing` apart.
    pub(crate) fn in_runs<E: Elem>(
        panels: &Panels<E>,
        run: usize,
        spacing: usize,
        precision: Precision,
    ) -> Option<Self> {
        E::as_f32(panels.as_slice())?;
        let mut this = Self::stale(panels.depth(), run, spacing, panels.cols(), precision)?;
        this.fill(panels);
        Some(this)
    }
    /// The tiles of a matrix that is multiplied once.
    pub(super) fn of(b: Mat<'_, f32>, precision: Precision) -> Option<Self> {
        let mut this = Self::stale(b.rows(), b.rows(), 0, b.cols(), precision)?;
        let ([rs, cs], depth, cols) = (b.strides(), b.rows(), b.cols());
        let table = f32::table(simd::isa());
        this.fill_from(|q, k, pair| {
            let (j, rows) = (q * WIDTH, (depth - k).min(STEP));
            let (n, from) = ((cols - j).min(WIDTH), &b.data()[k * rs + j * cs..]);
            if rs == 1 {
                table.transpose(from, cs, n, rows, pair.as_flattened_mut(), WIDTH);
            } else {
                for (p, row) in pair.iter_mut().enumerate().take(rows) {
                    if cs == 1 {
                        row[..n].copy_from_slice(&from[p * rs..][..n]);
                    } else {
                        row[..n].iter_mut().enumerate().for_each(|(j, v)| *v = from[p * rs + j * cs]);
                    }
                }
            }
        });
        Some(this)
    }
    fn stale(depth: usize, run: usize, spacing: usize, cols: usize, precision: Precision) -> Option<Self> {
        let terms = precision.terms()?;
        // Without columns there is nothing to multiply, however many rows there are.
        let used = if cols == 0 { 0 } else { depth };
        let (runs, each) = (used.checked_div(run).unwrap_or(0), run.div_ceil(STEP));
        // An offset has 32 bits.
        let end = numbers(&[runs, spacing]).and_then(|n| n.checked_add(run));
        if runs > 0 && end.is_none_or(|n| n > u32::MAX as usize) {
            return None;
        }
        let steps = (0..runs).flat_map(|r| (0..each).map(move |s| (r * spacing + s * STEP) as u32)).collect();
        let lines =
            Lines::stale(allocatable("TilePanels", &[cols.div_ceil(WIDTH), runs, each, terms, 2 * TILE]));
        Some(Self { unit: Unit::new(), precision, terms, depth, run, spacing, cols, steps, lines })
    }
    /// Overwrites it with another matrix of the same extents.
    ///
    /// # Panics
    /// If the extents differ.
    #[track_caller]
    pub fn fill<E: Elem>(&mut self, panels: &Panels<E>) {
        let (depth, cols) = (panels.depth(), panels.cols());
        assert!(
            (depth, cols) == (self.depth, self.cols),
            "TilePanels: [{depth}, {cols}] does not fit into [{}, {}]",
            self.depth,
            self.cols
        );
        let all = E::as_f32(panels.as_slice()).expect(F32);
        let (run, width) = (self.run, panels.width());
        if width == WIDTH {
            return self.fill_in_place(all.as_chunks::<WIDTH>().0);
        }
        self.fill_from(|q, k, rows| {
            // To the end of the run that `k` lies in.
            let exist = (run - k % run).min(STEP);
            for (p, row) in rows.iter_mut().enumerate().take(exist) {
                for (j, to) in row.chunks_mut(width.min(WIDTH)).enumerate() {
                    let at = q * WIDTH + j * to.len();
                    if at < cols {
                        let from = (at / width * depth + k + p) * width + at % width;
                        to.copy_from_slice(&all[from..][..to.len()]);
                    }
                }
            }
        });
    }
    /// From the rows of panels of the same width: split in place.
    fn fill_in_place(&mut self, all: &[[f32; WIDTH]]) {
        let (unit, terms, size) = (self.unit, self.terms, self.panel_lines());
        let (run, depth, work) = (self.run, self.depth, self.depth * self.cols * terms);
        let lines_of_run = run.div_ceil(STEP) * terms * 2 * TILE;
        par::for_each_chunk(self.lines.as_mut_slice(), size.max(1), work, |q, lines| {
            let panel = &all[q * depth..(q + 1) * depth];
            for (rows, to) in panel.chunks(run.max(1)).zip(lines.chunks_mut(lines_of_run.max(1))) {
                let (step, none) = (terms * 2 * TILE, [0.0; WIDTH]);
                for (rows, to) in rows.chunks(STEP).zip(to.chunks_mut(step)) {
                    for line in 0..TILE {
                        let pair = [2 * line, 2 * line + 1].map(|i| rows.get(i).unwrap_or(&none));
                        let to = &mut halves_mut(to)[line * STEP..];
                        cut_pair(unit, pair, terms, to, 2 * TILE * STEP, TILE * STEP);
                    }
                }
            }
        });
    }
    /// `read(q, k, rows)` gives up to 32 rows of panel `q` from row `k` on; rows that it does not write are zero.
    fn fill_from(&mut self, read: impl Fn(usize, usize, &mut [[f32; WIDTH]; STEP]) + Sync) {
        let (unit, terms, size) = (self.unit, self.terms, self.panel_lines());
        let (run, each, work) = (self.run, self.run.div_ceil(STEP), self.depth * self.cols * terms);
        par::for_each_chunk(self.lines.as_mut_slice(), size.max(1), work, |q, lines| {
            let step = (terms * 2 * TILE).max(1);
            for (i, to) in lines.chunks_mut(step).enumerate() {
                let mut rows = [[0.0; WIDTH]; STEP];
                read(q, i / each * run + i % each * STEP, &mut rows);
                for (line, pair) in rows.as_chunks::<2>().0.iter().enumerate() {
                    let to = &mut halves_mut(to)[line * STEP..];
                    cut_pair(unit, [&pair[0], &pair[1]], terms, to, 2 * TILE * STEP, TILE * STEP);
                }
            }
        });
    }
    /// Rows: the inner extent of a matmul.
    pub fn depth(&self) -> usize {
        self.depth
    }
    /// Columns that exist.
    pub fn cols(&self) -> usize {
        self.cols
    }
    /// Its arithmetic.
    pub fn precision(&self) -> Precision {
        self.precision
    }
    pub(crate) fn unit(&self) -> Unit {
        self.unit
    }
    pub(crate) fn terms(&self) -> usize {
        self.terms
    }
    /// Whether tiles are faster than plain `f32` for this many rows: the work on padding must not exceed the gain.
    pub(crate) fn pays(run: usize, cols: usize, rows: usize, precision: Precision) -> bool {
        /// Multiply-adds of bf16 in the time of one of `f32`, as kernels reach it, less what cutting costs.
        const GAIN: usize = 12;
        // Not exact where it saturates, which is beyond any memory.
        let all = |factors: [usize; 4]| factors.into_iter().fold(1, usize::saturating_mul);
        let (steps, panels) = (run.div_ceil(STEP), cols.div_ceil(WIDTH));
        precision.terms().is_some_and(|terms| {
            all([GAIN, run, cols, rows]) > all([super::products(terms), steps, panels, STEP * WIDTH * TILE])
        })
    }
    /// Length of the runs of its rows, and their distance in a row of A.
    pub(crate) fn runs(&self) -> [usize; 2] {
        [self.run, self.spacing]
    }
    pub(crate) fn steps(&self) -> &[u32] {
        &self.steps
    }
    fn panel_lines(&self) -> usize {
        self.steps.len() * self.terms * 2 * TILE
    }
    /// `(first column, columns that exist, tiles)` in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, usize, &[Line])> {
        let size = self.panel_lines();
        (0..self.cols).step_by(WIDTH).enumerate().map(move |(q, j)| {
            (j, (self.cols - j).min(WIDTH), &self.lines.as_slice()[q * size..(q + 1) * size])
        })
    }

    /// out = row + a · self (`None`: without a row); one thread.
    ///
    /// # Shapes
    /// `a` \[m, depth\], `row` \[cols\], `out` \[m, cols\].
    ///
    /// # Panics
    /// If the shapes do not fit, or the numbers are `f64`.
    #[track_caller]
    pub fn left_multiplied<E: Elem>(&self, a: Mat<'_, E>, row: Option<&[E]>, out: MatMut<'_, E>) {
        let ([rs, cs], m, stride) = (a.strides(), a.rows(), out.stride());
        assert!(
            a.cols() == self.depth && out.rows() == m && out.cols() == self.cols && self.run == self.depth,
            "TilePanels: [{m}, {}] times [{}, {}] does not give [{}, {}]",
            a.cols(),
            self.depth,
            self.cols,
            out.rows(),
            out.cols()
        );
        if let Some(row) = row {
            assert!(row.len() >= self.cols, "TilePanels: {} numbers for {} columns", row.len(), self.cols);
        }
        let data = E::as_f32(a.data()).expect(F32);
        let row = row.map(|r| E::as_f32(r).expect(F32));
        let out = E::as_f32_mut(out.into_slice()).expect(F32);
        self.add_product(
            Mat::with_strides(data, m, self.depth, rs, cs),
            row.map_or(Begin::Zero, Begin::Row),
            out,
            stride,
        );
    }
    pub(super) fn add_product(&self, a: Mat<'_, f32>, begin: Begin<'_>, out: &mut [f32], stride: usize) {
        if a.rows() == 0 || self.cols == 0 {
            return;
        }
        let rows = Rows::cut(self.unit, a, self.terms);
        let session = TileSession::new(self.unit, rows.tile());
        for (j, cols, panel) in self.iter() {
            let begin = match begin {
                Begin::Row(row) => Begin::Row(&row[j..]),
                other => other,
            };
            let (source, tiles) = (rows.source(&self.steps), rows.tiles(stride));
            multiply(&session, source, panel, cols, begin, tiles, &mut out[j..], stride);
        }
    }
}
