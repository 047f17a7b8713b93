//! Some examples on their way through a plan, on one thread.

use super::compile::{Block, Chain, Op};
use super::rows::Head;
use super::values::Values;
use super::weight::{Backward, Form};
use sparring_activations::Activation;
use sparring_tensor::{Array, Elem, Mat, MatMut, channels_last};

/// The buffers of up to `room` examples.
#[derive(Debug)]
pub(super) struct Lane<E: Elem> {
    /// Index of the first example in the batch, and how many there are now.
    pub first: usize,
    pub rows: usize,
    room: usize,
    /// The input channels-last, where it comes as planes.
    turned: Option<Array<E>>,
    pub values: Vec<Values<E>>,
    /// What the head says of each example.
    pub tallies: Vec<[f64; 3]>,
    /// The first weight whose output has a gradient that is not finite.
    pub bad: Option<usize>,
}

/// What goes from lane to lane.
#[derive(Debug)]
pub(super) struct Passing<E: Elem> {
    room: usize,
    values: Vec<Values<E>>,
}

impl<E: Elem> Passing<E> {
    pub fn empty() -> Self {
        Self { room: 0, values: Vec::new() }
    }
}

/// What a backward pass is to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The gradient at the input.
    Input,
    /// The gradients at the outputs of all weights, and those of convolution kernels.
    Weights,
}

impl<E: Elem> Lane<E> {
    pub fn empty() -> Self {
        Self { first: 0, rows: 0, room: 0, turned: None, values: Vec::new(), tallies: Vec::new(), bad: None }
    }
    /// Makes room for `rows` examples from the `first` on; gradients only if they are `wanted`. A lane for [`Wanted::Weights`] needs
    /// [`exchange_passing`](Self::exchange_passing) around its passes.
    pub fn prepare(&mut self, chain: &Chain<E>, first: usize, rows: usize, wanted: Option<Wanted>) {
        let last = chain.blocks.len() - 1;
        if rows > self.room || self.values.len() != chain.blocks.len() {
            self.room = rows;
            self.turned = chain.turn_input.then(|| Array::zeros([rows * chain.blocks[0].input.len()]));
            let new = |(i, b)| match wanted {
                Some(Wanted::Weights) => Values::without_passing(b, rows, i == last),
                _ => Values::new(b, rows),
            };
            self.values = chain.blocks.iter().enumerate().map(new).collect();
        }
        if let Some(wanted) = wanted {
            self.tallies.resize(self.room, [0.0; 3]);
            for (values, block) in self.values.iter_mut().zip(&chain.blocks) {
                values.prepare_gradients(block, self.room, wanted, &chain.weights);
                if wanted == Wanted::Input {
                    values.prepare_way_back(block, self.room);
                }
            }
        }
        (self.first, self.rows, self.bad) = (first, rows, None);
    }
    /// Takes in what goes from lane to lane, or gives it back.
    pub fn exchange_passing(&mut self, chain: &Chain<E>, passing: &mut Passing<E>) {
        if passing.room < self.room {
            let new = |b| {
                let mut values = Values::new(b, self.room);
                values.prepare_way_back(b, self.room);
                values
            };
            *passing = Passing { room: self.room, values: chain.blocks.iter().map(new).collect() };
        }
        let last = chain.blocks.len() - 1;
        for (i, (mine, its)) in self.values.iter_mut().zip(&mut passing.values).enumerate() {
            mine.exchange_passing(its, &chain.blocks[i], i == last);
        }
    }

    /// The examples of the batch that are this lane's.
    pub fn part<'x>(&self, x: &'x [E], dim: usize) -> &'x [E] {
        &x[self.first * dim..(self.first + self.rows) * dim]
    }

    /// Runs `x` (rows of planes) through all blocks.
    pub fn forward(&mut self, chain: &Chain<E>, x: &[E]) {
        if let Some(turned) = &mut self.turned {
            let input = chain.blocks[0].input;
            let pairs = x.chunks_exact(input.len()).zip(turned.as_mut_slice().chunks_exact_mut(input.len()));
            pairs.for_each(|(x, to)| channels_last::to_channels_last(x, input.c, to));
        }
        for (i, block) in chain.blocks.iter().enumerate() {
            let (before, rest) = self.values.split_at_mut(i);
            let (x, stride) = source(&self.turned, before, block, x);
            product(chain, block, x, stride, self.rows, &mut rest[0]);
        }
    }

    /// The outputs and the place of the gradient at them.
    pub fn head(&mut self, chain: &Chain<E>) -> Head<'_, E> {
        let block = chain.blocks.last().expect("a plan has a block");
        let values = self.values.last_mut().expect("a block has values");
        let (y, dy) = values.ends();
        let (cols, stride) = (block.output.len(), block.output.stride());
        let tallies = &mut self.tallies[..self.rows];
        Head { first: self.first, rows: self.rows, cols, y, dy, stride, tallies }
    }
    /// The outputs.
    pub fn outputs(&self, chain: &Chain<E>) -> (&[E], usize) {
        let block = chain.blocks.last().expect("a plan has a block");
        (self.values.last().expect("a block has values").output(), block.output.stride())
    }

    /// From the gradient at the outputs, which the head has written, back; `x` as in `forward`, `dx` of its length if the
    /// input's gradient is wanted.
    pub fn backward(&mut self, chain: &Chain<E>, x: &[E], mut dx: Option<&mut [E]>) {
        if let (None, Some(values), Some(block)) = (&dx, self.values.last_mut(), chain.blocks.last()) {
            values.flush_output(block, self.rows);
        }
        for (i, block) in chain.blocks.iter().enumerate().rev() {
            let (before, rest) = self.values.split_at_mut(i);
            let values = &mut rest[0];
            values.through_pool_and_activation(block, self.rows);
            if dx.is_none() {
                if !values.learn(chain, block, || source(&self.turned, before, block, x), self.rows) {
                    let (Op::Dense(w) | Op::Conv(w)) = block.op else { unreachable!("only weights learn") };
                    self.bad = self.bad.or(Some(w));
                }
                if i == 0 {
                    return;
                }
            }
            let dz = values.dz.as_ref().expect("prepared for gradients").as_slice();
            match before.last_mut() {
                Some(previous) => {
                    pull(chain, block, dz, self.rows, previous.gradient_place(), block.input.stride());
                }
                None => {
                    let dx = dx.as_deref_mut().expect("learning returns at the first block");
                    match &mut self.turned {
                        None => pull(chain, block, dz, self.rows, dx, block.input.len()),
                        Some(turned) => {
                            // The input itself is not needed any more.
                            let input = block.input;
                            pull(chain, block, dz, self.rows, turned.as_mut_slice(), input.len());
                            let pairs = turned
                                .as_slice()
                                .chunks_exact(input.len())
                                .zip(dx.chunks_exact_mut(input.len()));
                            pairs.for_each(|(t, dx)| channels_last::to_planes(t, input.c, dx));
                        }
                    }
                }
            }
        }
    }
    /// The input of block `i` and the distance of its rows.
    pub fn input<'a>(&'a self, chain: &Chain<E>, i: usize, x: &'a [E]) -> (&'a [E], usize) {
        source(&self.turned, &self.values[..i], &chain.blocks[i], x)
    }
}

fn source<'a, E: Elem>(
    turned: &'a Option<Array<E>>,
    before: &'a [Values<E>],
    block: &Block,
    x: &'a [E],
) -> (&'a [E], usize) {
    match (before.last(), turned) {
        (Some(values), _) => (values.output(), block.input.stride()),
        (None, Some(turned)) => (turned.as_slice(), block.input.len()),
        (None, None) => (x, block.input.len()),
    }
}

/// The block's product, activation and pooling.
fn product<E: Elem>(
    chain: &Chain<E>,
    block: &Block,
    x: &[E],
    stride: usize,
    rows: usize,
    to: &mut Values<E>,
) {
    let (k, out) = (block.input.len(), block.middle.stride());
    match block.op {
        Op::Copy => {
            for (z, x) in to.z.as_mut_slice().chunks_mut(out).zip(x.chunks(stride)).take(rows) {
                z[..k].copy_from_slice(&x[..k]);
            }
        }
        Op::Dense(w) => {
            let (w, n) = (&chain.weights[w], block.middle.len());
            let z = MatMut::with_stride(to.z.as_mut_slice(), rows, n, out);
            w.product(Mat::with_strides(x, rows, k, stride, 1), z);
        }
        Op::Conv(w) => {
            let w = &chain.weights[w];
            let Form::Conv(conv) = w.form else { unreachable!("compiled as a convolution") };
            for r in 0..rows {
                let (x, z) = (&x[r * stride..][..k], to.image(block, r));
                w.convolution(&conv, x, z);
                to.pool_image(block, r);
            }
        }
    }
    if let (Some(act), Some(a)) = (block.act, &mut to.a) {
        act.forward(&to.z.as_slice()[..rows * out], &mut a.as_mut_slice()[..rows * out]);
    }
    to.pool_rows(block, rows);
}

/// The gradient at the block's input from that at its product.
fn pull<E: Elem>(chain: &Chain<E>, block: &Block, dz: &[E], rows: usize, to: &mut [E], to_stride: usize) {
    let (k, n, stride) = (block.input.len(), block.middle.len(), block.middle.stride());
    match block.op {
        Op::Copy => {
            for (to, dz) in to.chunks_mut(to_stride).zip(dz.chunks(stride)).take(rows) {
                to[..k].copy_from_slice(&dz[..k]);
            }
        }
        Op::Dense(w) | Op::Conv(w) => match (chain.weights[w].backward(), chain.weights[w].form) {
            (Backward::Dense(turned, tiles), _) => {
                let dz = Mat::with_strides(dz, rows, n, stride, 1);
                let to = MatMut::with_stride(to, rows, k, to_stride);
                match tiles {
                    Some(tiles) => tiles.left_multiplied(dz, None, to),
                    None => turned.left_multiplied(dz, None, to),
                }
            }
            (Backward::Conv(turned), Form::Conv(conv)) => {
                for r in 0..rows {
                    conv.input_grad(turned, &dz[r * stride..][..n], &mut to[r * to_stride..][..k]);
                }
            }
            (Backward::Conv(_), Form::Dense(_)) => unreachable!("turned as its form says"),
        },
    }
}
