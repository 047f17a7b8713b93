//! All schemes by name: one word each.

use super::contract::{InitScheme, WeightPlace};
use super::{EdgeOfChaosInit, GaussianInit, GlorotInit, HeInit, OrthogonalInit, TorchInit};
use crate::init::Lsuv;
use crate::{Graph, Init, NnError};

/// The enum of all schemes from their words, with its parser and what each does with a layer.
macro_rules! schemes {
    ($(#[$doc:meta])* $Any:ident { $($Scheme:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $Any {
            $(
                #[doc = concat!("[`", stringify!($Scheme), "`].")]
                $Scheme($Scheme)
            ),+
        }

        sparring_math::family! { $Any: "initialisation"; $($Scheme),+ }
        sparring_math::value_by_text!($Any);

        impl $Any {
            /// How the weights of a layer in this place are drawn.
            ///
            /// # Errors
            /// Why they cannot be, and what to do.
            pub(crate) fn init(&self, place: &WeightPlace) -> Result<Init, String> {
                match self {
                    $(Self::$Scheme(scheme) => scheme.init(place)),+
                }
            }
        }
    };
}

schemes! {
    /// Any scheme, as data: `"he(mode=fan_out)".parse()`, `to_string()`.
    ///
    /// ```
    /// use sparring_nn::{AnyInitScheme, Graph, layers};
    /// let relu = "relu".parse()?;
    /// let graph = Graph::chain([1, 1, 8], vec![layers::flatten(), layers::linear(8, 8), layers::activation(&relu), layers::linear(8, 2)]);
    /// let scheme: AnyInitScheme = "he".parse()?;
    /// let graph = scheme.applied(&graph)?;
    /// assert!(graph.nodes[1].layer.to_string().contains("he(gain=1)"));
    /// assert!(graph.nodes[3].layer.to_string().contains("he(gain=1.4142135623"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    AnyInitScheme { TorchInit, GlorotInit, HeInit, OrthogonalInit, EdgeOfChaosInit, GaussianInit, Lsuv }
}

impl AnyInitScheme {
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
