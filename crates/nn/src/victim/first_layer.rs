//! The first layer of a network by itself, where that is a linear layer of the input.
//!
//! A convolution is not taken: its outputs for a number of the input lie apart, and the change of a 4 x 4 square of them costs about what the whole layer does
//! (Square on the small convolutional net took 1.2 times as long with it).

use crate::{Compiled, Graph, Lowering, Network, Node, Params, Source, layers};
use sparring_oracle::{Batch, FirstLayer, OracleError};

/// A change is made one number at a time, at so much less than the speed of a product of matrices.
const SLOWER: usize = 3;

/// A network cut behind its first layer.
#[derive(Debug)]
pub(super) struct Cut {
    first: Compiled,
    rest: Compiled,
    /// A column of the weight for each number of the input, as long as the layer has outputs.
    columns: Vec<f32>,
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
        let (layer, weight) = (&graph.nodes[at], &network.params_of(at).first()?.value);
        let (Lowering::Matmul, &[outputs, inputs]) = (layer.layer.lower(), weight.shape().dims()) else {
            return None;
        };
        let head = network.up_to(&layer.name).ok()?;
        let rest = behind(network, at, outputs)?;
        let weight = weight.as_slice();
        let columns = (0..inputs).flat_map(|i| (0..outputs).map(move |o| weight[o * inputs + i])).collect();
        let (first, rest) = (Compiled::new(&head), Compiled::new(&rest));
        Some(Self { first, rest, columns, scale, dim: c * h * w, area: h * w })
    }
}

/// The nodes behind `at`, as a network that takes that one's output.
fn behind(network: &Network<f32>, at: usize, outputs: usize) -> Option<Network<f32>> {
    let mut graph = Graph::new([1, 1, outputs]);
    // What a linear layer gives has no channels.
    graph.push(layers::flatten());
    graph.nodes[0].name = format!("{}.output", network.graph().nodes[at].name);
    let (before, first) = (1, at + 1);
    for node in &network.graph().nodes[first..] {
        let moved = |source: &Source| match source {
            Source::Node(j) if *j == at => Some(Source::Node(0)),
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
    fn max_changes(&self) -> usize {
        self.dim / SLOWER
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
        assert_eq!(out.len(), self.width(), "change: outputs of a first layer");
        for &(i, delta) in by {
            let delta = delta * self.scale[i / self.area];
            let column = &self.columns[i * out.len()..(i + 1) * out.len()];
            out.iter_mut().zip(column).for_each(|(o, w)| *o += delta * w);
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
        let mut residual = Graph::chain([2, 6, 5], vec![flatten(), linear(60, 5)]);
        let skip = residual.last();
        let deep = residual.push(linear(5, 5));
        residual.push_from(layers::add(), &[deep, skip]);
        residual.push(linear(5, 4));
        vec![
            Graph::chain([2, 6, 5], vec![flatten(), linear(60, 7), relu(), linear(7, 4)]),
            Graph::chain(
                [2, 6, 5],
                vec![normalize(&[0.1, 0.2], &[0.3, 2.0]), flatten(), linear(60, 7), relu(), linear(7, 4)],
            ),
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
        let mut twice = Graph::chain([1, 4, 4], vec![flatten(), linear(16, 16)]);
        let (flat, wide) = (Source::Node(0), twice.last());
        twice.push_from(layers::add(), &[wide, flat]);
        twice.push(linear(16, 3));
        let pool = Graph::chain([1, 4, 4], vec![layers::max_pool2d(2, 2), flatten(), linear(4, 3)]);
        let alone = Graph::chain([1, 4, 4], vec![flatten(), linear(16, 3)]);
        let conv = Graph::chain([1, 4, 4], vec![conv2d(1, 2, 3, 1, 1), flatten(), linear(32, 3)]);
        for graph in [twice, pool, alone, conv] {
            assert!(Cut::of(&graph.build(Key::new(1)).unwrap()).is_none());
        }
    }
}
