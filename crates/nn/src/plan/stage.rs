//! What a layer is to a plan.

use crate::Param;
use sparring_activations::AnyActivation;
use sparring_tensor::{ConvGeometry, Elem, PoolGeometry};

/// One step of a chain, with the parameters it owns.
#[derive(Clone, Copy, Debug)]
pub enum Stage<'a, E: Elem> {
    /// y = x Wᵀ + b.
    Linear {
        /// W `[out, in]`.
        weight: &'a Param<E>,
        /// b `[out]`.
        bias: Option<&'a Param<E>>,
    },
    /// Cross-correlation plus bias.
    Conv2d {
        /// `[out, in, kh, kw]`.
        weight: &'a Param<E>,
        /// `[out]`.
        bias: &'a Param<E>,
        /// Stride and padding.
        geometry: ConvGeometry,
    },
    /// A fixed function of each element.
    Activation(AnyActivation),
    /// The largest of each window.
    MaxPool2d(PoolGeometry),
    /// Everything but the batch into one axis.
    Flatten,
    /// Another shape for each example.
    Reshape(&'a [usize]),
}
