//! From a graph to a program.
//!
//! Every node becomes an instruction, or joins the block before it by one of these rules, each with what it needs of the block: it is read by this node alone, and
//! has no later part of its epilogue yet.
//!
//! | node | joins | needs |
//! |---|---|---|
//! | activation | any block | no activation, pooling or noise there |
//! | pooling | any block | no pooling or noise there |
//! | dropout | any block | no noise there |
//! | Gaussian noise | any block | no noise and no rectifier there |
//! | flatten, reshape, identity | the view of its input | nothing: numbers stay where they are, orders are remembered |

use super::block::{
    Act, AffineOp, BatchNormOp, Block, BlockOp, LayerNormOp, Learnt, Noise, NoiseOp, Operand, PoolOp,
};
use super::extent::Extent;
use super::finish::finish;
use super::instruction::Instruction;
use super::lowering::Lowering;
use super::program::{OnTape, Plain, Program};
use super::view::View;
use super::weight::{Form, Weight};
use crate::{Graph, Mode, Network, Node, Source};
use sparring_activations::Sharing;
use sparring_tensor::normalize::{BatchNormBlock, LayerNormBlock};
use sparring_tensor::{Array, Elem, Shape};
use std::ops::Range;
use std::sync::Arc;

struct Compiler<'n, E: Elem> {
    network: &'n Network<E>,
    program: Program<E>,
}

/// The program of a network that was checked. In [`Mode::Eval`] normalisations use their running statistics; a program for training runs in both modes.
pub(super) fn compile<E: Elem>(network: &Network<E>, mode: Mode) -> Program<E> {
    let graph = network.graph();
    let program = Program {
        blocks: Vec::new(),
        phases: Vec::new(),
        weights: Vec::new(),
        plains: Vec::new(),
        learnt: Vec::new(),
        batch_norms: Vec::new(),
        layer_norms: Vec::new(),
        affines: Vec::new(),
        tapes: Vec::new(),
        dim: graph.input.iter().product(),
    };
    let mut compiler = Compiler { network, program };
    compiler.run(graph);
    let mut program = compiler.program;
    finish(&mut program, mode);
    program
}

impl<E: Elem> Compiler<'_, E> {
    fn run(&mut self, graph: &Graph) {
        let shapes = graph.shapes(1).expect("a checked network");
        let readers = |source: Source| {
            let of = |n: &Node| n.inputs.iter().filter(|&&s| s == source).count();
            let ends = graph.ends().iter().filter(|&&i| Source::Node(i) == source).count();
            graph.nodes.iter().map(of).sum::<usize>() + ends
        };
        let input = View {
            from: Operand::Input,
            extent: Extent::vector(self.program.dim),
            image: graph.input,
            alone: false,
        };
        let mut views: Vec<View> = Vec::new();
        for (i, node) in graph.nodes.iter().enumerate() {
            let inputs = Graph::inputs_of(node, input, &views);
            let mut view = self.node(i, node, &inputs, &shapes, graph);
            view.alone &= readers(Source::Node(i)) == 1;
            views.push(view);
        }
        let blocks = &mut self.program.blocks;
        let ends: Vec<_> = graph.ends().iter().map(|&i| views[i].channels_first(blocks)).collect();
        match ends[..] {
            [] => {
                self.block(BlockOp::Copy, &[input], input.extent);
            }
            [end] if end.from == Operand::Block(self.program.blocks.len().wrapping_sub(1)) => {}
            [end] => {
                self.block(BlockOp::Copy, &[end], end.extent);
            }
            _ => {
                let all = ends.iter().map(|v| v.extent.len()).sum();
                self.block(BlockOp::Concat, &ends, Extent::vector(all));
            }
        }
    }
    /// A new block, and the view of its output.
    fn block(&mut self, op: BlockOp, inputs: &[View], middle: Extent) -> View {
        View::of_block(&mut self.program.blocks, op, inputs, middle)
    }
    /// The layer's parameters among the plain ones.
    fn plain(&mut self, params: Range<usize>) -> Range<usize> {
        let first = self.program.plains.len();
        let all = self.network.params.as_slice()[params].iter().map(Plain::new);
        self.program.plains.extend(all);
        first..self.program.plains.len()
    }
    /// A matmul or convolution of `x`.
    fn weighted(&mut self, op: fn(usize) -> BlockOp, i: usize, form: Form, x: View) -> View {
        let params = &self.network.params.as_slice()[self.network.of_node(i)];
        let weight = Weight::new(&params[0], params.get(1), form);
        let out = weight.output();
        self.program.weights.push(weight);
        self.block(op(self.program.weights.len() - 1), &[x], out)
    }

    fn node(&mut self, i: usize, node: &Node, inputs: &[View], shapes: &[Shape], graph: &Graph) -> View {
        let (p, x) = (self.network.of_node(i), inputs[0]);
        let input = Graph::inputs_of(node, graph.batch(1), shapes)[0];
        let lowering = match Instruction::of(&node.layer, input, shapes[i]) {
            Instruction::Tape => return self.on_tape(i, node, inputs, shapes, graph),
            Instruction::Conv(block) => {
                let x = x.channels_last(&mut self.program.blocks);
                return self.weighted(BlockOp::Conv, i, Form::Conv(block), x);
            }
            Instruction::ConvTranspose(block) => {
                let x = x.channels_last(&mut self.program.blocks);
                return self.weighted(BlockOp::ConvTranspose, i, Form::ConvTranspose(block), x);
            }
            Instruction::Pool(pool) => return self.pool(x, pool),
            Instruction::Any(lowering) => lowering,
        };
        let blocks = &mut self.program.blocks;
        match lowering {
            Lowering::Flatten => View { image: [1, 1, x.extent.len()], extent: x.extent.flattened(), ..x },
            Lowering::Reshape(shape) => {
                let x = x.channels_first(blocks);
                let image = match shape[..] {
                    [c, h, w] => [c, h, w],
                    _ => [1, 1, x.extent.len()],
                };
                View { image, ..x }
            }
            Lowering::Matmul => self.weighted(BlockOp::Matmul, i, Form::Matmul(x.extent), x),
            Lowering::Activation(function) => {
                let act = match function.trainable::<E>() {
                    None => Act::Fixed(function),
                    Some(learnt) => {
                        let params = self.plain(p).start;
                        let function = Arc::from(learnt);
                        self.program.learnt.push(Learnt { function, sharing: Sharing::WHOLE, params });
                        Act::Learnt(self.program.learnt.len() - 1)
                    }
                };
                let blocks = &mut self.program.blocks;
                let (x, b) = x.grow(blocks, Block::is_bare);
                self.program.blocks[b].act = Some(act);
                x
            }
            Lowering::BatchNorm { eps, momentum } => {
                let x = x.in_order_of(blocks, shapes[i]);
                let (e, params) = (x.extent, self.plain(p).start);
                let (pixels, channels) = if shapes[i].rank() == 4 { (e.h * e.w, e.c) } else { (1, e.len()) };
                let block = BatchNormBlock::new(pixels, channels);
                let params = [0, 1, 2, 3].map(|j| params + j);
                self.program.batch_norms.push(BatchNormOp { block, params, eps, momentum });
                x.through(&mut self.program.blocks, BlockOp::BatchNorm(self.program.batch_norms.len() - 1))
            }
            Lowering::LayerNorm { numbers, eps } => {
                let x = x.channels_first(blocks);
                let params = self.plain(p).start;
                let block = LayerNormBlock::new(numbers, eps);
                let rows = x.extent.len() / numbers;
                self.program.layer_norms.push(LayerNormOp { block, rows, params: [params, params + 1] });
                x.through(&mut self.program.blocks, BlockOp::LayerNorm(self.program.layer_norms.len() - 1))
            }
            Lowering::Affine { scale, shift } => {
                let x = x.channels_last(blocks);
                let [scale, shift] = [scale, shift].map(|v| Array::from_fn([v.len()], |c| E::of(v[c])));
                let block = BatchNormBlock::new(x.extent.len() / scale.len(), scale.len());
                let zeros = Array::zeros([scale.len()]);
                self.program.affines.push(AffineOp { block, scale, shift, zeros });
                x.through(&mut self.program.blocks, BlockOp::Affine(self.program.affines.len() - 1))
            }
            Lowering::Dropout(p) => self.noise(x, i, shapes[i], Noise::Dropout(p), None),
            Lowering::Dropout2d(p) => self.noise(x, i, shapes[i], Noise::Dropout(p), Some(shapes[i][1])),
            Lowering::GaussianNoise(std) => self.noise(x, i, shapes[i], Noise::Added(std), None),
            Lowering::GaussianDropout(std) => self.noise(x, i, shapes[i], Noise::Factor(std), None),
            Lowering::Add => {
                let inputs = View::alike(blocks, inputs);
                let out = self.block(BlockOp::Add, &inputs, inputs[0].extent);
                View { image: inputs[0].image, ..out }
            }
            Lowering::Concat => self.concat(inputs, shapes[i]),
            // Nothing to do, or an instruction of its own above.
            _ => x,
        }
    }
    /// Random words, `words` of them an example, or one for each number.
    fn noise(&mut self, x: View, node: usize, shape: Shape, noise: Noise, words: Option<usize>) -> View {
        let blocks = &mut self.program.blocks;
        // They are drawn in the order of an image's channels last, of a vector's numbers.
        let x = x.in_order_of(blocks, shape);
        // A rectifier that works in place reads its derivative from the sign of the output, which dropout leaves alone.
        let keeps_sign = matches!(noise, Noise::Dropout(_));
        let (x, b) = x.grow(blocks, |b| b.noise.is_none() && (keeps_sign || !b.is_rectified()));
        let words = words.unwrap_or(x.extent.len());
        blocks[b].noise = Some(NoiseOp { noise, words, node });
        x
    }
    fn pool(&mut self, x: View, pool: PoolOp) -> View {
        let x = x.channels_last(&mut self.program.blocks);
        let (x, b) = x.grow(&mut self.program.blocks, |b| b.pool.is_none() && b.noise.is_none());
        let block = &mut self.program.blocks[b];
        let output = Extent::image(pool.output(), x.extent.c);
        (block.pool, block.output) = (Some(pool), output);
        View { extent: output, image: [output.c, output.h, output.w], ..x }
    }
    fn concat(&mut self, inputs: &[View], shape: Shape) -> View {
        let blocks = &mut self.program.blocks;
        let inputs: Vec<_> = inputs.iter().map(|v| v.in_order_of(blocks, shape)).collect();
        let out = match *shape.dims() {
            [_, c, h, w] => Extent::image([h, w], c),
            _ => Extent::vector(shape.numel()),
        };
        self.block(BlockOp::Concat, &inputs, out)
    }
    fn on_tape(&mut self, i: usize, node: &Node, inputs: &[View], shapes: &[Shape], graph: &Graph) -> View {
        let blocks = &mut self.program.blocks;
        let views: Vec<_> = inputs.iter().map(|v| v.channels_first(blocks)).collect();
        let params = self.plain(self.network.of_node(i));
        let before = Graph::inputs_of(node, graph.batch(1), shapes);
        let (layer, span) = (node.layer.clone(), node.layer.span());
        self.program.tapes.push(OnTape { layer, node: i, span, params, shapes: before });
        let out = self.block(
            BlockOp::Tape(self.program.tapes.len() - 1),
            &views,
            Extent::vector(shapes[i].numel()),
        );
        let image = match *shapes[i].dims() {
            [_, c, h, w] => [c, h, w],
            _ => out.image,
        };
        View { image, ..out }
    }
}
