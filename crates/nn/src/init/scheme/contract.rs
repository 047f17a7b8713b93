//! What a scheme is.

use crate::Init;
use sparring_activations::AnyActivation;
use sparring_math::named::Named;

/// A layer with weights in its place in a network.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightPlace {
    /// The activation whose values it reads; `None` if it reads the network's input, a normalisation or a sum.
    pub before: Option<AnyActivation>,
    /// The activation that reads it, if it is the only one.
    pub after: Option<AnyActivation>,
    /// Instead of the one that counts, `before` or else `after`, an activation of rows by its name: it is no function of one number, and what follows from those does not hold for it.
    pub rows: Option<&'static str>,
    /// Numbers that enter one output, as PyTorch counts them.
    pub fan_in: usize,
    /// Outputs that one number enters.
    pub fan_out: usize,
}

/// A way to initialise every layer with weights of a network.
pub trait InitScheme: Named {
    /// How the weights of this layer are drawn.
    ///
    /// # Errors
    /// Why they cannot be, and what to do.
    fn init(&self, place: &WeightPlace) -> Result<Init, String>;
}
