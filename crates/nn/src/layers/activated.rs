//! An activation as a layer, fixed or learnt.

use crate::TorchArgument::{self, Is, Only, Unused};
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, Mode, ParamInit, ParamKind, ParamSpec, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_activations::{About, Activation, AnyActivation, Relu};
use sparring_autograd::{Var, ops};
use sparring_math::named::{NamedError, Range};
use sparring_tensor::{Array, Elem, Shape};
use std::borrow::Cow;

/// Any activation. One with learnt parameters keeps them as its own tensor `weight`: `[k]`, its k numbers for all elements, or one group of
/// them for each channel or each number of an example, `[groups, k]`, `[groups]` where k is 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activated {
    /// Which; learnt parameters start at its own.
    pub function: AnyActivation,
    /// Groups of learnt parameters: 1, or as many as axis 1 is long, or as an example has numbers (`num_parameters` of PyTorch's PReLU, which knows the
    /// first two).
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub groups: usize,
}

fn one() -> usize {
    1
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_one(groups: &usize) -> bool {
    *groups == 1
}

/// An activation.
pub fn activation(function: &AnyActivation) -> AnyLayer {
    Activated { function: *function, groups: 1 }.into()
}

impl Default for Activated {
    fn default() -> Self {
        Self { function: AnyActivation::Relu(Relu), groups: 1 }
    }
}

sparring_math::named! {
    Activated: "activation", [], "";
    function: Range::Told("an activation"), "which function", required;
    groups: Range::COUNT, "groups of learnt parameters: 1, or one a channel, or one for each number of an example";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            if self.groups == 1 || self.function.is_trainable() {
                return Ok(());
            }
            Err(NamedError::value(Self::NAME, "groups", self.groups, "1: the function has no learnt parameters"))
        }
    }
}

impl Layer for Activated {
    const TORCH: &'static str = "nn.ReLU, ..";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[
        ("negative_slope", Is("slope")),
        ("init", Is("slope")),
        ("min_val", Is("min")),
        ("max_val", Is("max")),
        ("lambd", Is("lambda")),
        ("inplace", Unused),
        ("num_parameters", Is("groups")),
        ("threshold", Only(&["20"])),
        ("approximate", Only(&["none"])),
    ];
    fn kind(&self) -> Cow<'static, str> {
        self.function.name().into()
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let numbers = inputs[0].dims()[1..].iter().product();
        if [1, inputs[0].dims().get(1).copied().unwrap_or(1), numbers].contains(&self.groups) {
            return Ok(inputs[0]);
        }
        let (axis, groups) = (&inputs[0].dims()[1..], self.groups);
        let what = format!(
            "{groups} groups of parameters do not fit an example of {axis:?}: 1, one a channel, or one a number do"
        );
        Err(ShapeError::new(&self.kind(), what))
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        let learnt = self.function.trainable::<f64>();
        let weight = |f: Box<dyn sparring_activations::Trainable<f64>>| {
            let p = f.params();
            let shape = match (self.groups, p.len()) {
                (1, k) => vec![k],
                (groups, 1) => vec![groups],
                (groups, k) => vec![groups, k],
            };
            ParamSpec::new("weight", ParamKind::Activation, &shape, ParamInit::Values(p))
        };
        learnt.map(weight).into_iter().collect()
    }
    fn lipschitz(&self) -> Lipschitz {
        // That of a learnt function is not the one it began with.
        let fixed = !self.function.is_trainable();
        self.function.about().lipschitz.filter(|_| fixed).map_or(Lipschitz::Unknown, Lipschitz::AtMost)
    }
    fn lipschitz_bound(&self, params: &[&Array<f32>], _: &[Shape]) -> Option<f64> {
        let Some(learnt) = self.function.trainable::<f32>() else {
            return self.function.about().lipschitz;
        };
        let groups = params[0].as_slice().chunks_exact(learnt.count());
        groups.map(|p| learnt.lipschitz_with(p)).try_fold(0.0, |most: f64, own| own.map(|own| most.max(own)))
    }
    fn about(&self) -> Option<About> {
        Some(self.function.about())
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let function = self.function;
        if let (Mode::Train, Some(ends)) = (cx.mode(), drawn_slope(&function)) {
            return x[0] * cx.tape().constant(factors(cx, &x[0].value(), ends));
        }
        match p {
            [] => ops::activation(x[0], function),
            [p, ..] => {
                ops::trained(x[0], *p, function.trainable::<E>().expect("the layer has learnt parameters"))
            }
        }
    }
    fn lower(&self) -> Lowering {
        // What draws its slopes is another function in training; the compiled instruction knows one group.
        if drawn_slope(&self.function).is_some() || self.groups > 1 {
            Lowering::Tape
        } else {
            Lowering::Activation(self.function)
        }
    }
}

/// The ends between which the slope left of 0 is drawn.
fn drawn_slope(function: &AnyActivation) -> Option<(f64, f64)> {
    Activation::<f64>::drawn_slope(function)
}

/// 1 where x > 0, else a slope uniform in [low, high), for each number; those of an example from its id.
fn factors<E: Elem>(cx: &Cx<'_, E>, x: &Array<E>, (low, high): (f64, f64)) -> Array<E> {
    let row = x.shape().dims()[1..].iter().product::<usize>().max(1);
    let mut factors = Array::stale(x.shape());
    let rows = factors.as_mut_slice().chunks_mut(row).zip(x.as_slice().chunks(row));
    for (n, (factors, x)) in rows.enumerate() {
        let mut numbers = cx.key().rng(cx.id(n));
        for (factor, &x) in factors.iter_mut().zip(x) {
            let slope = E::of(low + (high - low) * numbers.uniform_f64());
            *factor = if x > E::ZERO { E::ONE } else { slope };
        }
    }
    factors
}

impl AnyLayer {
    /// The activation, if the layer is one.
    pub fn as_activation(&self) -> Option<&AnyActivation> {
        self.as_layer::<Activated>().map(|a| &a.function)
    }
    /// An activation as text by the name of its function, as [`from_call`](Self::from_call) reads it: `prelu(slope=0.25, groups=3)`; `None` of another layer.
    pub fn activation_text(&self) -> Option<String> {
        let Activated { function, groups } = self.as_layer()?;
        let text = function.to_string();
        Some(match (groups, text.strip_suffix(')')) {
            (1, _) => text,
            (_, Some(open)) => format!("{open}, groups={groups})"),
            (_, None) => format!("{text}(groups={groups})"),
        })
    }
}
