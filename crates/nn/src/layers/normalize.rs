//! The standardisation of the data as a layer, so that budgets of attacks stay in pixels.

use crate::TorchArgument::{self, Unused};
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Var;
use sparring_math::named::{Named, NamedError, Range, Value};
use sparring_tensor::{Array, Elem, Shape};

/// y = (x − mean) / std in each channel of `[n, c, h, w]`, with fixed numbers: torchvision's `transforms.Normalize`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalize {
    /// Subtracted, one number a channel.
    pub mean: Vec<f64>,
    /// Divided by, one number a channel, above 0.
    pub std: Vec<f64>,
}

impl Default for Normalize {
    fn default() -> Self {
        Self { mean: vec![0.0], std: vec![1.0] }
    }
}

/// Numbers of the channels.
const CHANNELS: Range = Range::Told("numbers, one a channel, with `|` between");

sparring_math::named! {
    Normalize: "normalize", [], "LeCun et al. 1998, Efficient BackProp";
    mean: CHANNELS, "subtracted in each channel", required;
    std: CHANNELS, "divided by in each channel", required;
    {
        fn check_together(&self) -> Result<(), NamedError> {
            let refused = |name, values: &Vec<f64>, must: &str| Err(NamedError::value(Self::NAME, name, values.text(), must));
            if !self.mean.iter().all(|m| m.is_finite()) || self.mean.is_empty() {
                return refused("mean", &self.mean, "finite numbers, at least one");
            }
            if self.std.len() != self.mean.len() || !self.std.iter().all(|&s| (1e-30..1e30).contains(&s)) {
                return refused("std", &self.std, "as many numbers as `mean`, from 1e-30 to 1e30");
            }
            Ok(())
        }
    }
}

/// A fixed standardisation, one mean and one standard deviation a channel.
pub fn normalize(mean: &[f64], std: &[f64]) -> AnyLayer {
    Normalize { mean: mean.to_vec(), std: std.to_vec() }.into()
}

impl Layer for Normalize {
    const TORCH: &'static str = "transforms.Normalize";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[("inplace", Unused)];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        super::image(Self::NAME, inputs[0], self.mean.len()).map(|_| inputs[0])
    }
    fn lipschitz(&self) -> Lipschitz {
        // A factor a channel.
        Lipschitz::Affine(Some(self.std.iter().fold(0.0, |m, s| (1.0 / s).max(m))))
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let [mean, std] = [&self.mean, &self.std]
            .map(|values| cx.tape().constant(Array::from_fn([1, values.len(), 1, 1], |i| E::of(values[i]))));
        (x[0] - mean) / std
    }
    fn lower(&self) -> Lowering {
        let scale: Vec<f64> = self.std.iter().map(|std| 1.0 / std).collect();
        let shift: Vec<f64> = self.mean.iter().zip(&scale).map(|(mean, scale)| -mean * scale).collect();
        // A large shift would cancel against the scaled number, and cost the digits that x − mean keeps.
        let cancels = shift.iter().any(|shift| shift.abs() > 1e3);
        if cancels { Lowering::Tape } else { Lowering::Affine { scale, shift } }
    }
}
