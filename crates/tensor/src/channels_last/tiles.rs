//! Convolutions in tiles of bf16 terms: an image is split once, in its frame, and the tiles read it in place.

use super::ConvBlock;
use super::axis::Axis;
use super::backward::Form;
use crate::extent::allocatable;
use crate::kernels::bf16::{Lines, STEP, TILE, TileSession, Unit, cut, halves, halves_mut};
use crate::tiles::{Begin, Place, Source, multiply};
use crate::{Elem, Panels, Precision, TilePanels};

const F32: &str = "tiles are made of f32 only";

impl ConvBlock {
    /// The weight in tiles for [`forward_in_tiles`](Self::forward_in_tiles); `None` for [`Precision::F32`], where plain `f32` is faster (few channels), and for `f64`.
    ///
    /// # Panics
    /// If the panels belong to another block.
    #[track_caller]
    pub fn tiles<E: Elem>(&self, w: &Panels<E>, precision: Precision) -> Option<TilePanels> {
        assert!(
            w.depth() == self.depth() && w.cols() == self.oc,
            "conv: panels of another block than {self:?}"
        );
        let run = self.kernel[1] * self.ic;
        let pays = self.result() > 0 && TilePanels::pays(run, self.oc, height(self.output[1]), precision);
        pays.then(|| TilePanels::in_runs(w, run, self.frame()[1] * self.ic, precision)).flatten()
    }
    /// As [`forward`](Self::forward), with the precision of `w`.
    ///
    /// # Panics
    /// As `forward`.
    #[track_caller]
    pub fn forward_in_tiles<E: Elem>(&self, w: &TilePanels, bias: Option<&[E]>, x: &[E], y: &mut [E]) {
        let (n, image, result) = (self.images("conv forward", x.len(), y.len()), self.image(), self.result());
        let ([run, spacing], [_, width]) = (w.runs(), self.frame());
        assert!(
            w.depth() == self.depth()
                && w.cols() == self.oc
                && run == self.kernel[1] * self.ic
                && (self.kernel[0] == 1 || spacing == width * self.ic),
            "conv: tiles of another block than {self:?}"
        );
        self.biased("conv forward", bias);
        if y.is_empty() {
            return;
        }
        let (x, y) = (E::as_f32(x).expect(F32), E::as_f32_mut(y).expect(F32));
        let bias = bias.map(|b| E::as_f32(b).expect(F32));
        let ([oh, ow], [sy, sx]) = (self.output, self.stride);
        let mut frame = Frame::new(w.unit(), w.terms(), self.ic, self.frame(), sx);
        let rows = height(ow);
        let session = TileSession::new(w.unit(), rows);
        for i in 0..n {
            let (x, y) = (&x[i * image..][..image], &mut y[i * result..][..result]);
            frame.take(x, self.input, self.padding);
            for (o, cols, panel) in w.iter() {
                let begin = bias.map_or(Begin::Zero, |b| Begin::Row(&b[o..]));
                let places = (0..oh).flat_map(|i| (0..ow).step_by(rows).map(move |j| (i, j)));
                let places = places.map(|(i, j)| Place {
                    a: (i * sy * width + j * sx) * self.ic,
                    c: (i * ow + j) * self.oc,
                    rows: (ow - j).min(rows),
                });
                multiply(&session, frame.source(w.steps()), panel, cols, begin, places, &mut y[o..], self.oc);
            }
        }
    }

    /// Computes or updates the tiles of a transposed weight.
    pub(super) fn follow_tiles<E: Elem>(
        &self,
        precision: Precision,
        form: &Form<E>,
        tiles: &mut Option<Vec<TilePanels>>,
    ) {
        let Form::Wide { phases, .. } = form else { return };
        if let Some(tiles) = tiles {
            return tiles.iter_mut().zip(phases).for_each(|(t, p)| t.fill(p));
        }
        let spacing = Axis::reach(self, 1).1 * self.oc;
        let all = Axis::pairs(self).zip(phases).map(|((_, u), phase)| {
            let run = u.count * self.oc;
            let pays = run > 0 && TilePanels::pays(run, self.ic, height(u.pixels), precision);
            pays.then(|| TilePanels::in_runs(phase, run, spacing, precision)).flatten()
        });
        *tiles = all.collect();
    }
    /// One image, from the frame of its output gradient.
    pub(super) fn input_grad_in_tiles<E: Elem>(&self, w: &[TilePanels], dy: &[E], dx: &mut [E]) {
        let Some(first) = w.first() else { return };
        let (dy, dx) = (E::as_f32(dy).expect(F32), E::as_f32_mut(dx).expect(F32));
        let ((top, down), (left, across)) = (Axis::reach(self, 0), Axis::reach(self, 1));
        let mut frame = Frame::new(first.unit(), first.terms(), self.oc, [down, across], 1);
        frame.take(dy, self.output, [top, left]);
        let ([sy, sx], [_, wide]) = (self.stride, self.input);
        for ((v, u), w) in Axis::pairs(self).zip(w) {
            let rows = height(u.pixels);
            let session = TileSession::new(w.unit(), rows);
            for (c, cols, panel) in w.iter() {
                let places = (0..v.pixels).flat_map(|i| (0..u.pixels).step_by(rows).map(move |j| (i, j)));
                let places = places.map(|(i, j)| {
                    let y0 = i + v.lead + top + 1 - v.count.max(1);
                    let x0 = j + u.lead + left + 1 - u.count.max(1);
                    Place {
                        a: (y0 * across + x0) * self.oc,
                        c: ((i * sy + v.residue) * wide + j * sx + u.residue) * self.ic,
                        rows: (u.pixels - j).min(rows),
                    }
                });
                let source = frame.source(w.steps());
                multiply(&session, source, panel, cols, Begin::Zero, places, &mut dx[c..], sx * self.ic);
            }
        }
    }
}

/// Rows of a tile, so that rows of `pixels` fall into tiles of almost equal height.
fn height(pixels: usize) -> usize {
    pixels.div_ceil(pixels.div_ceil(TILE).max(1)).max(1)
}

/// An image with its border of zeros, split into terms.
struct Frame {
    unit: Unit,
    terms: usize,
    lines: Lines,
    term: usize,
    channels: usize,
    extent: [usize; 2],
    stride: usize,
}

impl Frame {
    /// `stride`: from one pixel of a tile to the next.
    fn new(unit: Unit, terms: usize, channels: usize, extent: [usize; 2], stride: usize) -> Self {
        // A tile may read past the end elements that it does not use: rows that do not exist, and the rest of a step.
        let slack = allocatable("conv: tile", &[TILE, stride, channels]);
        let size = allocatable("conv: frame", &[extent[0], extent[1], channels]);
        // In lines; one more for the rest of a step.
        let each = size.saturating_add(slack).div_ceil(STEP) + 1;
        let mut lines = Lines::stale(allocatable("conv: frame", &[terms, each]));
        let term = each * STEP;
        halves_mut(lines.as_mut_slice()).fill(0);
        Self { unit, terms, lines, term, channels, extent, stride: stride * channels }
    }
    /// Splits an image `[h][w][channels]` into the frame, with this many rows and columns of zeros before it; what does not fit is left out.
    fn take(&mut self, x: &[f32], [h, w]: [usize; 2], [top, left]: [usize; 2]) {
        let [height, width] = self.extent;
        let (rows, cols) = (h.min(height.saturating_sub(top)), w.min(width.saturating_sub(left)));
        let (c, to) = (self.channels, halves_mut(self.lines.as_mut_slice()));
        for y in 0..rows {
            let from = &x[y * w * c..][..cols * c];
            let at = ((y + top) * width + left) * c;
            cut(self.unit, from, self.terms, &mut to[at..], self.term);
        }
    }
    fn source<'a>(&'a self, steps: &'a [u32]) -> Source<'a> {
        Source {
            data: halves(self.lines.as_slice()),
            term: self.term,
            stride: self.stride,
            steps,
            terms: self.terms,
        }
    }
}
