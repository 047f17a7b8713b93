//! Any point of the plane of σ_w and σ_b.

use super::contract::{InitScheme, WeightPlace};
use crate::Init;
use sparring_math::named::Range;

/// [`Init::Gaussian`] everywhere: to walk through order and chaos.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianInit {
    /// Weights have standard deviation σ_w/√fan-in.
    pub sigma_w: f64,
    /// Standard deviation of the biases.
    pub sigma_b: f64,
}

impl Default for GaussianInit {
    fn default() -> Self {
        Self { sigma_w: 1.0, sigma_b: 0.0 }
    }
}

sparring_math::named! {
    GaussianInit: "gaussian", [], "Poole et al. 2016, arXiv:1606.05340";
    sigma_w: Range::above(0.0), "standard deviation of the weights, times the root of the fan-in";
    sigma_b: Range::at_least(0.0), "standard deviation of the biases";
}

impl InitScheme for GaussianInit {
    fn init(&self, _: &WeightPlace) -> Result<Init, String> {
        Ok(Init::Gaussian { sigma_w: self.sigma_w, sigma_b: self.sigma_b })
    }
}
