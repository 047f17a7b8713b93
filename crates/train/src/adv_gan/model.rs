//! A generator of perturbations, and the discriminator it is trained with.

use super::attack::AdvGanAttack;
use crate::TrainError;
use sparring_attacks::{AnyNorm, Threat};
use sparring_models::AdvGanSpec;
use sparring_nn::Network;
use sparring_seed::Key;

/// Both networks of AdvGAN and the budget they are trained for.
#[derive(Debug)]
pub struct AdvGan {
    spec: AdvGanSpec,
    threat: Threat,
    /// From examples to perturbations, in units of the budget.
    pub generator: Network<f32>,
    /// From examples to logits: as they were, or perturbed.
    pub discriminator: Network<f32>,
}

impl AdvGan {
    /// The norms that perturbations can be made in.
    pub const NORMS: &[AnyNorm] = AnyNorm::DENSE;

    /// Networks with parameters drawn by `key`, for perturbations within `threat`.
    ///
    /// # Errors
    /// If the networks are none of AdvGAN ([`AdvGanSpec::networks`]), or the budget is not above 0, in a norm of [`NORMS`](Self::NORMS).
    pub fn new(spec: AdvGanSpec, threat: Threat, key: Key) -> Result<Self, TrainError> {
        if !Self::NORMS.contains(&threat.norm) {
            let must = "linf or l2: a generator moves every number at once";
            return Err(TrainError::Recipe { field: "norm", value: threat.norm.to_string(), must });
        }
        if !(threat.eps > 0.0 && threat.eps.is_finite()) {
            let must = "above 0 and finite, in units of the input";
            return Err(TrainError::Recipe { field: "eps", value: threat.eps.to_string(), must });
        }
        let [generator, discriminator] = spec.networks(key)?;
        Ok(Self { spec, threat, generator, discriminator })
    }
    /// Both networks as data.
    pub fn spec(&self) -> &AdvGanSpec {
        &self.spec
    }
    /// The budget that the generator is trained for.
    pub fn threat(&self) -> Threat {
        self.threat
    }
    /// Shape of an example.
    pub fn shape(&self) -> [usize; 3] {
        self.spec.shape()
    }
    /// The generator as it is now, as an attack.
    pub fn attack(&self) -> AdvGanAttack {
        AdvGanAttack::new(&self.generator, self.threat)
    }
}
