//! Some examples on their way through a plan, on one thread.

use super::compile::{Block, Chain, Op};
use super::front::Front;
use super::rows::Head;
use super::through::{finish, product, pull};
use super::values::Values;
use sparring_tensor::{Array, Elem, channels_last};

/// The buffers of up to `room` examples.
#[derive(Debug)]
pub(super) struct Lane<E: Elem> {
    /// Index of the first example in the batch, and how many there are now.
    pub first: usize,
    pub rows: usize,
    room: usize,
    /// Blocks of the chain that the examples pass here: all, or all but the last.
    blocks: usize,
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
    /// As `Weights`, but the last block is run elsewhere, between the way forward and the way back.
    WeightsButLast,
}

impl<E: Elem> Lane<E> {
    pub fn empty() -> Self {
        let (values, tallies) = (Vec::new(), Vec::new());
        Self { first: 0, rows: 0, room: 0, blocks: 0, turned: None, values, tallies, bad: None }
    }
    /// Makes room for `rows` examples from the `first` on; gradients only if they are `wanted`. A lane for [`Wanted::Weights`] needs
    /// [`exchange_passing`](Self::exchange_passing) around its passes.
    pub fn prepare(&mut self, chain: &Chain<E>, first: usize, rows: usize, wanted: Option<Wanted>) {
        let blocks =
            &chain.blocks[..chain.blocks.len() - usize::from(wanted == Some(Wanted::WeightsButLast))];
        if rows > self.room || self.blocks != blocks.len() {
            (self.room, self.blocks) = (rows, blocks.len());
            self.turned = chain.turn_input.then(|| Array::zeros([rows * chain.blocks[0].input.len()]));
            let new = |b| match wanted {
                Some(Wanted::Weights) => Values::without_passing(b, rows),
                _ => Values::new(b, rows),
            };
            self.values = blocks.iter().map(new).collect();
        }
        if let Some(wanted) = wanted {
            self.tallies.resize(self.room, [0.0; 3]);
            for (values, block) in self.values.iter_mut().zip(blocks) {
                values.prepare_gradients(block, self.room, wanted, &chain.weights);
                if wanted != Wanted::Weights {
                    values.prepare_way_back(block, self.room);
                }
            }
        }
        (self.first, self.rows, self.bad) = (first, rows, None);
    }
    /// Takes in what goes from lane to lane, or gives it back.
    pub fn exchange_passing(&mut self, chain: &Chain<E>, passing: &mut Passing<E>) {
        if passing.room < self.room {
            let new = |b| Values::passing(b, self.room);
            *passing = Passing { room: self.room, values: chain.blocks.iter().map(new).collect() };
        }
        for ((mine, its), block) in self.values.iter_mut().zip(&mut passing.values).zip(&chain.blocks) {
            mine.exchange_passing(its, block);
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
        self.forward_from(chain, 0, x);
    }
    /// As [`forward`](Self::forward) where the first product has been made.
    pub fn forward_after(&mut self, chain: &Chain<E>, front: &Front<E>, lane: usize) {
        let (block, values) = (&chain.blocks[0], &mut self.values[0]);
        front.gather(lane, values.z.as_mut_slice(), block.middle.stride());
        finish(block, self.rows, values);
        self.forward_from(chain, 1, &[]);
    }
    fn forward_from(&mut self, chain: &Chain<E>, first: usize, x: &[E]) {
        for (i, block) in chain.blocks[..self.blocks].iter().enumerate().skip(first) {
            let (before, rest) = self.values.split_at_mut(i);
            let (x, stride) = source(&self.turned, before, block, x);
            product(chain, block, x, stride, self.rows, &mut rest[0]);
        }
    }

    /// The outputs and the place of the gradient at them; `x` as in `forward`.
    pub fn head<'a>(&'a mut self, chain: &Chain<E>, x: &'a [E], inputs_stride: usize) -> Head<'a, E> {
        let block = chain.blocks.last().expect("a plan has a block");
        let values = self.values.last_mut().expect("a block has values");
        let (y, dy) = values.ends();
        let (cols, stride) = (block.output.len(), block.output.stride());
        let tallies = &mut self.tallies[..self.rows];
        let (first, rows, total) = (self.first, self.rows, cols);
        Head { first, rows, cols, from: 0, total, y, dy, stride, tallies, inputs: x, inputs_stride }
    }
    /// The outputs.
    pub fn outputs(&self, chain: &Chain<E>) -> (&[E], usize) {
        let block = chain.blocks.last().expect("a plan has a block");
        (self.values.last().expect("a block has values").output(), block.output.stride())
    }

    /// From the gradient at the outputs, which the head has written, back; `x` as in `forward`, `dx` of its length if the
    /// input's gradient is wanted.
    pub fn backward(&mut self, chain: &Chain<E>, x: &[E], mut dx: Option<&mut [E]>) {
        let blocks = &chain.blocks[..self.blocks];
        if let (None, Some(values), Some(block)) = (&dx, self.values.last_mut(), blocks.last()) {
            values.flush_output(block, self.rows);
        }
        for (i, block) in blocks.iter().enumerate().rev() {
            let (before, rest) = self.values.split_at_mut(i);
            let values = &mut rest[0];
            let weight = match block.op {
                Op::Dense(w) | Op::Conv(w) if dx.is_none() => Some(w),
                _ => None,
            };
            let finite = values.through_pool_and_activation(block, self.rows, weight.is_some());
            if dx.is_none() {
                if !finite {
                    self.bad = self.bad.or(weight);
                }
                values.learn(chain, block, || source(&self.turned, before, block, x), self.rows);
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
    /// Where the gradient at the input of the last block is to be written when that is run elsewhere.
    pub fn gradient_place(&mut self, chain: &Chain<E>) -> &mut [E] {
        let all = self.rows * chain.blocks[self.blocks].input.stride();
        &mut self.values.last_mut().expect("a block before the last").gradient_place()[..all]
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
