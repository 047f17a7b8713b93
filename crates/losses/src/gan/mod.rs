//! Losses of generative adversarial networks, on the logits of the critic.
//!
//! A row is what the critic says about one example: one logit, or one per patch, then averaged.

mod minimax;
mod non_saturating;
mod side;

pub use minimax::Minimax;
pub use non_saturating::NonSaturating;
pub use side::Side;
