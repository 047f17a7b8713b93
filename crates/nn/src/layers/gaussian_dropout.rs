//! Gaussian dropout (Srivastava et al. 2014, section 10; Keras' `GaussianDropout`): factors around 1.

use super::gaussian_noise::normals;
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, Mode, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::Range;
use sparring_tensor::{Elem, Shape};

/// y = x · (1 + √(p / (1 − p)) · z) in training, z standard normal: factors with the mean and variance of those of dropout; the identity otherwise. An
/// example's factors depend on the key of the step, the layer and its id alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianDropout {
    /// Probability of dropping of the dropout that it stands for, 0 ≤ p < 1.
    pub p: f64,
}

impl Default for GaussianDropout {
    fn default() -> Self {
        Self { p: 0.5 }
    }
}

sparring_math::named! {
    GaussianDropout: "gaussian_dropout", [], "Srivastava et al. 2014, JMLR 15";
    p: Range::from_to_below(0.0, 1.0), "probability of dropping of the dropout it stands for";
}

/// Factors with the variance of dropout with probability `p`.
pub fn gaussian_dropout(p: f64) -> AnyLayer {
    GaussianDropout { p }.into()
}

impl GaussianDropout {
    fn std(&self) -> f64 {
        (self.p / (1.0 - self.p)).sqrt()
    }
}

impl Layer for GaussianDropout {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        if cx.mode() == Mode::Eval {
            return x[0];
        }
        x[0] * ops::offset(ops::scale(normals(cx, x[0].shape()), E::of(self.std())), E::ONE)
    }
    fn lower(&self) -> Lowering {
        Lowering::GaussianDropout(self.std())
    }
}
