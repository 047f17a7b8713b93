//! The instructions of a program.

use super::extent::Extent;
use sparring_activations::{Activation, AnyActivation, Sharing, Trainable};
use sparring_tensor::channels_last::{AveragePoolBlock, PoolBlock};
use sparring_tensor::normalize::{BatchNormBlock, LayerNormBlock};
use sparring_tensor::{Array, Elem};
use std::sync::Arc;

/// Where a block reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// The network's input, examples as the user gives them: channels first.
    Input,
    /// The output of this block.
    Block(usize),
}

/// One input of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Input {
    pub from: Operand,
    pub extent: Extent,
    /// In the backward pass another block has written a gradient there already.
    pub adds: bool,
}

/// What a block computes before its epilogue. Numbers are positions in the program's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockOp {
    /// The input as it is.
    Copy,
    /// x Wᵀ + b.
    Matmul(usize),
    /// A convolution.
    Conv(usize),
    /// The input gradient of a convolution, forwards.
    ConvTranspose(usize),
    /// Batch normalisation.
    BatchNorm(usize),
    /// Layer normalisation.
    LayerNorm(usize),
    /// Fixed numbers for each channel.
    Affine(usize),
    /// The sum of all inputs.
    Add,
    /// All inputs side by side along the channels.
    Concat,
    /// From channels first to channels last.
    ChannelsLast,
    /// From channels last to channels first.
    ChannelsFirst,
    /// A layer on a tape.
    Tape(usize),
}

/// A pooling over the windows of an image.
#[derive(Clone, Copy, Debug)]
pub(super) enum PoolOp {
    Max(PoolBlock),
    Mean(AveragePoolBlock),
}

impl PoolOp {
    pub fn output(&self) -> [usize; 2] {
        match self {
            Self::Max(pool) => pool.output(),
            Self::Mean(pool) => pool.output(),
        }
    }
}

/// An activation behind a block's operation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Fixed(AnyActivation),
    /// Position in the program's learnt activations.
    Learnt(usize),
}

/// Random numbers behind everything else of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoiseOp {
    pub noise: Noise,
    /// Random words of an example: one for each number, or one for each channel of an image, that all its pixels share.
    pub words: usize,
    /// The node whose key draws them.
    pub node: usize,
}

/// What random numbers do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Noise {
    /// 0 with this probability, else scaled up.
    Dropout(f64),
    /// x + std · z.
    Added(f64),
    /// x · (1 + std · z).
    Factor(f64),
}

impl NoiseOp {
    /// Words that are kept for an example of `len` numbers: normal numbers are made in blocks.
    pub fn stride(&self, len: usize) -> usize {
        match self.noise {
            Noise::Dropout(_) => len,
            Noise::Added(_) | Noise::Factor(_) => len.next_multiple_of(NORMALS),
        }
    }
}

/// Normal numbers that are made together of as many words.
pub(super) const NORMALS: usize = 32;

/// An operation and its epilogue: perhaps an activation, then perhaps a pooling, then perhaps noise or dropout.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub op: BlockOp,
    pub inputs: Vec<Input>,
    pub act: Option<Act>,
    pub pool: Option<PoolOp>,
    pub noise: Option<NoiseOp>,
    /// After the operation.
    pub middle: Extent,
    /// After the epilogue.
    pub output: Extent,
    /// Whether a matmul reads the output: the gradient of its weight will want it again.
    pub feeds_matmul: bool,
    /// Whether the block, or one that it depends on, has parameters that are trained.
    pub learns: bool,
    /// Whether numbers too small to teach anything are made 0 in the gradient at the operation, which is looked through for infinities and NaN meanwhile.
    pub flushes: bool,
}

impl Block {
    pub fn new(op: BlockOp, inputs: Vec<Input>, middle: Extent) -> Self {
        let (act, pool, noise) = (None, None, None);
        let (feeds_matmul, learns, flushes) = (false, false, false);
        Self { op, inputs, act, pool, noise, middle, output: middle, feeds_matmul, learns, flushes }
    }
    /// The extent of the first input.
    pub fn input(&self) -> Extent {
        self.inputs[0].extent
    }
    /// The packed weight that it uses.
    pub fn weight(&self) -> Option<usize> {
        match self.op {
            BlockOp::Matmul(w) | BlockOp::Conv(w) | BlockOp::ConvTranspose(w) => Some(w),
            _ => None,
        }
    }
    /// Nothing behind the operation.
    pub fn is_bare(&self) -> bool {
        self.act.is_none() && self.pool.is_none() && self.noise.is_none()
    }
    /// max(x, 0), whose kernels work in place and together with a pooling.
    pub fn is_rectified(&self) -> bool {
        matches!(self.act, Some(Act::Fixed(f)) if Activation::<f32>::rectifies(&f))
    }
    /// Rectifier and max pooling in one pass right behind an operation that goes image by image: its output never leaves the nearest cache.
    pub fn is_fused(&self) -> bool {
        let by_image =
            matches!(self.op, BlockOp::Conv(_) | BlockOp::ConvTranspose(_) | BlockOp::BatchNorm(_));
        by_image && self.is_rectified() && matches!(self.pool, Some(PoolOp::Max(_)))
    }
    /// A rectifier without pooling works in place: the value tells the derivative, and half the memory is half the way to it.
    pub fn is_in_place(&self) -> bool {
        self.is_rectified() && self.pool.is_none()
    }
    /// The sum of two inputs rectified in the same pass.
    pub fn adds_and_rectifies(&self) -> bool {
        self.op == BlockOp::Add && self.inputs.len() == 2 && self.is_in_place()
    }
    /// Whether the operation itself rectifies where the activation works in place.
    pub fn rectifies_itself(&self) -> bool {
        matches!(self.op, BlockOp::Conv(_) | BlockOp::ConvTranspose(_) | BlockOp::BatchNorm(_))
            || self.adds_and_rectifies()
    }
    /// An activation that writes somewhere else than it reads.
    pub fn act_apart(&self) -> Option<Act> {
        self.act.filter(|_| !self.is_fused() && !self.is_in_place())
    }
    /// Whether the update of the weight wants the gradient at the matmul after the backward pass.
    pub fn keeps_gradient(&self) -> bool {
        matches!(self.op, BlockOp::Matmul(_))
    }
}

/// A learnt activation and where its parameters are.
#[derive(Debug)]
pub(super) struct Learnt<E: Elem> {
    pub function: Arc<dyn Trainable<E>>,
    pub sharing: Sharing,
    /// Position among the plain parameters.
    pub params: usize,
}

/// A batch normalisation: weight, bias, running mean and running variance among the plain parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchNormOp {
    pub block: BatchNormBlock,
    pub params: [usize; 4],
    pub eps: f64,
    pub momentum: f64,
}

/// y = x · scale + shift with fixed numbers for each channel.
#[derive(Clone, Debug)]
pub(super) struct AffineOp<E: Elem> {
    pub block: BatchNormBlock,
    pub scale: Array<E>,
    pub shift: Array<E>,
    /// Nothing to add: the gradient is dy · scale.
    pub zeros: Array<E>,
}

/// A layer normalisation: weight and bias among the plain parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayerNormOp {
    pub block: LayerNormBlock,
    /// Rows that are normalised in an example.
    pub rows: usize,
    pub params: [usize; 2],
}
