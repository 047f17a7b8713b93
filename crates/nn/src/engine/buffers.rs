//! What a shard remembers of a block.

pub(super) mod epilogue;

use super::block::{Act, Block, BlockOp, PoolOp};
use super::program::Program;
use super::tape_run::TapeRun;
use sparring_tensor::normalize::{GradSums, Moments};
use sparring_tensor::{Array, Elem};
use std::sync::Mutex;

/// What a backward pass is to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The gradient at the input.
    Input,
    /// The gradients at the outputs of all matmuls, and those of all other parameters.
    Weights,
    /// As `Weights`, but the last block is run elsewhere, between the forward and the backward pass.
    WeightsButLast,
    /// Both from one pass.
    WeightsAndInput,
}

impl Wanted {
    /// Whether gradients of parameters are found.
    pub fn learns(self) -> bool {
        self != Self::Input
    }
    /// Whether the pass goes on to the input, through blocks before the first that learns.
    pub fn reaches_input(self) -> bool {
        matches!(self, Self::Input | Self::WeightsAndInput)
    }
}

/// Values and gradients of a block for the examples of a shard, rows `stride` apart.
#[derive(Debug)]
pub(super) struct Buffers<E: Elem> {
    /// After the operation; of one image only where activation and pooling are fused, after the activation where that works in place.
    pub z: Array<E>,
    /// After the activation, where that is apart.
    pub a: Option<Array<E>>,
    /// After the pooling, and which element of each window was the largest.
    pub p: Option<Array<E>>,
    winners: Vec<u8>,
    /// Random words of dropout or noise, one for each number of the output.
    words: Vec<u32>,
    /// Gradients at the same places.
    pub dz: Option<Array<E>>,
    da: Option<Array<E>>,
    dp: Option<Array<E>>,
    /// Gradients of a convolution's weight (as its panels) and bias over this shard's images.
    pub dw: Option<Array<E>>,
    pub db: Option<Array<E>>,
    /// Gradients of plain parameters over this shard's examples: each with its position in the program.
    pub grads: Vec<(usize, Array<E>)>,
    /// Mean and reciprocal deviation of each row of a layer normalisation.
    pub stats: [Vec<E>; 2],
    /// Statistics of a batch normalisation's input, and what its gradient needs, over this shard.
    pub moments: Option<Moments>,
    pub sums: Option<GradSums>,
    /// The tape of a layer without instructions.
    pub tape: Mutex<TapeRun<E>>,
}

/// A buffer for what a block's operation puts out.
fn middle<E: Elem>(block: &Block, rows: usize) -> Array<E> {
    Array::zeros([rows * block.middle.stride()])
}

/// A buffer for what a block puts out.
fn output<E: Elem>(block: &Block, rows: usize) -> Array<E> {
    Array::zeros([rows * block.output.stride()])
}

impl<E: Elem> Default for Buffers<E> {
    fn default() -> Self {
        Self {
            z: Array::zeros([0]),
            a: None,
            p: None,
            winners: Vec::new(),
            words: Vec::new(),
            dz: None,
            da: None,
            dp: None,
            dw: None,
            db: None,
            grads: Vec::new(),
            stats: [Vec::new(), Vec::new()],
            moments: None,
            sums: None,
            tape: Mutex::default(),
        }
    }
}

impl<E: Elem> Buffers<E> {
    /// Buffers for `rows` examples in the forward pass.
    pub fn new(block: &Block, rows: usize) -> Self {
        let mut this = Self::default();
        if block.pool.is_some() {
            this.p = Some(output(block, rows));
        }
        if let Some(PoolOp::Max(_)) = block.pool {
            this.winners = vec![0; rows * block.output.len()];
        }
        if let Some(noise) = block.noise {
            this.words = vec![0; rows * noise.stride(block.output.len())];
        }
        this.a = block.act_apart().map(|_| middle(block, rows));
        this.z = middle(block, if block.is_fused() { 1 } else { rows });
        this
    }
    /// Buffers for gradients between a block's output and its operation.
    pub fn prepare_epilogue(&mut self, block: &Block, rows: usize) {
        if self.da.is_none() && self.dp.is_none() {
            self.da = block.act_apart().map(|_| middle(block, rows));
            self.dp = block.pool.map(|_| output(block, rows));
        }
    }
    /// The scratch buffers that may go from shard to shard.
    pub fn scratch(block: &Block, rows: usize) -> Self {
        let mut this = Self::new(block, rows);
        this.prepare_epilogue(block, rows);
        this.dz = Some(middle(block, rows));
        this
    }
    /// Exchanges what nobody reads after a shard's backward pass: values before an activation, gradients inside the network, outputs that no matmul reads,
    /// gradients at convolutions. So it can go from shard to shard, and stays in a near cache.
    pub fn exchange_scratch(&mut self, other: &mut Self, block: &Block) {
        use std::mem::swap;
        swap(&mut self.da, &mut other.da);
        swap(&mut self.dp, &mut other.dp);
        let (apart, pooled) = (block.act_apart().is_some(), block.pool.is_some());
        if !block.feeds_matmul || apart || pooled {
            swap(&mut self.z, &mut other.z);
        }
        if !block.feeds_matmul || pooled {
            swap(&mut self.a, &mut other.a);
        }
        if !block.feeds_matmul {
            swap(&mut self.p, &mut other.p);
        }
        swap(&mut self.winners, &mut other.winners);
        if !block.keeps_gradient() {
            swap(&mut self.dz, &mut other.dz);
        }
    }
    /// The buffers that [`exchange_scratch`](Self::exchange_scratch) leaves with the shard.
    pub fn without_scratch(block: &Block, rows: usize) -> Self {
        let mut this = Self::new(block, rows);
        this.exchange_scratch(&mut Self::default(), block);
        this
    }
    /// A buffer for the gradient at the operation, where it `stays` with the shard.
    pub fn prepare_gradient(&mut self, block: &Block, rows: usize, stays: bool) {
        if stays {
            self.dz.get_or_insert_with(|| middle(block, rows));
        }
    }
    /// Buffers for the gradients of parameters that are summed within the shard, zero.
    pub fn prepare_sums(&mut self, block: &Block, program: &Program<E>) {
        let zero = |place: &mut Option<Array<E>>, n: usize| {
            place.get_or_insert_with(|| Array::zeros([n])).as_mut_slice().fill(E::ZERO);
        };
        if let BlockOp::Conv(w) | BlockOp::ConvTranspose(w) = block.op {
            let weight = &program.weights[w];
            zero(&mut self.dw, weight.forward.as_slice().len());
            zero(&mut self.db, weight.row.len());
        }
        if self.grads.is_empty() {
            let mut places = Vec::new();
            match block.op {
                BlockOp::LayerNorm(n) => places.extend(program.layer_norms[n].params),
                BlockOp::Tape(t) => places.extend(program.tapes[t].params.clone()),
                _ => {}
            }
            if let Some(Act::Learnt(a)) = block.act {
                places.push(program.learnt[a].params);
            }
            let zeros = |&i: &usize| (i, Array::zeros(program.plains[i].value.shape()));
            self.grads = places.iter().map(zeros).collect();
        } else {
            self.grads.iter_mut().for_each(|(_, g)| g.as_mut_slice().fill(E::ZERO));
        }
    }
    /// What the next block reads.
    pub fn output(&self) -> &[E] {
        self.p.as_ref().or(self.a.as_ref()).unwrap_or(&self.z).as_slice()
    }
    fn output_mut(&mut self) -> &mut [E] {
        self.p.as_mut().or(self.a.as_mut()).unwrap_or(&mut self.z).as_mut_slice()
    }
    /// Where the next block writes the gradient.
    pub fn output_gradient(&mut self) -> &mut [E] {
        let place = self.dp.as_mut().or(self.da.as_mut()).or(self.dz.as_mut());
        place.expect("prepared for gradients").as_mut_slice()
    }
    /// Output and place of its gradient.
    pub fn ends(&mut self) -> (&[E], &mut [E]) {
        let y = self.p.as_ref().or(self.a.as_ref()).unwrap_or(&self.z);
        let dy = self.dp.as_mut().or(self.da.as_mut()).or(self.dz.as_mut());
        (y.as_slice(), dy.expect("prepared for gradients").as_mut_slice())
    }
    /// The gradient at the operation.
    pub fn gradient(&self) -> &[E] {
        self.dz.as_ref().expect("prepared for gradients").as_slice()
    }
    /// Where image `r` goes before the activation.
    pub fn image(&mut self, block: &Block, r: usize) -> &mut [E] {
        let r = if block.is_fused() { 0 } else { r };
        &mut self.z.as_mut_slice()[r * block.middle.stride()..][..block.middle.len()]
    }
}
