//! What a layer is to the compiled engine.

use sparring_activations::AnyActivation;
use sparring_tensor::{ConvGeometry, PoolGeometry};

/// The instruction that a layer becomes. Parameters are the layer's, in its order.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Lowering {
    /// None: the layer's `forward` runs on a tape inside the program.
    Tape,
    /// Nothing to do.
    Identity,
    /// y = x Wᵀ + b; W `[out, in]`, b `[out]` if there is a second parameter.
    Matmul,
    /// Cross-correlation; weight `[out, in, kh, kw]`, bias `[out]` if there is a second parameter.
    Conv2d(ConvGeometry),
    /// The input gradient of a convolution, forwards; weight `[in, out, kh, kw]`, bias `[out]` if there is a second parameter.
    ConvTranspose2d(ConvGeometry),
    /// A function of each element; the learnt parameters of a trainable one are the only parameter.
    Activation(AnyActivation),
    /// The largest of each window.
    MaxPool2d(PoolGeometry),
    /// The mean of each window, padding counted as zeros.
    AveragePool2d(PoolGeometry),
    /// The mean of each channel.
    GlobalAveragePool2d,
    /// Batch normalisation; weight, bias, running mean, running variance.
    BatchNorm {
        /// Added to the variance.
        eps: f64,
        /// Share of the batch in the running statistics.
        momentum: f64,
    },
    /// Normalisation over the last `numbers` numbers of an example; weight, bias.
    LayerNorm {
        /// Numbers that are normalised together.
        numbers: usize,
        /// Added to the variance.
        eps: f64,
    },
    /// y = x · scale + shift with fixed numbers for each channel of an image.
    Affine {
        /// A number for each channel.
        scale: Vec<f64>,
        /// A number for each channel.
        shift: Vec<f64>,
    },
    /// Each element 0 with this probability, else scaled up; the mask from the key of the step and the layer, and the example's id.
    Dropout(f64),
    /// The same with one decision for each channel of an image.
    Dropout2d(f64),
    /// x + std · z, z standard normal, drawn as masks are.
    GaussianNoise(f64),
    /// x · (1 + std · z), z standard normal, drawn as masks are.
    GaussianDropout(f64),
    /// The sum of all inputs.
    Add,
    /// All inputs side by side along the channels.
    Concat,
    /// Everything but the batch into one axis.
    Flatten,
    /// Another shape for each example.
    Reshape(Vec<usize>),
}
