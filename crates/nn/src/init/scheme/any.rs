//! All schemes by name.

use super::contract::{InitScheme, WeightPlace};
use super::{EdgeOfChaosInit, GaussianInit, GlorotInit, HeInit, OrthogonalInit, TorchInit};
use crate::init::Lsuv;
use crate::{Graph, Init, NnError};

/// Any scheme, as data: `"he(mode=fan_out)".parse()`, `to_string()`.
///
/// ```
/// use sparring_nn::{AnyInitScheme, Graph, layers};
/// let relu = "relu".parse()?;
/// let graph = Graph::chain([1, 1, 8], vec![layers::flatten(), layers::linear(8, 8), layers::activation(&relu), layers::linear(8, 2)]);
/// let scheme: AnyInitScheme = "he".parse()?;
/// let graph = scheme.applied(&graph)?;
/// assert!(graph.nodes[1].layer.to_string().contains("he(gain=1)"));
/// assert!(graph.nodes[3].layer.to_string().contains("he(gain=1.414213562373095"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)] // the variants hold the structs of the same names
#[non_exhaustive]
pub enum AnyInitScheme {
    TorchInit(TorchInit),
    GlorotInit(GlorotInit),
    HeInit(HeInit),
    OrthogonalInit(OrthogonalInit),
    EdgeOfChaosInit(EdgeOfChaosInit),
    GaussianInit(GaussianInit),
    Lsuv(Lsuv),
}

sparring_math::family! { AnyInitScheme: "initialisation"; TorchInit, GlorotInit, HeInit, OrthogonalInit, EdgeOfChaosInit, GaussianInit, Lsuv }
sparring_math::value_by_text!(AnyInitScheme);

impl AnyInitScheme {
    /// How the weights of a layer in this place are drawn.
    ///
    /// # Errors
    /// Why they cannot be, and what to do.
    pub(crate) fn init(&self, place: &WeightPlace) -> Result<Init, String> {
        match self {
            Self::TorchInit(s) => s.init(place),
            Self::GlorotInit(s) => s.init(place),
            Self::HeInit(s) => s.init(place),
            Self::OrthogonalInit(s) => s.init(place),
            Self::EdgeOfChaosInit(s) => s.init(place),
            Self::GaussianInit(s) => s.init(place),
            Self::Lsuv(s) => s.init(place),
        }
    }
    /// The graph with every layer's initializer set by this scheme. LSUV's second part needs examples: [`lsuv`](Self::lsuv).
    ///
    /// # Errors
    /// [`NnError::Spec`] naming the first layer for which it has none.
    pub fn applied(&self, graph: &Graph) -> Result<Graph, NnError> {
        graph.initialised(|place| self.init(place))
    }
    /// The scheme's second part, by examples, if it has one.
    pub fn lsuv(&self) -> Option<&Lsuv> {
        match self {
            Self::Lsuv(lsuv) => Some(lsuv),
            _ => None,
        }
    }
}
