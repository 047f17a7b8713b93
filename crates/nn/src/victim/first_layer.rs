//! The first layer of a network by itself, where that is a linear layer or a convolution of the input.

use crate::{Compiled, Graph, Lowering, Network, Node, Params, Source, layers};
use sparring_oracle::{Batch, FirstLayer, OracleError};
use sparring_tensor::ConvGeometry;

/// Changes are made one number at a time: by so much a convolution, whose outputs for a number lie apart, is slower at it than at a whole image.
const APART: usize = 16;
/// The same of a linear layer, whose outputs lie side by side.
const TOGETHER: usize = 3;

/// What a number of the input does to the outputs.
#[derive(Debug)]
enum Effect {
    /// A column of the weight for each number, `outputs` long.
    Columns(Vec<f32>),
    /// Kernels, `[inputs, kh, kw]` for each output channel, on images of `width` to channels `[oh, ow]`.
    Kernels {
        weight: Vec<f32>,
        inputs: usize,
        kernel: [usize; 2],
        of: ConvGeometry,
        width: usize,
        to: [usize; 2],
    },
}

/// A network cut behind its first layer.
#[derive(Debug)]
pub(super) struct Cut {
    first: Compiled,
    rest: Compiled,
    effect: Effect,
    /// What a change is multiplied by before it comes to the layer, one number a channel.
    scale: Vec<f32>,
    /// Numbers of an example, and of a channel.
    dim: usize,
    area: usize,
}

impl Cut {
    /// `None` where the network does not begin with such a layer (behind a standardisation and a flattening, if it has them), or reads its input in other places, too.
    pub(super) fn of(network: &Network<f32>) -> Option<Self> {
        let graph = network.graph();
        let [c, h, w] = graph.input;
        let (mut at, mut scale) = (0, vec![1.0; c]);
        // Each node reads the one before it, and no other does.
        let alone = |i: usize| {
            let source = i.checked_sub(1).map_or(Source::Input, Source::Node);
            let reads = |n: &&Node| n.inputs.contains(&source);
            graph.nodes.get(i).is_some_and(|n| n.inputs == [source])
                && graph.nodes.iter().filter(reads).count() == 1
        };
        loop {
            if !alone(at) {
                return None;
            }
            match graph.nodes[at].layer.lower() {
                Lowering::Affine { scale: by, .. } => {
                    scale.iter_mut().zip(by).for_each(|(scale, by)| *scale *= by as f32);
                }
                Lowering::Flatten | Lowering::Identity => {}
                _ => break,
            }
            at += 1;
        }
        let head = network.up_to(&graph.nodes[at].name).ok()?;
        let (weight, shape) = (&network.params_of(at).first()?.value, head.output_shape(1).ok()?);
        let (effect, input) = match (graph.nodes[at].layer.lower(), weight.shape().dims(), shape.dims()) {
            (Lowering::Matmul, &[outputs, inputs], _) => {
                let weight = weight.as_slice();
                let columns = (0..inputs).flat_map(|i| (0..outputs).map(move |o| weight[o * inputs + i]));
                (Effect::Columns(columns.collect()), [1, 1, outputs])
            }
            (Lowering::Conv2d(of), &[_, inputs, kh, kw], &[_, outputs, oh, ow]) => {
                let (weight, kernel, to) = (weight.as_slice().to_vec(), [kh, kw], [oh, ow]);
                (Effect::Kernels { weight, inputs, kernel, of, width: w, to }, [outputs, oh, ow])
            }
            _ => return None,
        };
        let rest = behind(network, at, input)?;
        let (first, rest) = (Compiled::new(&head), Compiled::new(&rest));
        Some(Self { first, rest, effect, scale, dim: c * h * w, area: h * w })
    }
}

/// The nodes behind `at`, as a network that takes that one's output.
fn behind(network: &Network<f32>, at: usize, input: [usize; 3]) -> Option<Network<f32>> {
    let mut graph = Graph::new(input);
    let flat = matches!(network.graph().nodes[at].layer.lower(), Lowering::Matmul);
    if flat {
        // What a linear layer gives has no channels.
        graph.push(layers::flatten());
        graph.nodes[0].name = format!("{}.output", network.graph().nodes[at].name);
    }
    let (before, first) = (usize::from(flat), at + 1);
    for node in &network.graph().nodes[first..] {
        let moved = |source: &Source| match source {
            Source::Node(j) if *j == at => Some(before.checked_sub(1).map_or(Source::Input, Source::Node)),
            Source::Node(j) if *j > at => Some(Source::Node(j - first + before)),
            _ => None,
        };
        let inputs = node.inputs.iter().map(moved).collect::<Option<Vec<_>>>()?;
        graph.nodes.push(Node { inputs, ..node.clone() });
    }
    graph.outputs = network
        .graph()
        .outputs
        .iter()
        .map(|&i| i.checked_sub(first).map(|i| i + before))
        .collect::<Option<_>>()?;
    if graph.nodes.len() == before {
        return None;
    }
    let nodes = first..network.graph().nodes.len();
    let params = nodes.flat_map(|i| network.params_of(i)).cloned().collect();
    Some(Network::new(graph, Params::of(params)))
}

impl FirstLayer for Cut {
    fn width(&self) -> usize {
        self.rest.inputs()
    }
    fn worth(&self) -> usize {
        self.dim / if matches!(self.effect, Effect::Columns(_)) { TOGETHER } else { APART }
    }
    fn outputs(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        if x.data().len() != x.len() * self.dim || out.len() != x.len() * self.width() {
            let (n, got, expected) = (x.len(), out.len(), x.len() * self.width());
            return Err(OracleError::Shape(format!(
                "first layer of {n} examples: {} and {got} numbers, expected {} and {expected}",
                x.data().len(),
                n * self.dim
            )));
        }
        self.first.forward(x.data(), out);
        Ok(())
    }
    fn change(&self, by: &[(usize, f32)], out: &mut [f32]) {
        for &(i, delta) in by {
            let (channel, pixel) = (i / self.area, i % self.area);
            let delta = delta * self.scale[channel];
            match &self.effect {
                Effect::Columns(columns) => {
                    let column = &columns[i * out.len()..(i + 1) * out.len()];
                    out.iter_mut().zip(column).for_each(|(o, w)| *o += delta * w);
                }
                Effect::Kernels { weight, inputs, kernel, of, width, to } => {
                    let reached = |axis: usize, at: usize| {
                        let (stride, at) = (of.stride[axis], at + of.padding[axis]);
                        (0..kernel[axis]).filter_map(move |tap| {
                            let from = at.checked_sub(tap)?;
                            (from.is_multiple_of(stride) && from / stride < to[axis])
                                .then_some((tap, from / stride))
                        })
                    };
                    for (ky, oy) in reached(0, pixel / width) {
                        for (kx, ox) in reached(1, pixel % width) {
                            let tap = (channel * kernel[0] + ky) * kernel[1] + kx;
                            let taps = weight[tap..].iter().step_by(inputs * kernel[0] * kernel[1]);
                            let outs = out[oy * to[1] + ox..].iter_mut().step_by(to[0] * to[1]);
                            outs.zip(taps).for_each(|(o, w)| *o += delta * w);
                        }
                    }
                }
            }
        }
    }
    fn logits_from(&self, outputs: &[f32], out: &mut [f32]) -> Result<(), OracleError> {
        let n = outputs.len() / self.width();
        if outputs.len() != n * self.width() || out.len() != n * self.rest.outputs() {
            let what = format!(
                "logits of {} numbers of a first layer of {}: {} numbers",
                outputs.len(),
                self.width(),
                out.len()
            );
            return Err(OracleError::Shape(what));
        }
        self.rest.forward(outputs, out);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{conv2d, flatten, linear, normalize};
    use sparring_seed::Key;

    fn nets() -> Vec<Graph> {
        let relu = || layers::activation(&"relu".parse().unwrap());
        let mut residual = Graph::chain([2, 6, 5], vec![conv2d(2, 3, 3, 1, 1)]);
        let skip = residual.last();
        let deep = residual.push(conv2d(3, 3, 3, 1, 1));
        residual.push_from(layers::add(), &[deep, skip]);
        residual.push(flatten());
        residual.push(linear(90, 4));
        vec![
            Graph::chain([2, 6, 5], vec![flatten(), linear(60, 7), relu(), linear(7, 4)]),
            Graph::chain(
                [2, 6, 5],
                vec![
                    normalize(&[0.1, 0.2], &[0.3, 2.0]),
                    conv2d(2, 3, 4, 2, 1),
                    relu(),
                    flatten(),
                    linear(18, 4),
                ],
            ),
            Graph::chain([2, 6, 5], vec![conv2d(2, 3, 3, 1, 0), flatten(), linear(36, 4)]),
            residual,
        ]
    }

    #[test]
    fn a_cut_network_is_the_whole_and_changes_add_up() {
        for (k, graph) in nets().into_iter().enumerate() {
            let network: Network<f32> = graph.build(Key::new(k as u64)).unwrap();
            let cut = Cut::of(&network).unwrap();
            let (n, dim) = (3, 60);
            let mut rng = Key::new(9).rng(k as u64);
            let mut draw = |n: usize| (0..n).map(|_| rng.uniform()).collect::<Vec<f32>>();
            let (x, steps) = (draw(n * dim), draw(n * dim));
            let ids = [0, 1, 2];
            let at = |x: &[f32]| {
                let mut z = vec![0.0; n * 4];
                Compiled::new(&network).forward(x, &mut z);
                z
            };
            let close =
                |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5 * (1.0 + b.abs()));
            let mut h = vec![0.0; n * cut.width()];
            let mut z = vec![0.0; n * 4];
            cut.outputs(Batch::new(&x, [2, 6, 5], &ids).unwrap(), &mut h).unwrap();
            cut.logits_from(&h, &mut z).unwrap();
            assert!(close(&z, &at(&x)), "net {k}");
            // Every third number of each example moves.
            let moved: Vec<f32> = x
                .iter()
                .zip(&steps)
                .enumerate()
                .map(|(i, (x, s))| if i % 3 == 0 { x + s } else { *x })
                .collect();
            for (i, h) in h.chunks_exact_mut(cut.width()).enumerate() {
                let by: Vec<(usize, f32)> =
                    (0..dim).filter(|j| (i * dim + j) % 3 == 0).map(|j| (j, steps[i * dim + j])).collect();
                cut.change(&by, h);
            }
            cut.logits_from(&h, &mut z).unwrap();
            assert!(close(&z, &at(&moved)), "net {k}: {z:?} {:?}", at(&moved));
            assert!(cut.outputs(Batch::new(&x[..dim], [2, 6, 5], &ids[..1]).unwrap(), &mut h).is_err());
            assert!(cut.logits_from(&h, &mut z[..1]).is_err());
        }
    }

    #[test]
    fn networks_that_read_their_input_twice_or_begin_otherwise_are_not_cut() {
        let mut twice = Graph::chain([1, 4, 4], vec![conv2d(1, 1, 3, 1, 1)]);
        let conv = twice.last();
        twice.push_from(layers::add(), &[conv, Source::Input]);
        twice.push(flatten());
        twice.push(linear(16, 3));
        let pool = Graph::chain([1, 4, 4], vec![layers::max_pool2d(2, 2), flatten(), linear(4, 3)]);
        let alone = Graph::chain([1, 4, 4], vec![flatten(), linear(16, 3)]);
        for graph in [twice, pool, alone] {
            assert!(Cut::of(&graph.build(Key::new(1)).unwrap()).is_none());
        }
    }
}
