//! A scale and a shift for each number (Touvron et al. 2021, arXiv:2105.03404, the affine layer of ResMLP).
//!
//! y = x · weight + bias

use super::{AXES, spectral_bound};
use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, ParamSpec, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, NamedError};
use sparring_tensor::{Array, Elem, Shape};

/// Input `[n, ..]`; `weight` and `bias` have the extents `shape`, broadcast over the axes of an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affine {
    /// One extent for each axis of an example: that of the input, or 1.
    pub shape: Vec<usize>,
}

impl Default for Affine {
    fn default() -> Self {
        Self { shape: vec![1] }
    }
}

sparring_math::named! {
    Affine: "affine", [], "Touvron et al. 2021, arXiv:2105.03404";
    shape: AXES, "the extents of the axes of an example, 1 where one number serves a whole axis", required;
    {
        fn check_together(&self) -> Result<(), NamedError> {
            super::axes(Self::NAME, &self.shape)
        }
    }
}

/// A scale, 1 at first, and a shift, 0 at first, of these extents.
pub fn affine(shape: &[usize]) -> AnyLayer {
    Affine { shape: shape.to_vec() }.into()
}

impl Layer for Affine {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let axes = inputs[0].dims().get(1..).unwrap_or_default();
        let fits =
            axes.len() == self.shape.len() && axes.iter().zip(&self.shape).all(|(x, s)| x == s || *s == 1);
        if fits {
            return Ok(inputs[0]);
        }
        let what = format!("expected examples over which {:?} is broadcast, got {}", self.shape, inputs[0]);
        Err(ShapeError::new(Self::NAME, what))
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        super::standardized::scale_and_shift(&self.shape)
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        Cost::of_output(2 * output.numel())
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(None)
    }
    fn lipschitz_bound(&self, params: &[&Array<f32>], _: &[Shape]) -> Option<f64> {
        spectral_bound::diagonal(params[0].as_slice().iter().map(|&w| w.into()))
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let wide: Vec<usize> = std::iter::once(1).chain(self.shape.iter().copied()).collect();
        x[0] * ops::reshape(p[0], wide.as_slice()) + ops::reshape(p[1], wide.as_slice())
    }
}
