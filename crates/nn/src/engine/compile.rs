//! From a graph to a program.
//!
//! Every node becomes an instruction, or joins the block before it by one of these rules, each with what it needs of the block: it is read by this node alone, and
//! has no later part of its epilogue yet.
//!
//! | node | joins | needs |
//! |---|---|---|
//! | activation | any block | no activation, pooling or dropout there |
//! | pooling | any block | no pooling or dropout there |
//! | dropout | any block | no dropout there |
//! | flatten, reshape, identity | the view of its input | nothing: numbers stay where they are, orders are remembered |

use super::block::{Act, BatchNorm, Block, Dropout, From, Input, LayerNorm, Learnt, Op, Pool};
use super::extent::Extent;
use super::lowering::Lowering;
use super::program::{OnTape, Plain, Program};
use super::weight::Weight;
use crate::{Graph, Mode, Network, Node, Source};
use sparring_activations::Sharing;
use sparring_tensor::channels_last::{AveragePoolBlock, PoolBlock};
use sparring_tensor::normalize::{BatchNormBlock, LayerNormBlock};
use sparring_tensor::{Elem, Shape};
use std::ops::Range;
use std::sync::Arc;

/// How a node's output lies in memory.
#[derive(Clone, Copy, Debug)]
struct View {
    from: From,
    /// Channels last, or a plain vector where channels come first.
    extent: Extent,
    /// `[c, h, w]` of an image, `[1, 1, n]` of a vector.
    image: [usize; 3],
    /// Nobody else reads the block, so an epilogue may be added to it.
    alone: bool,
}

impl View {
    /// Whether the numbers lie in another order than that of channels first.
    fn is_channels_last(&self) -> bool {
        self.extent.is_channels_last()
    }
}

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
            from: From::Input,
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
        let ends: Vec<_> = graph.ends().iter().map(|&i| self.channels_first(views[i])).collect();
        match ends[..] {
            [] => {
                self.block(Op::Copy, &[input], input.extent);
            }
            [end] if end.from == From::Block(self.program.blocks.len().wrapping_sub(1)) => {}
            [end] => {
                self.block(Op::Copy, &[end], end.extent);
            }
            _ => {
                let all = ends.iter().map(|v| v.extent.len()).sum();
                self.block(Op::Concat, &ends, Extent::vector(all));
            }
        }
    }
    /// A new block, and the view of its output.
    fn block(&mut self, op: Op, inputs: &[View], middle: Extent) -> View {
        let input = |v: &View| Input { from: v.from, extent: v.extent, adds: false };
        self.program.blocks.push(Block::new(op, inputs.iter().map(input).collect(), middle));
        let image = if middle.flat { [1, 1, middle.len()] } else { [middle.c, middle.h, middle.w] };
        View { from: From::Block(self.program.blocks.len() - 1), extent: middle, image, alone: true }
    }
    /// The block whose epilogue may grow, if `free` says so.
    fn grow(&mut self, view: View, free: impl Fn(&Block) -> bool) -> (View, usize) {
        if let (From::Block(b), true) = (view.from, view.alone)
            && free(&self.program.blocks[b])
        {
            return (view, b);
        }
        let copy = self.block(Op::Copy, &[view], view.extent);
        (View { image: view.image, ..copy }, self.program.blocks.len() - 1)
    }
    /// The same numbers with channels last.
    fn channels_last(&mut self, view: View) -> View {
        let [c, h, w] = view.image;
        let image = Extent::image([h, w], c);
        if !image.is_channels_last() || view.is_channels_last() {
            return View { extent: image, ..view };
        }
        let moved = self.block(Op::ChannelsLast, &[view], image);
        View { image: view.image, ..moved }
    }
    /// The same numbers with channels first, as a plain vector.
    fn channels_first(&mut self, view: View) -> View {
        let extent = Extent::vector(view.extent.len());
        if !view.is_channels_last() {
            return View { extent, ..view };
        }
        let moved = self.block(Op::ChannelsFirst, &[view], extent);
        View { image: view.image, ..moved }
    }
    /// Channels last for images, channels first for all else.
    fn in_order_of(&mut self, view: View, shape: Shape) -> View {
        if shape.rank() == 4 { self.channels_last(view) } else { self.channels_first(view) }
    }
    /// All with the order of the first, where that is possible without moving a number, else channels first.
    fn alike(&mut self, views: &[View]) -> Vec<View> {
        let last = views.iter().all(|v| v.is_channels_last() && v.extent == views[0].extent);
        if last { views.to_vec() } else { views.iter().map(|&v| self.channels_first(v)).collect() }
    }
    /// The layer's parameters among the plain ones.
    fn plain(&mut self, params: Range<usize>) -> Range<usize> {
        let first = self.program.plains.len();
        let all = self.network.params.as_slice()[params].iter().map(Plain::new);
        self.program.plains.extend(all);
        first..self.program.plains.len()
    }
    /// A convolution of an image, or a transposed one.
    fn convolution(&mut self, op: fn(usize) -> Op, weight: Weight<E>, x: View) -> View {
        let out = weight.output();
        self.program.weights.push(weight);
        self.block(op(self.program.weights.len() - 1), &[x], out)
    }

    fn node(&mut self, i: usize, node: &Node, inputs: &[View], shapes: &[Shape], graph: &Graph) -> View {
        let (network, p) = (self.network, self.network.of_node(i));
        let bias = (p.len() > 1).then(|| &network.params[p.start + 1]);
        let x = inputs[0];
        match node.layer.lower() {
            Lowering::Identity => x,
            Lowering::Flatten => View { image: [1, 1, x.extent.len()], extent: x.extent.flattened(), ..x },
            Lowering::Reshape(shape) => {
                let x = self.channels_first(x);
                let image = match shape[..] {
                    [c, h, w] => [c, h, w],
                    _ => [1, 1, x.extent.len()],
                };
                View { image, ..x }
            }
            Lowering::Matmul => {
                let weight = Weight::matmul(&network.params[p.start], bias, x.extent);
                let out = weight.output();
                self.program.weights.push(weight);
                self.block(Op::Matmul(self.program.weights.len() - 1), &[x], out)
            }
            Lowering::Conv2d(geometry) => {
                let x = self.channels_last(x);
                match Weight::conv(&network.params[p.start], bias, geometry, x.extent) {
                    Some(weight) => self.convolution(Op::Conv, weight, x),
                    None => self.on_tape(i, node, inputs, shapes, graph),
                }
            }
            Lowering::ConvTranspose2d(geometry) => {
                let (x, [_, _, h, w]) = (self.channels_last(x), shapes[i].dims4());
                match Weight::conv_transpose(&network.params[p.start], bias, geometry, x.extent, [h, w]) {
                    Some(weight) => self.convolution(Op::ConvTranspose, weight, x),
                    None => self.on_tape(i, node, inputs, shapes, graph),
                }
            }
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
                let (x, b) = self.grow(x, Block::is_bare);
                self.program.blocks[b].act = Some(act);
                x
            }
            Lowering::MaxPool2d(geometry) => {
                let x = self.channels_last(x);
                match PoolBlock::new([x.extent.h, x.extent.w], x.extent.c, geometry) {
                    Ok(pool) => self.pool(x, Pool::Max(pool)),
                    Err(_) => self.on_tape(i, node, inputs, shapes, graph),
                }
            }
            Lowering::AveragePool2d(geometry) => {
                let x = self.channels_last(x);
                match AveragePoolBlock::new([x.extent.h, x.extent.w], x.extent.c, geometry) {
                    Ok(pool) => self.pool(x, Pool::Mean(pool)),
                    Err(_) => self.on_tape(i, node, inputs, shapes, graph),
                }
            }
            Lowering::GlobalAveragePool2d => {
                let x = self.channels_last(x);
                match AveragePoolBlock::global([x.extent.h, x.extent.w], x.extent.c) {
                    Ok(pool) => self.pool(x, Pool::Mean(pool)),
                    Err(_) => self.on_tape(i, node, inputs, shapes, graph),
                }
            }
            Lowering::BatchNorm { eps, momentum } => {
                let x = self.in_order_of(x, shapes[i]);
                let (e, params) = (x.extent, self.plain(p).start);
                let (pixels, channels) = if shapes[i].rank() == 4 { (e.h * e.w, e.c) } else { (1, e.len()) };
                let block = BatchNormBlock::new(pixels, channels);
                let params = [0, 1, 2, 3].map(|j| params + j);
                self.program.batch_norms.push(BatchNorm { block, params, eps, momentum });
                let out = self.block(Op::BatchNorm(self.program.batch_norms.len() - 1), &[x], e);
                View { image: x.image, ..out }
            }
            Lowering::LayerNorm { numbers, eps } => {
                let x = self.channels_first(x);
                let params = self.plain(p).start;
                let block = LayerNormBlock::new(numbers, eps);
                let rows = x.extent.len() / numbers;
                self.program.layer_norms.push(LayerNorm { block, rows, params: [params, params + 1] });
                let out = self.block(Op::LayerNorm(self.program.layer_norms.len() - 1), &[x], x.extent);
                View { image: x.image, ..out }
            }
            Lowering::Dropout(p) => {
                // Masks are drawn in the order of an image's channels last, of a vector's numbers.
                let x = self.in_order_of(x, shapes[i]);
                let (x, b) = self.grow(x, |b| b.dropout.is_none());
                self.program.blocks[b].dropout = Some(Dropout { p, node: i });
                x
            }
            Lowering::Add => {
                let inputs = self.alike(inputs);
                let out = self.block(Op::Add, &inputs, inputs[0].extent);
                View { image: inputs[0].image, ..out }
            }
            Lowering::Concat => self.concat(inputs, shapes[i]),
            _ => self.on_tape(i, node, inputs, shapes, graph),
        }
    }
    fn pool(&mut self, x: View, pool: Pool) -> View {
        let (x, b) = self.grow(x, |b| b.pool.is_none() && b.dropout.is_none());
        let block = &mut self.program.blocks[b];
        let output = Extent::image(pool.output(), x.extent.c);
        (block.pool, block.output) = (Some(pool), output);
        View { extent: output, image: [output.c, output.h, output.w], ..x }
    }
    fn concat(&mut self, inputs: &[View], shape: Shape) -> View {
        let inputs: Vec<_> = inputs.iter().map(|&v| self.in_order_of(v, shape)).collect();
        let out = match *shape.dims() {
            [_, c, h, w] => Extent::image([h, w], c),
            _ => Extent::vector(shape.numel()),
        };
        self.block(Op::Concat, &inputs, out)
    }
    fn on_tape(&mut self, i: usize, node: &Node, inputs: &[View], shapes: &[Shape], graph: &Graph) -> View {
        let views: Vec<_> = inputs.iter().map(|&v| self.channels_first(v)).collect();
        let params = self.plain(self.network.of_node(i));
        let before = Graph::inputs_of(node, graph.batch(1), shapes);
        let (layer, span) = (node.layer.clone(), node.layer.span());
        self.program.tapes.push(OnTape { layer, node: i, span, params, shapes: before });
        let out =
            self.block(Op::Tape(self.program.tapes.len() - 1), &views, Extent::vector(shapes[i].numel()));
        let image = match *shapes[i].dims() {
            [_, c, h, w] => [c, h, w],
            _ => out.image,
        };
        View { image, ..out }
    }
}

/// What follows from the whole list of blocks.
fn finish<E: Elem>(program: &mut Program<E>, mode: Mode) {
    let trained = |b: &Block, program: &Program<E>| {
        let own = match b.op {
            Op::Matmul(_) | Op::Conv(_) | Op::ConvTranspose(_) | Op::BatchNorm(_) | Op::LayerNorm(_) => true,
            Op::Tape(t) => !program.tapes[t].params.is_empty(),
            _ => false,
        };
        own || matches!(b.act, Some(Act::Learnt(_)))
    };
    for i in 0..program.blocks.len() {
        let before = program.blocks[i].inputs.iter().any(|input| match input.from {
            From::Input => false,
            From::Block(j) => program.blocks[j].learns,
        });
        program.blocks[i].learns = before || trained(&program.blocks[i], program);
        if let (Op::Matmul(_), From::Block(j)) = (program.blocks[i].op, program.blocks[i].inputs[0].from) {
            program.blocks[j].feeds_matmul = true;
        }
    }
    // What comes from a batch normalisation has the size of its weights, and is looked through once it has become the weight's gradient.
    let normalised: Vec<usize> = program
        .blocks
        .iter()
        .filter(|b| matches!(b.op, Op::BatchNorm(_)))
        .filter_map(|b| match b.inputs[0].from {
            From::Block(j) => Some(j),
            From::Input => None,
        })
        .collect();
    for (i, block) in program.blocks.iter_mut().enumerate() {
        block.flushes = block.weight().is_some() && !(block.is_bare() && normalised.contains(&i));
    }
    // The backward pass goes from the last block to the first: the first to come writes, the others add.
    let mut written = vec![false; program.blocks.len() + 1];
    for input in program.blocks.iter_mut().rev().flat_map(|b| &mut b.inputs) {
        let place = match input.from {
            From::Input => 0,
            From::Block(j) => j + 1,
        };
        input.adds = std::mem::replace(&mut written[place], true);
    }
    let count = program.blocks.len();
    let begins = |i: &usize| mode == Mode::Train && program.spans_batch(&program.blocks[*i]);
    let mut starts: Vec<usize> = std::iter::once(0).chain((0..count).filter(begins)).collect();
    starts.push(count);
    program.phases = starts.windows(2).map(|w| w[0]..w[1]).collect();
}
