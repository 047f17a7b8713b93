//! Weights and biases at the edge of chaos.

use super::contract::{InitScheme, WeightPlace};
use crate::Init;
use sparring_activations::{AnyActivation, EdgeOfChaos, edge_at_length, edge_of_chaos};
use sparring_math::named::Range;

/// [`Init::Gaussian`] with the σ_w and σ_b at which gradients keep their size and pre-activations their mean square `q`: by the activation that a layer reads, for the first layer
/// by the one that reads it. Where there is no such pair at `q`, the one without biases (sigmoid: q = 45.6); where there is none at all, as for softplus, an error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgeOfChaosInit {
    /// Mean square of the pre-activations, above 0.
    pub q: f64,
}

impl Default for EdgeOfChaosInit {
    fn default() -> Self {
        Self { q: 1.0 }
    }
}

sparring_math::named! {
    EdgeOfChaosInit: "edge_of_chaos", ["eoc"], "Schoenholz et al. 2017, arXiv:1611.01232";
    q: Range::above(0.0), "mean square of the pre-activations";
}

impl EdgeOfChaosInit {
    /// σ_w and σ_b for this activation; `None` if it has no edge of chaos.
    pub fn edge(&self, a: &AnyActivation) -> Option<EdgeOfChaos> {
        edge_at_length(a, self.q).or_else(|| edge_of_chaos(a, 0.0))
    }
}

impl InitScheme for EdgeOfChaosInit {
    fn init(&self, place: &WeightPlace) -> Result<Init, String> {
        if let Some(rows) = place.rows {
            return Err(format!(
                "{rows} has no edge of chaos: the outputs of a row depend on each other, mean-field theory knows functions of one number; choose he or lsuv"
            ));
        }
        let Some(a) = place.before.or(place.after) else {
            return Ok(Init::Gaussian { sigma_w: 1.0, sigma_b: 0.0 });
        };
        let EdgeOfChaos { sigma_w, sigma_b, .. } = self.edge(&a).ok_or_else(|| {
            format!("{a} has no edge of chaos: no weights and biases keep both signal and gradient; choose he or lsuv")
        })?;
        Ok(Init::Gaussian { sigma_w, sigma_b })
    }
}
