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
        let problems = self.layers.iter().enumerate();
        if let Some((layer, what)) = problems.filter_map(|(i, l)| Some((i, l.problem()?))).next() {
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
mod tests {
    use super::*;

    #[test]
    fn a_misfit_names_the_layer() {
        let spec = Spec::new([1, 28, 28], vec![LayerSpec::Flatten, LayerSpec::linear(676, 10)]);
        let e = spec.build::<f32>(Key::new(1)).unwrap_err();
        assert_eq!(e.to_string(), "layer 1 (linear): expected 676 inputs, got 784");
        let spec = Spec::new([1, 28, 28], vec![LayerSpec::Dropout { p: 1.0 }]);
        assert!(spec.build::<f32>(Key::new(1)).unwrap_err().to_string().contains("dropout p 1"));
        let spec = Spec::new([1, 28, 28], vec![LayerSpec::linear(usize::MAX, 2)]);
        assert!(spec.build::<f32>(Key::new(1)).is_err());
    }

    #[test]
    fn numbers_meant_to_overflow_are_refused() {
        let huge = 1 << 40;
        let wide = |inputs, outputs, stride| LayerSpec::ConvTranspose2d {
            inputs,
            outputs,
            kernel: [1, 1],
            stride: [stride; 2],
            padding: [0; 2],
            init: Init::Torch,
        };
        for layers in [
            vec![LayerSpec::Reshape { shape: vec![huge, huge] }],
            vec![wide(1, 1, huge)],
            vec![wide(1, 1, 1 << 16), wide(1, 1, 1 << 16), wide(1, 1, 1 << 16)],
            vec![LayerSpec::conv(1, 1, 3, 1, huge)],
        ] {
            assert!(Spec::new([1, 2, 2], layers).build::<f32>(Key::new(1)).is_err());
        }
    }

    #[test]
    fn what_flows_between_layers_is_bounded() {
        let conv = |padding| LayerSpec::conv(1, 1, 1, 1, padding);
        let pool = |window: usize, stride: usize| LayerSpec::Pool2d {
            pool: Pool::Max,
            kernel: [window; 2],
            stride: [stride; 2],
            padding: [0; 2],
        };
        // Both files of `cases`: 1.7e10 numbers for one example, 1.0e9 for each of a batch; then work without memory, and weights that
        // are too many together.
        for (layers, says) in [
            (
                vec![conv(65_000), pool(65_000, 65_000), LayerSpec::Flatten, LayerSpec::linear(4, 10)],
                "layer 0 (conv2d)",
            ),
            (
                vec![conv(16_000), pool(32_028, 1), LayerSpec::Flatten, LayerSpec::linear(1, 10)],
                "layer 0 (conv2d)",
            ),
            (vec![conv(2_000), pool(2_000, 1)], "layer 1 (max_pool2d)"),
            (vec![LayerSpec::linear(1 << 13, 1 << 14), LayerSpec::linear(1 << 14, 1 << 14)], "layer 1"),
        ] {
            let e = Spec::new([1, 28, 28], layers).build::<f32>(Key::new(1)).unwrap_err().to_string();
            assert!(e.contains(says) && !e.contains("expected"), "{e}");
        }
    }

    #[test]
    fn the_same_key_builds_the_same_network() {
        let spec = Spec::new(
            [1, 8, 8],
            vec![LayerSpec::conv(1, 3, 3, 1, 1), LayerSpec::Flatten, LayerSpec::linear(192, 4)],
        );
        let numbers = |seed| {
            let mut all = Vec::new();
            spec.build::<f32>(Key::new(seed)).unwrap().visit("", &mut |name, p| {
                all.push((name.to_string(), p.value.as_slice().to_vec()));
            });
            all
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
        let names: Vec<_> = numbers(1).into_iter().map(|n| n.0).collect();
        assert_eq!(names, ["0.weight", "0.bias", "2.weight", "2.bias"]);
    }
}
