//! Glorot's.

use super::contract::{InitScheme, WeightPlace};
use crate::Init;

/// [`Init::Glorot`] with a gain of 1 everywhere: for functions that are nearly the identity around 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GlorotInit;

sparring_math::named! { GlorotInit: "glorot", ["xavier"], "Glorot and Bengio 2010, AISTATS"; }

impl InitScheme for GlorotInit {
    fn init(&self, _: &WeightPlace) -> Result<Init, String> {
        Ok(Init::Glorot { gain: 1.0 })
    }
}
