//! A layer's parameters, packed.

use super::extent::Extent;
use crate::Param;
use sparring_tensor::channels_last::{BackwardPanels, ConvBlock};
use sparring_tensor::{Array, Elem, Mat, MatMut, Panels, Precision, TilePanels, par, team};
use std::sync::OnceLock;

/// What the panels mean.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// Panels of Wᵀ `[in, out]`; the input's order is that of this extent.
    Matmul(Extent),
    /// Panels of a convolution.
    Conv(ConvBlock),
    /// Panels of the convolution whose input gradient the layer is: from its output to its input.
    ConvTranspose(ConvBlock),
}

/// The weights for the input's gradient.
#[derive(Debug)]
pub(super) enum Backward<E: Elem> {
    /// Panels of W `[out, in]`, and their tiles in the weight's precision.
    Matmul(Panels<E>, Option<TilePanels>),
    Conv(BackwardPanels<E>),
}

/// Weight and bias of one layer.
#[derive(Debug)]
pub(super) struct Weight<E: Elem> {
    /// Identities of the parameters.
    pub weight: u64,
    pub bias: Option<u64>,
    pub form: Form,
    pub forward: Panels<E>,
    /// `forward` in the precision that is asked for, where that is faster.
    tiles: Option<TilePanels>,
    precision: Precision,
    backward: OnceLock<Backward<E>>,
    /// Zeros where there is no bias.
    pub row: Array<E>,
}

impl<E: Elem> Weight<E> {
    pub fn new(weight: &Param<E>, bias: Option<&Param<E>>, form: Form) -> Self {
        let (shape, numbers) = (weight.value.shape(), weight.value.as_slice());
        // The axis of the outputs: the first but for a transposed convolution.
        let outputs = shape[usize::from(matches!(form, Form::ConvTranspose(_)))];
        let empty = Panels::zeros(shape.numel() / outputs, outputs);
        let mut this = Self {
            weight: weight.id(),
            bias: bias.map(Param::id),
            form,
            forward: empty,
            tiles: None,
            precision: Precision::F32,
            backward: OnceLock::new(),
            row: bias.map_or_else(|| Array::zeros([outputs]), |b| b.value.clone()),
        };
        this.forward = this.pack(numbers);
        this
    }
    /// Computes its matmuls in this precision from now on, where that is faster. A weight that `changes` with each step is cut anew each time:
    /// for a convolution, which uses it at every pixel, that is nothing, for matmuls of a few rows more than they gain.
    pub fn set_precision(&mut self, precision: Precision, changes: bool) {
        let dear = changes && matches!(self.form, Form::Matmul(_));
        let precision = if dear { Precision::F32 } else { precision };
        self.precision = precision;
        self.tiles = match self.form {
            Form::Matmul(_) => TilePanels::if_faster(&self.forward, precision),
            Form::Conv(block) => block.tiles(&self.forward, precision),
            Form::ConvTranspose(_) => None,
        };
        self.backward = OnceLock::new();
    }
    /// out = b + x · Wᵀ for rows of examples.
    pub fn matmul_into(&self, x: Mat<'_, E>, out: MatMut<'_, E>) {
        let row = Some(self.row.as_slice());
        match &self.tiles {
            Some(tiles) => tiles.left_multiplied(x, row, out),
            None => self.forward.left_multiplied(x, row, out),
        }
    }
    /// One image through a convolution.
    pub fn convolution(&self, block: &ConvBlock, x: &[E], y: &mut [E]) {
        let row = Some(self.row.as_slice());
        match &self.tiles {
            Some(tiles) => block.forward_in_tiles(tiles, row, x, y),
            None => block.forward(&self.forward, row, x, y),
        }
    }
    /// Length of the sum behind an output, known also while the panels are away.
    pub fn depth(&self) -> usize {
        match self.form {
            Form::Matmul(input) => input.len(),
            Form::Conv(block) | Form::ConvTranspose(block) => block.depth(),
        }
    }
    /// The output of a convolution, or the row of a matmul.
    pub fn output(&self) -> Extent {
        match self.form {
            Form::Matmul(_) => Extent::vector(self.forward.cols()),
            Form::Conv(block) => Extent::image(block.output(), self.forward.cols()),
            Form::ConvTranspose(block) => Extent::image(block.input(), block.channels()[0]),
        }
    }
    /// Where the panels' row `p` lies in a row of the stored weight.
    fn place(input: Extent, p: usize) -> usize {
        if input.is_channels_last() { (p % input.c) * input.h * input.w + p / input.c } else { p }
    }
    /// A tensor in the layout of files as panels: the weight, or what belongs to its numbers one by one.
    pub fn pack(&self, weight: &[E]) -> Panels<E> {
        match self.form {
            Form::Conv(block) | Form::ConvTranspose(block) => block.pack(weight),
            Form::Matmul(input) => {
                let (n, k) = (self.forward.cols(), self.forward.depth());
                let mut panels = Panels::zeros(k, n);
                if !input.is_channels_last() {
                    panels.fill(Mat::new(weight, n, k).t());
                    return panels;
                }
                let width = panels.width();
                let places: Vec<_> = (0..k).map(|p| Self::place(input, p)).collect();
                for (j, row) in weight.chunks(k).enumerate() {
                    let to = &mut panels.as_mut_slice()[j / width * k * width + j % width..];
                    to.iter_mut().step_by(width).zip(&places).for_each(|(v, &p)| *v = row[p]);
                }
                panels
            }
        }
    }
    /// The inverse of [`pack`](Self::pack).
    pub fn unpack(&self, panels: &Panels<E>, weight: &mut [E]) {
        match self.form {
            Form::Conv(block) | Form::ConvTranspose(block) => block.unpack(panels, weight),
            Form::Matmul(input) => {
                // A block of rows of a panel stays in the first-level cache until all its columns are written.
                const BLOCK: usize = 64;
                let (k, width) = (panels.depth(), panels.width());
                for ((_, exist, panel), rows) in panels.iter().zip(weight.chunks_mut((k * width).max(1))) {
                    for (b, block) in panel.chunks(BLOCK * width).enumerate() {
                        for (j, row) in rows.chunks_mut(k).take(exist).enumerate() {
                            for (p, from) in block.chunks(width).enumerate() {
                                row[Self::place(input, b * BLOCK + p)] = from[j];
                            }
                        }
                    }
                }
            }
        }
    }
    /// The weights for the input's gradient, made when first asked for.
    pub fn backward(&self) -> &Backward<E> {
        self.backward.get_or_init(|| {
            let mut backward = match self.form {
                Form::Matmul(_) => {
                    let panels = Panels::zeros(self.forward.cols(), self.forward.depth());
                    let tiles = TilePanels::if_faster(&panels, self.precision);
                    Backward::Matmul(panels, tiles)
                }
                Form::Conv(block) | Form::ConvTranspose(block) => {
                    Backward::Conv(block.backward_panels_in(self.precision))
                }
            };
            // No region of threads in here: a thread that waits for one may take up other work, and come back for this very lock.
            team::with_threads(1, || self.pack_backward(&mut backward));
            backward
        })
    }
    /// After a change of `forward`: what was made from it follows.
    pub fn follow(&mut self) {
        if let Some(tiles) = &mut self.tiles {
            tiles.fill(&self.forward);
        }
        if let Some(mut backward) = self.backward.take() {
            self.pack_backward(&mut backward);
            self.backward = OnceLock::from(backward);
        }
    }
    fn pack_backward(&self, backward: &mut Backward<E>) {
        match (&self.form, backward) {
            (Form::Matmul(_), Backward::Matmul(panels, tiles)) => {
                let (size, work) = ((panels.depth() * panels.width()).max(1), panels.as_slice().len());
                par::for_each_chunk(panels.as_mut_slice(), size, work, |q, panel| {
                    self.forward.transposed_panel(q, panel);
                });
                if let Some(tiles) = tiles {
                    tiles.fill(panels);
                }
            }
            (Form::Conv(block) | Form::ConvTranspose(block), Backward::Conv(panels)) => {
                block.pack_backward(&self.forward, panels);
            }
            _ => unreachable!("made as its form says"),
        }
    }
    /// Numbers of the weight in the layout of files.
    pub fn numbers(&self) -> usize {
        self.forward.depth() * self.forward.cols()
    }
    /// Whether its gradient is summed shard by shard.
    pub fn sums_by_shard(&self) -> bool {
        !matches!(self.form, Form::Matmul(_))
    }
    /// Multiply-adds of one example.
    pub fn mul_adds(&self) -> usize {
        let positions = match self.form {
            Form::Matmul(_) => 1,
            Form::Conv(block) | Form::ConvTranspose(block) => block.output().iter().product(),
        };
        positions * self.forward.depth() * self.forward.cols()
    }
}
