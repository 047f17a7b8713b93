//! Principal components: the best linear code, exact.

mod angles;
mod covariance;
mod fit;
mod gram;

pub use angles::principal_angles;
pub(crate) use covariance::covariance;
pub use fit::Pca;
