//! Orthogonal weights.

use super::contract::{InitScheme, WeightPlace};
use crate::Init;
use sparring_activations::gain;

/// [`Init::Orthogonal`] with the exact gain of the activation that the layer reads, 1 where it reads none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OrthogonalInit;

sparring_math::named! { OrthogonalInit: "orthogonal", [], "Saxe et al. 2014, arXiv:1312.6120"; }

impl InitScheme for OrthogonalInit {
    fn init(&self, place: &WeightPlace) -> Result<Init, String> {
        Ok(Init::Orthogonal { gain: place.before.as_ref().map_or(1.0, gain) })
    }
}
