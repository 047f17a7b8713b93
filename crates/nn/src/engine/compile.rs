//! From a graph to blocks: a product, its activation and its pooling run together.

use super::extent::Extent;
use super::weight::Weight;
use crate::{Graph, Lowering, Mode, Network};
use sparring_activations::AnyActivation;
use sparring_tensor::Elem;
use sparring_tensor::channels_last::PoolBlock;

/// Where the numbers of a block come from, before its activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// The block before, as it is.
    Copy,
    /// The weight with this number, a product.
    Dense(usize),
    /// The weight with this number, a convolution.
    Conv(usize),
}

/// A product, then perhaps an activation, then perhaps a pooling.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub op: Op,
    pub act: Option<AnyActivation>,
    pub pool: Option<PoolBlock>,
    pub input: Extent,
    /// After the product.
    pub middle: Extent,
    /// After the pooling.
    pub output: Extent,
    /// Whether a product reads the output: the gradient of its weight will want it again.
    pub feeds_product: bool,
}

impl Block {
    fn new(op: Op, input: Extent, middle: Extent) -> Self {
        Self { op, act: None, pool: None, input, middle, output: middle, feeds_product: false }
    }
}

/// A compiled chain.
#[derive(Debug)]
pub(super) struct Chain<E: Elem> {
    pub blocks: Vec<Block>,
    pub weights: Vec<Weight<E>>,
    /// Examples come as planes and are turned first.
    pub turn_input: bool,
}

/// `None` if the network has a form that plans do not know.
pub(super) fn compile<E: Elem>(network: &Network<E>, mode: Mode) -> Option<Chain<E>> {
    let graph: &Graph = network.graph();
    if !graph.is_chain() {
        return None;
    }
    let [c, h, w] = graph.input;
    let mut at = Extent::image([h, w], c);
    let lowered: Vec<_> = graph.layers().map(|l| l.lower(mode)).collect();
    let turn_input = at.is_turned() && !matches!(lowered.first(), Some(Lowering::Flatten));
    if !turn_input && (at.is_turned() || h * w == 1) {
        at = Extent { flat: at.flat, ..Extent::vector(at.len()) };
    }
    let (mut blocks, mut weights) = (Vec::<Block>::new(), Vec::new());
    for (i, lowering) in lowered.iter().enumerate() {
        let params = &network.params;
        let p = network.of_node(i);
        let bias = (p.len() > 1).then(|| &params[p.start + 1]);
        match *lowering {
            Lowering::Matmul => {
                let weight = &params[p.start];
                let out = Extent::vector(weight.value.shape()[0]);
                blocks.push(Block::new(Op::Dense(weights.len()), at, out));
                weights.push(Weight::dense(weight, bias, at));
                at = out;
            }
            Lowering::Conv2d(geometry) => {
                let weight = Weight::conv(&params[p.start], bias, geometry, at)?;
                let out = weight.output();
                blocks.push(Block::new(Op::Conv(weights.len()), at, out));
                weights.push(weight);
                at = out;
            }
            Lowering::Activation(act) if p.is_empty() => {
                if blocks.last().is_none_or(|b| b.act.is_some() || b.pool.is_some()) {
                    blocks.push(Block::new(Op::Copy, at, at));
                }
                blocks.last_mut()?.act = Some(act);
            }
            Lowering::MaxPool2d(geometry) => {
                if blocks.last().is_none_or(|b| b.pool.is_some()) {
                    blocks.push(Block::new(Op::Copy, at, at));
                }
                let pool = PoolBlock::new([at.h, at.w], at.c, geometry).ok()?;
                at = Extent::image(pool.output(), at.c);
                let block = blocks.last_mut()?;
                (block.pool, block.output) = (Some(pool), at);
            }
            Lowering::Flatten => at.flat = true,
            Lowering::Identity => {}
            Lowering::Reshape(ref shape) => {
                let target = match shape[..] {
                    [n] => Extent::vector(n),
                    [c, h, w] => Extent::image([h, w], c),
                    _ => return None,
                };
                if at.is_turned() || target.is_turned() {
                    return None;
                }
                at = target;
            }
            _ => return None,
        }
    }
    for i in 1..blocks.len() {
        blocks[i - 1].feeds_product = matches!(blocks[i].op, Op::Dense(_));
    }
    // The last block hands its rows to the user, who does not know channels-last.
    (!blocks.is_empty() && !at.is_turned()).then_some(Chain { blocks, weights, turn_input })
}
