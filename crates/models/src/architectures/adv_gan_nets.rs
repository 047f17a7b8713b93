//! The networks of AdvGAN for examples of any shape.

use crate::AdvGanSpec;
use sparring_activations::{AnyActivation, LeakyRelu, Relu, Tanh};
use sparring_math::named::Range;
use sparring_nn::{AnyLayer, Graph, layers};

/// For images whose sides are multiples of 4: G of three convolutions (3x3; 4x4 of stride 2, twice), residual blocks of two convolutions 3x3, two transposed convolutions 4x4 of stride 2 and a convolution to a tanh,
/// D of two convolutions 4x4 of stride 2 and one logit. For other examples both are dense with hidden layers of 16 times the width.
///
/// The paper's shape of network (github.com/mathcbc/advGAN_pytorch has it at 28 pixels) without its normalisations: instances are not normalised, so that the change sees how bright an image is, and batches are not, so that
/// it depends on one example alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdvGanNets {
    /// Shape of an example.
    pub input: [usize; 3],
    /// Channels of the layers next to the image; the next have twice as many, the inner four times.
    pub width: usize,
    /// Residual blocks of the generator.
    pub blocks: usize,
}

impl Default for AdvGanNets {
    fn default() -> Self {
        Self { input: [1, 28, 28], width: 8, blocks: 2 }
    }
}

sparring_math::named! {
    AdvGanNets: "advgan", [], "Xiao et al. 2018, arXiv:1801.02610";
    width: Range::Whole { low: 1, high: 256 }, "channels of the layers next to the image, the inner layers have two and four times as many; a sixteenth of a dense layer";
    blocks: Range::Whole { low: 0, high: 64 }, "residual blocks of the generator for images";
}

impl AdvGanNets {
    /// Both networks.
    pub fn spec(&self) -> AdvGanSpec {
        let [_, h, w] = self.input;
        let is_image = [h, w].iter().all(|side| *side >= 8 && side.is_multiple_of(4));
        let (generator, discriminator) =
            if is_image { (self.painter(), self.critic()) } else { (self.dense(), self.dense_critic()) };
        AdvGanSpec { generator, discriminator }
    }
    fn painter(&self) -> Graph {
        let ([c, ..], w) = (self.input, self.width);
        let relu = || layers::activation(&AnyActivation::Relu(Relu));
        let mut graph = Graph::new(self.input);
        let down = vec![
            layers::conv2d(c, w, 3, 1, 1),
            relu(),
            layers::conv2d(w, 2 * w, 4, 2, 1),
            relu(),
            layers::conv2d(2 * w, 4 * w, 4, 2, 1),
            relu(),
        ];
        push_all(&mut graph, down);
        for _ in 0..self.blocks {
            let before = graph.last();
            let block =
                vec![layers::conv2d(4 * w, 4 * w, 3, 1, 1), relu(), layers::conv2d(4 * w, 4 * w, 3, 1, 1)];
            push_all(&mut graph, block);
            let change = graph.last();
            graph.push_from(layers::add(), &[before, change]);
        }
        let up = vec![
            layers::conv_transpose2d(4 * w, 2 * w, 4, 2, 1),
            relu(),
            layers::conv_transpose2d(2 * w, w, 4, 2, 1),
            relu(),
            layers::conv2d(w, c, 3, 1, 1),
            layers::activation(&AnyActivation::Tanh(Tanh)),
        ];
        push_all(&mut graph, up);
        graph
    }
    fn critic(&self) -> Graph {
        let ([c, h, wide], w) = (self.input, self.width);
        let all = vec![
            layers::conv2d(c, w, 4, 2, 1),
            leaky(),
            layers::conv2d(w, 2 * w, 4, 2, 1),
            leaky(),
            layers::flatten(),
            layers::linear(2 * w * (h / 4) * (wide / 4), 1),
        ];
        Graph::chain(self.input, all)
    }
    fn dense(&self) -> Graph {
        let (dim, hidden) = (self.input.iter().product(), 16 * self.width);
        let relu = || layers::activation(&AnyActivation::Relu(Relu));
        let all = vec![
            layers::flatten(),
            layers::linear(dim, hidden),
            relu(),
            layers::linear(hidden, hidden),
            relu(),
            layers::linear(hidden, dim),
            layers::activation(&AnyActivation::Tanh(Tanh)),
            layers::reshape(&self.input),
        ];
        Graph::chain(self.input, all)
    }
    fn dense_critic(&self) -> Graph {
        let (dim, hidden) = (self.input.iter().product(), 16 * self.width);
        let all = vec![
            layers::flatten(),
            layers::linear(dim, hidden),
            leaky(),
            layers::linear(hidden, hidden),
            leaky(),
            layers::linear(hidden, 1),
        ];
        Graph::chain(self.input, all)
    }
}

fn push_all(graph: &mut Graph, layers: Vec<AnyLayer>) {
    for layer in layers {
        graph.push(layer);
    }
}

fn leaky() -> AnyLayer {
    layers::activation(&AnyActivation::LeakyRelu(LeakyRelu { slope: 0.2 }))
}
