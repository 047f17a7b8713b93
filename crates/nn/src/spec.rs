//! A network as data.

use crate::layers::{Activated, Conv2d, ConvTranspose2d, Dropout, Flatten, Linear, Pool, Pool2d, Reshape};
use crate::limits::MOST;
use crate::{Init, Module, NnError, Sequential};
use serde::{Deserialize, Serialize};
use sparring_activations::AnyActivation;
use sparring_seed::Key;
use sparring_tensor::{ConvGeometry, Elem, PoolGeometry, Shape};

/// One layer as data. Extents are counts of channels or numbers; kernels, strides and paddings are `[height, width]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "layer", rename_all = "snake_case", deny_unknown_fields)]
pub enum LayerSpec {
    /// Affine map.
    Linear {
        /// Inputs.
        inputs: usize,
        /// Outputs.
        outputs: usize,
        /// Initial law.
        #[serde(default)]
        init: Init,
    },
    /// Convolution.
    Conv2d {
        /// Input channels.
        inputs: usize,
        /// Output channels.
        outputs: usize,
        /// Extent of the kernel.
        kernel: [usize; 2],
        /// Step of the kernel.
        stride: [usize; 2],
        /// Zeros around the input.
        padding: [usize; 2],
        /// Initial law.
        #[serde(default)]
        init: Init,
    },
    /// Transposed convolution.
    ConvTranspose2d {
        /// Input channels.
        inputs: usize,
        /// Output channels.
        outputs: usize,
        /// Extent of the kernel.
        kernel: [usize; 2],
        /// Step in the output.
        stride: [usize; 2],
        /// Cropped from the output.
        padding: [usize; 2],
        /// Initial law.
        #[serde(default)]
        init: Init,
    },
    /// Pooling.
    Pool2d {
        /// Largest value or mean.
        pool: Pool,
        /// Extent of the window.
        kernel: [usize; 2],
        /// Step of the window.
        stride: [usize; 2],
        /// Padding.
        padding: [usize; 2],
    },
    /// One axis for each example.
    Flatten,
    /// Another shape for each example.
    Reshape {
        /// The shape, without the batch.
        shape: Vec<usize>,
    },
    /// Dropout.
    Dropout {
        /// Probability of dropping.
        p: f64,
    },
    /// An activation; one with learnt parameters brings them along.
    Activation {
        /// Which.
        function: AnyActivation,
    },
}

impl LayerSpec {
    /// An affine map with PyTorch's initial law.
    pub fn linear(inputs: usize, outputs: usize) -> Self {
        Self::Linear { inputs, outputs, init: Init::Torch }
    }
    /// A square convolution with PyTorch's initial law.
    pub fn conv(inputs: usize, outputs: usize, kernel: usize, stride: usize, padding: usize) -> Self {
        let (kernel, stride, padding) = ([kernel; 2], [stride; 2], [padding; 2]);
        Self::Conv2d { inputs, outputs, kernel, stride, padding, init: Init::Torch }
    }
    /// An activation.
    pub fn activation(function: &AnyActivation) -> Self {
        Self::Activation { function: *function }
    }
    fn build<E: Elem>(&self, key: Key) -> Box<dyn Module<E>> {
        match self {
            Self::Linear { inputs, outputs, init } => Box::new(Linear::new(*inputs, *outputs, *init, key)),
            Self::Conv2d { inputs, outputs, kernel, stride, padding, init } => {
                let geometry = ConvGeometry { stride: *stride, padding: *padding };
                Box::new(Conv2d::new(*inputs, *outputs, *kernel, geometry, *init, key))
            }
            Self::ConvTranspose2d { inputs, outputs, kernel, stride, padding, init } => {
                let geometry = ConvGeometry { stride: *stride, padding: *padding };
                Box::new(ConvTranspose2d::new(*inputs, *outputs, *kernel, geometry, *init, key))
            }
            Self::Pool2d { pool, kernel, stride, padding } => {
                let geometry = PoolGeometry { kernel: *kernel, stride: *stride, padding: *padding };
                Box::new(Pool2d { pool: *pool, geometry })
            }
            Self::Flatten => Box::new(Flatten),
            Self::Reshape { shape } => Box::new(Reshape { shape: shape.clone() }),
            Self::Dropout { p } => Box::new(Dropout { p: *p }),
            Self::Activation { function } => Box::new(Activated::new(*function)),
        }
    }
}

/// A chain of layers for examples of a known shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// `[channels, height, width]` of an example; vectors are `[1, 1, dim]`.
    pub input: [usize; 3],
    /// The layers, first to last; the batch enters as `[n, channels, height, width]`.
    pub layers: Vec<LayerSpec>,
}

impl Spec {
    /// A chain.
    pub fn new(input: [usize; 3], layers: Vec<LayerSpec>) -> Self {
        Self { input, layers }
    }
    /// Every number makes sense by itself.
    ///
    /// # Errors
    /// [`NnError::Spec`] naming layer and field.
    pub fn validate(&self) -> Result<(), NnError> {
        if self.input.iter().try_fold(1usize, |a, &b| a.checked_mul(b)).is_none_or(|n| n == 0 || n > 1 << 28)
        {
            return Err(NnError::Spec {
                layer: 0,
                what: format!("input {:?}: one to 2^28 numbers", self.input),
            });
        }
        let mut layers = self.layers.iter().enumerate();
        if let Some((layer, what)) = layers.find_map(|(i, l)| Some((i, l.problem()?))) {
            return Err(NnError::Spec { layer, what });
        }
        let mut all = 0usize;
        for (layer, l) in self.layers.iter().enumerate() {
            all = all.saturating_add(l.weights());
            if all > MOST {
                let what = format!("{all} weights up to here are more than this program will hold");
                return Err(NnError::Spec { layer, what });
            }
        }
        Ok(())
    }
    /// The network with parameters drawn by `key`, its shapes checked by a dry run.
    ///
    /// # Errors
    /// [`NnError::Spec`] for a senseless number, [`NnError::Shape`] where two layers do not fit or an example would need more memory or
    /// work than [`Cost`](crate::Cost) allows.
    #[inline(never)]
    pub fn build<E: Elem>(&self, key: Key) -> Result<Sequential<E>, NnError> {
        self.validate()?;
        let layers = self.layers.iter().enumerate().map(|(i, l)| l.build(key.child(i as u64))).collect();
        let net = Sequential::new(layers);
        let [c, h, w] = self.input;
        net.cost(Shape::new(&[1, c, h, w]))?;
        Ok(net)
    }
}

sparring_math::compiled_here!(Spec::build::<f32>);

#[cfg(test)]
mod tests;
