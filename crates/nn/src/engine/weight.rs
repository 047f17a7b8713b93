//! A layer's parameters, packed.

use super::extent::Extent;
use crate::Param;
use sparring_tensor::channels_last::{BackwardPanels, ConvBlock};
use sparring_tensor::{Array, ConvGeometry, Elem, Mat, MatMut, Panels, Precision, TilePanels, par, team};
use std::sync::OnceLock;

/// What the panels mean.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// Panels of Wᵀ `[in, out]`; the input's order is that of this extent.
    Dense(Extent),
    /// Panels of a convolution.
    Conv(ConvBlock),
}

/// The weights for the input's gradient.
#[derive(Debug)]
pub(super) enum Backward<E: Elem> {
    /// Panels of W `[out, in]`, and their tiles in the weight's precision.
    Dense(Panels<E>, Option<TilePanels>),
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
    pub fn dense(weight: &Param<E>, bias: Option<&Param<E>>, input: Extent) -> Self {
        let [n, k] = [0, 1].map(|d| weight.value.shape()[d]);
        let mut this = Self {
            weight: weight.id(),
            bias: bias.map(Param::id),
            form: Form::Dense(input),
            forward: Panels::zeros(k, n),
            tiles: None,
            precision: Precision::F32,
            backward: OnceLock::new(),
            row: Array::zeros([n]),
        };
        this.load(&weight.value, bias.map(|b| &b.value));
        this
    }
    pub fn conv(
        weight: &Param<E>,
        bias: Option<&Param<E>>,
        geometry: ConvGeometry,
        input: Extent,
    ) -> Option<Self> {
        let [oc, ic, kh, kw] = weight.value.shape().dims4();
        let block = ConvBlock::new([input.h, input.w], ic, oc, [kh, kw], geometry).ok()?;
        Some(Self {
            weight: weight.id(),
            bias: bias.map(Param::id),
            form: Form::Conv(block),
            forward: block.pack(weight.value.as_slice()),
            tiles: None,
            precision: Precision::F32,
            backward: OnceLock::new(),
            row: bias.map_or_else(|| Array::zeros([oc]), |b| b.value.clone()),
        })
    }
    /// Computes its products in this precision from now on, where that is faster. A weight that `changes` with each step is cut anew each time:
    /// for a convolution, which uses it at every pixel, that is nothing, for products of a few rows more than they gain.
    pub fn set_precision(&mut self, precision: Precision, changes: bool) {
        let dear = changes && matches!(self.form, Form::Dense(_));
        let precision = if dear { Precision::F32 } else { precision };
        self.precision = precision;
        self.tiles = match self.form {
            Form::Dense(_) => TilePanels::if_faster(&self.forward, precision),
            Form::Conv(block) => block.tiles(&self.forward, precision),
        };
        self.backward = OnceLock::new();
    }
    /// out = b + x · Wᵀ for rows of examples.
    pub fn product(&self, x: Mat<'_, E>, out: MatMut<'_, E>) {
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
            Form::Dense(input) => input.len(),
            Form::Conv(block) => block.depth(),
        }
    }
    /// The output of a convolution, or the row of a product.
    pub fn output(&self) -> Extent {
        match self.form {
            Form::Dense(_) => Extent::vector(self.forward.cols()),
            Form::Conv(block) => Extent::image(block.output(), self.forward.cols()),
        }
    }
    /// Where the panels' row `p` lies in a row of the stored weight.
    fn place(input: Extent, p: usize) -> usize {
        if input.is_turned() { (p % input.c) * input.h * input.w + p / input.c } else { p }
    }
    /// Takes the stored tensors over.
    pub fn load(&mut self, weight: &Array<E>, bias: Option<&Array<E>>) {
        match self.form {
            Form::Conv(block) => self.forward = block.pack(weight.as_slice()),
            Form::Dense(input) if !input.is_turned() => {
                let (n, k) = (self.forward.cols(), self.forward.depth());
                self.forward.fill(Mat::new(weight.as_slice(), n, k).t());
            }
            Form::Dense(input) => {
                let (k, width) = (self.forward.depth(), self.forward.width());
                let places: Vec<_> = (0..k).map(|p| Self::place(input, p)).collect();
                let panels = self.forward.as_mut_slice();
                for (j, row) in weight.as_slice().chunks(k).enumerate() {
                    let to = &mut panels[j / width * k * width + j % width..];
                    to.iter_mut().step_by(width).zip(&places).for_each(|(v, &p)| *v = row[p]);
                }
            }
        }
        if let Some(bias) = bias {
            self.row.as_mut_slice().copy_from_slice(bias.as_slice());
        }
    }
    /// Writes the weight in the layout of files.
    pub fn store(&self, weight: &mut [E]) {
        match self.form {
            Form::Conv(block) => block.unpack(&self.forward, weight),
            Form::Dense(input) => {
                let (k, width) = (self.forward.depth(), self.forward.width());
                let panels = self.forward.as_slice();
                for (j, row) in weight.chunks_mut(k).enumerate() {
                    let from = &panels[j / width * k * width + j % width..];
                    from.iter()
                        .step_by(width)
                        .take(k)
                        .enumerate()
                        .for_each(|(p, &v)| row[Self::place(input, p)] = v);
                }
            }
        }
    }
    /// The weights for the input's gradient, made when first asked for.
    pub fn backward(&self) -> &Backward<E> {
        self.backward.get_or_init(|| {
            let mut backward = match self.form {
                Form::Dense(_) => {
                    let panels = Panels::zeros(self.forward.cols(), self.forward.depth());
                    let tiles = TilePanels::if_faster(&panels, self.precision);
                    Backward::Dense(panels, tiles)
                }
                Form::Conv(block) => Backward::Conv(block.backward_panels_in(self.precision)),
            };
            // No region of threads in here: a thread that waits for one may take up other work, and come back for this very lock.
            team::with_threads(1, || self.turn(&mut backward));
            backward
        })
    }
    /// After a change of `forward`: what was made from it follows.
    pub fn follow(&mut self) {
        if let Some(tiles) = &mut self.tiles {
            tiles.fill(&self.forward);
        }
        if let Some(mut backward) = self.backward.take() {
            self.turn(&mut backward);
            self.backward = OnceLock::from(backward);
        }
    }
    fn turn(&self, backward: &mut Backward<E>) {
        match (&self.form, backward) {
            (Form::Dense(_), Backward::Dense(panels, tiles)) => {
                let (size, work) = ((panels.depth() * panels.width()).max(1), panels.as_slice().len());
                par::for_each_chunk(panels.as_mut_slice(), size, work, |q, panel| {
                    self.forward.transposed_panel(q, panel);
                });
                if let Some(tiles) = tiles {
                    tiles.fill(panels);
                }
            }
            (Form::Conv(block), Backward::Conv(turned)) => block.turn(&self.forward, turned),
            _ => unreachable!("made as its form says"),
        }
    }
    /// Whether its gradient is summed lane by lane.
    pub fn sums_by_lane(&self) -> bool {
        matches!(self.form, Form::Conv(_))
    }
    /// Multiply-adds of one example.
    pub fn mul_adds(&self) -> usize {
        let positions = match self.form {
            Form::Dense(_) => 1,
            Form::Conv(block) => block.output().iter().product(),
        };
        positions * self.forward.depth() * self.forward.cols()
    }
}
