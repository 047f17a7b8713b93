//! What a trained classifier looks at: attributions of its logits, what its units answer to, and the shapes that its activations learnt.

mod attribution;
mod gradient;
mod maximise;
mod page;
mod shapes;
#[cfg(test)]
mod tests;
mod units;

pub use attribution::{Attribution, IntegratedGradients, integrated_gradients};
pub use maximise::{Maximise, MaximisedUnit, maximise};
pub use page::{Explanation, explain_page};
pub use shapes::{LearntShape, learnt_shapes};
pub use units::{UnitMeans, unit_means};
