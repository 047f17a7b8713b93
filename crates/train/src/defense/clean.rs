//! No defence: clean examples.

use super::contract::{Defense, Hyperparameters};
use super::plan::Plan;
use serde::{Deserialize, Serialize};

/// Training on clean examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clean {}

sparring_math::named! { Clean: "none", ["clean"], "-"; }

impl Defense for Clean {
    const ABOUT: &'static str = "clean examples";
    const WORTH: &'static str = "0 %";

    fn eps(&self) -> Option<f32> {
        None
    }
    fn plan(&self, _progress: f64) -> Plan {
        Plan::clean()
    }
    fn hyperparameters(&self) -> Hyperparameters {
        Hyperparameters::default()
    }
}
