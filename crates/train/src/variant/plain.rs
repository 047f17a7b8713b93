//! The plain autoencoder.

use super::contract::Variant;
use crate::Plan;

/// The squared error alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Plain {}

sparring_math::named! { Plain: "plain", ["none"], "-"; }

impl Variant for Plain {
    const ABOUT: &'static str = "the squared error of the reconstruction alone";

    fn plan(&self, _: usize) -> Plan {
        Plan::clean()
    }
}
