//! The weight in the layout of the input gradient: taps reversed, channels transposed.

use super::ConvBlock;
use super::axis::Axis;
use super::finite::finite;
use super::narrow::NARROW;
use crate::kernels::KernelTable;
use crate::pool::Buffer;
use crate::{Elem, Panels, Precision, TilePanels};
use sparring_math::simd::{self, Isa};

/// The weight of a convolution packed for [`ConvBlock::input_grad`] by [`ConvBlock::pack_backward`], from the panels of the forward pass; in memory only.
#[derive(Clone, Debug)]
pub struct BackwardPanels<E: Elem> {
    pub(super) form: Form<E>,
    /// The phases of the wide form in tiles, in the requested precision.
    pub(super) tiles: Option<Vec<TilePanels>>,
    pub(super) precision: Precision,
    block: ConvBlock,
    width: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Form<E: Elem> {
    /// For each class of pixels, [`Axis`] by [`Axis`], rows (ky, kx, o) of the taps that reach it, last tap first, and columns c.
    /// And for gradients that are mostly zero \[ky\]\[o\]\[(kx, c)\], if all weights are finite.
    Wide { phases: Vec<Panels<E>>, runs: Buffer<E>, finite: bool },
    /// \[oc\]\[(ky, kx, c)\].
    Narrow(Buffer<E>),
}

impl ConvBlock {
    /// Panels for the transposed weight, all zeros.
    pub fn backward_panels<E: Elem>(&self) -> BackwardPanels<E> {
        self.backward_panels_on(simd::isa())
    }
    /// As [`backward_panels`](Self::backward_panels); the input's gradient is then computed in this precision where that is faster.
    pub fn backward_panels_in<E: Elem>(&self, precision: Precision) -> BackwardPanels<E> {
        BackwardPanels { precision, ..self.backward_panels() }
    }
    /// Fills `into` from the forward weight.
    ///
    /// # Panics
    /// If either was packed for another block.
    #[track_caller]
    pub fn pack_backward<E: Elem>(&self, w: &Panels<E>, into: &mut BackwardPanels<E>) {
        self.pack_backward_on(simd::isa(), w, into);
        self.follow_tiles(into.precision, &into.form, &mut into.tiles);
    }

    pub(crate) fn backward_panels_on<E: Elem>(&self, isa: Isa) -> BackwardPanels<E> {
        let table = E::table(isa);
        let mut data = Buffer::stale(self.oc * self.depth());
        data.as_mut_slice().fill(E::ZERO);
        // The narrow kernel counts columns in 32 bits.
        let columns = self.output[1].saturating_add(self.kernel[1]);
        let form = if self.ic <= NARROW && columns < u32::MAX as usize / 2 {
            Form::Narrow(data)
        } else {
            let panels =
                |(v, u): (Axis, Axis)| Panels::zeros_for(table, v.count * u.count * self.oc, self.ic);
            Form::Wide { phases: Axis::pairs(self).map(panels).collect(), runs: data, finite: true }
        };
        BackwardPanels { form, tiles: None, precision: Precision::F32, block: *self, width: table.panel() }
    }
    #[track_caller]
    pub(super) fn check_backward_panels<E: Elem>(&self, table: &KernelTable<E>, w: &BackwardPanels<E>) {
        assert!(
            w.block == *self && w.width == table.panel(),
            "conv: the transposed weight of {:?} in panels of {} does not belong to {self:?}",
            w.block,
            w.width
        );
    }
    #[track_caller]
    pub(crate) fn pack_backward_on<E: Elem>(&self, isa: Isa, w: &Panels<E>, into: &mut BackwardPanels<E>) {
        let table = E::table(isa);
        self.fits(table, w);
        self.check_backward_panels(table, into);
        let (depth, width) = (self.depth(), table.panel());
        match &mut into.form {
            Form::Narrow(data) => {
                for (o, cols, panel) in w.iter() {
                    table.transpose(panel, width, depth, cols, &mut data.as_mut_slice()[o * depth..], depth);
                }
            }
            Form::Wide { phases, runs, finite: all } => {
                *all = finite(isa, w.as_slice());
                for ((v, u), phase) in Axis::pairs(self).zip(phases) {
                    self.pack_phase(table, w, v, u, phase);
                }
                let run = self.kernel[1] * self.ic;
                for (ky, runs) in runs.as_mut_slice().chunks_mut((self.oc * run).max(1)).enumerate() {
                    for (o, os, panel) in w.iter() {
                        table.transpose(
                            &panel[ky * run * width..],
                            width,
                            run,
                            os,
                            &mut runs[o * run..],
                            run,
                        );
                    }
                }
            }
        }
    }
    /// One class of pixels: a transposition for each tap.
    fn pack_phase<E: Elem>(
        &self,
        table: &KernelTable<E>,
        w: &Panels<E>,
        v: Axis,
        u: Axis,
        to: &mut Panels<E>,
    ) {
        let (width, size) = (table.panel(), to.depth() * table.panel());
        for (q, to) in to.as_mut_slice().chunks_mut(size.max(1)).enumerate() {
            let (c, cs) = (q * width, (self.ic - q * width).min(width));
            for tap in 0..v.count * u.count {
                // Rows and columns of taps backwards: output positions then ascend.
                let ky = v.first + (v.count - 1 - tap / u.count) * self.stride[0];
                let kx = u.first + (u.count - 1 - tap % u.count) * self.stride[1];
                let from = ((ky * self.kernel[1] + kx) * self.ic + c) * width;
                for (o, os, panel) in w.iter() {
                    let to = &mut to[(tap * self.oc + o) * width..];
                    table.transpose(&panel[from..], width, cs, os, to, width);
                }
            }
        }
    }
}
