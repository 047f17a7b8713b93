//! A small residual net (He et al. 2016, arXiv:1512.03385) for images of handwritten digits.

use crate::HiddenActivation;
use sparring_activations::{AnyActivation, Relu};
use sparring_math::named::Range;
use sparring_nn::layers::{self, Conv2d};
use sparring_nn::{AnyLayer, Graph, Source};

/// conv 3x3 16, blocks 16, 32 (stride 2), 64 (stride 2), global average pool, fc 10; batch normalisation after every convolution: 77,754 parameters that
/// are trained; running statistics come beside.
#[derive(Clone, Debug, PartialEq)]
pub struct ResnetSmall {
    /// The activation everywhere.
    pub activation: HiddenActivation,
}

impl Default for ResnetSmall {
    fn default() -> Self {
        Self { activation: AnyActivation::Relu(Relu).into() }
    }
}

sparring_math::named! {
    ResnetSmall: "resnet-small", [], "He et al. 2016, arXiv:1512.03385";
    activation: Range::Told("an activation"), "the activation of the hidden layers";
}

/// A convolution without bias: the normalisation behind it has one.
fn conv(inputs: usize, outputs: usize, kernel: usize, stride: usize) -> AnyLayer {
    let (kernel, stride, padding) = ([kernel; 2], [stride; 2], [kernel / 2; 2]);
    Conv2d { inputs, outputs, kernel, stride, padding, bias: false, ..Conv2d::default() }.into()
}

impl ResnetSmall {
    /// The network, for `[1, 28, 28]`; blocks name their layers as torchvision does.
    pub fn spec(&self) -> Graph {
        let act = || self.activation.layer();
        let mut graph = Graph::new([1, 28, 28]);
        let named = |graph: &mut Graph, name: &str, layer: AnyLayer, from: Source| {
            let place = graph.push_from(layer, &[from]);
            graph.name_last(name);
            place
        };
        let mut x = named(&mut graph, "conv1", conv(1, 16, 3, 1), Source::Input);
        x = named(&mut graph, "bn1", layers::batch_norm(16), x);
        x = named(&mut graph, "act1", act(), x);
        for (i, (inputs, outputs, stride)) in [(16, 16, 1), (16, 32, 2), (32, 64, 2)].into_iter().enumerate()
        {
            let mut part =
                |name: &str, layer, from| named(&mut graph, &format!("layer{}.{name}", i + 1), layer, from);
            let mut y = part("conv1", conv(inputs, outputs, 3, stride), x);
            y = part("bn1", layers::batch_norm(outputs), y);
            y = part("act1", act(), y);
            y = part("conv2", conv(outputs, outputs, 3, 1), y);
            y = part("bn2", layers::batch_norm(outputs), y);
            if (inputs, stride) != (outputs, 1) {
                x = part("downsample.0", conv(inputs, outputs, 1, stride), x);
                x = part("downsample.1", layers::batch_norm(outputs), x);
            }
            x = graph.push_from(layers::add(), &[y, x]);
            graph.name_last(&format!("layer{}.add", i + 1));
            x = named(&mut graph, &format!("layer{}.act2", i + 1), act(), x);
        }
        x = named(&mut graph, "pool", layers::global_avg_pool2d(), x);
        x = named(&mut graph, "flatten", layers::flatten(), x);
        named(&mut graph, "fc", layers::linear(64, 10), x);
        graph
    }
}
