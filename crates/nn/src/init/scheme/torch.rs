//! PyTorch's own.

use super::contract::{InitScheme, WeightPlace};
use crate::Init;

/// [`Init::Torch`] everywhere, whatever the activation: uniform in ±1/√fan-in, which is a gain of 1/√3.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TorchInit;

sparring_math::named! { TorchInit: "torch", ["pytorch"], "PyTorch 2, nn.Linear.reset_parameters"; }

impl InitScheme for TorchInit {
    fn init(&self, _: &WeightPlace) -> Result<Init, String> {
        Ok(Init::Torch)
    }
}
