//! Gated linear units: half of the channels, each times an activation of one of the other half.
//!
//! The functions on slices are [`rows`](sparring_activations::rows); a layer is written in operations, twice differentiable, and `tests/row_layers.rs` holds both equal.
//!
//! y = a ⊗ gate(b) for x = [a | b] along the channels: sigmoid in GLU (Dauphin et al. 2017, arXiv:1612.08083), silu in SwiGLU, gelu in GEGLU, relu in ReGLU, identity
//! in the bilinear unit (Shazeer 2020, arXiv:2002.05202)

use crate::TorchArgument::{self, Only};
use crate::{AnyLayer, Cost, Cx, Layer, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_activations::{AnyActivation, Sigmoid};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, NamedError, Range};
use sparring_tensor::{Elem, Shape};

/// `[n, 2c, ..]` to `[n, c, ..]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glu {
    /// The activation of the second half; it has no learnt parameters.
    pub gate: AnyActivation,
}

impl Default for Glu {
    fn default() -> Self {
        Self { gate: AnyActivation::Sigmoid(Sigmoid) }
    }
}

/// What a gate may be.
const GATE: Range = Range::Told("an activation without learnt parameters");

sparring_math::named! {
    Glu: "glu", [], "Dauphin et al. 2017, arXiv:1612.08083; Shazeer 2020, arXiv:2002.05202";
    gate: GATE, "activation of the second half of the channels";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            match self.gate.trainable::<f64>() {
                None => Ok(()),
                Some(_) => Err(NamedError::value(Self::NAME, "gate", self.gate, GATE)),
            }
        }
    }
}

/// A gated linear unit with this gate.
pub fn glu(gate: &AnyActivation) -> AnyLayer {
    Glu { gate: *gate }.into()
}

impl Layer for Glu {
    const TORCH: &'static str = "nn.GLU";
    const SHORT: &'static [(&'static str, (&'static str, &'static str))] = &[
        ("swiglu", ("gate", "silu")),
        ("geglu", ("gate", "gelu")),
        ("reglu", ("gate", "relu")),
        ("bilinear_glu", ("gate", "identity")),
    ];
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[("dim", Only(&["1"]))];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        super::fewer_channels(Self::NAME, inputs[0], 2)
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        // The output, and as much for each operation on the way.
        Cost::of_output(4 * output.numel())
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let half = x[0].shape()[1] / 2;
        let [a, b] = [0, half].map(|from| ops::slice_axis(x[0], 1, from..from + half));
        a * ops::activation(b, self.gate)
    }
}
