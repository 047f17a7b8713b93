//! An activation as a layer, fixed or learnt.

use crate::TorchArgument::{self, Is, Only, Unused};
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, ParamInit, ParamKind, ParamSpec, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_activations::{AnyActivation, Relu};
use sparring_autograd::{Var, ops};
use sparring_math::named::Range;
use sparring_tensor::{Elem, Shape};
use std::borrow::Cow;

/// Any activation; one with learnt parameters keeps them as its own tensor `weight`, shared by all elements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activated {
    /// Which; learnt parameters start at its own.
    pub function: AnyActivation,
}

/// An activation.
pub fn activation(function: &AnyActivation) -> AnyLayer {
    Activated { function: *function }.into()
}

impl Default for Activated {
    fn default() -> Self {
        Self { function: AnyActivation::Relu(Relu) }
    }
}

sparring_math::named! {
    Activated: "activation", [], "";
    function: Range::Told("an activation"), "which function", required;
}

impl Layer for Activated {
    const TORCH: &'static str = "nn.ReLU, ..";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[
        ("negative_slope", Is("slope")),
        ("init", Is("slope")),
        ("inplace", Unused),
        ("num_parameters", Only(&["1"])),
        ("threshold", Only(&["20"])),
        ("approximate", Only(&["none"])),
    ];
    fn kind(&self) -> Cow<'static, str> {
        self.function.name().into()
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        let learnt = self.function.trainable::<f64>();
        let weight = |f: Box<dyn sparring_activations::Trainable<f64>>| {
            let p = f.params();
            ParamSpec::new("weight", ParamKind::Activation, &[p.len()], ParamInit::Values(p))
        };
        learnt.map(weight).into_iter().collect()
    }
    fn lipschitz(&self) -> Lipschitz {
        // That of a learnt function is not the one it began with.
        let fixed = !self.function.is_trainable();
        self.function.about().lipschitz.filter(|_| fixed).map_or(Lipschitz::Unknown, Lipschitz::AtMost)
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let function = self.function;
        match p {
            [] => ops::activation(x[0], function),
            [p, ..] => {
                ops::trained(x[0], *p, function.trainable::<E>().expect("the layer has learnt parameters"))
            }
        }
    }
    fn lower(&self) -> Lowering {
        Lowering::Activation(self.function)
    }
}

impl AnyLayer {
    /// The activation, if the layer is one.
    pub fn as_activation(&self) -> Option<&AnyActivation> {
        self.as_layer::<Activated>().map(|a| &a.function)
    }
}
