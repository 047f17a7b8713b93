//! Models around models: each has the traits of what it holds.

mod averaged;
mod chunked;
mod cotangent;
mod counting;
mod finite_difference;
mod normalized;
mod quantized;
pub use averaged::{Ensemble, Expectation};
pub use chunked::Chunked;
pub use counting::{Counting, Counts};
pub use finite_difference::FiniteDifference;
pub use normalized::Normalized;
pub use quantized::Quantized;
