//! Several inputs side by side along the channels.

use crate::TorchArgument::{self, Only};
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::Named;
use sparring_tensor::{Elem, Shape};

/// `[n, c₀, ..]`, `[n, c₁, ..]`, .. to `[n, c₀ + c₁ + .., ..]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concat {}

/// Several inputs side by side along the channels.
pub fn concat() -> AnyLayer {
    Concat {}.into()
}

sparring_math::named! {
    Concat: "concat", ["cat"], "Huang et al. 2017, arXiv:1608.06993";
}

impl Layer for Concat {
    const TORCH: &'static str = "torch.cat(.., 1)";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[("dim", Only(&["1"]))];
    fn arity(&self) -> (usize, usize) {
        (2, usize::MAX)
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let first = inputs[0].dims();
        let fits = |s: &&Shape| {
            let s = s.dims();
            s.len() == first.len() && s.len() > 1 && s[0] == first[0] && s[2..] == first[2..]
        };
        if let Some(other) = inputs.iter().find(|s| !fits(s)) {
            let what = format!("inputs of {} and {other}: all but axis 1 must agree", inputs[0]);
            return Err(ShapeError::new(Self::NAME, what));
        }
        let mut dims = first.to_vec();
        dims[1] = inputs.iter().fold(0usize, |sum, s| sum.saturating_add(s[1]));
        super::given(Self::NAME, &dims)
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        ops::concat(x, 1)
    }
    fn lower(&self) -> Lowering {
        Lowering::Concat
    }
}
