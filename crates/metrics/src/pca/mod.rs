//! Principal components: the best linear code, exact.

mod angles;
mod covariance;
mod fit;

pub use angles::principal_angles;
pub use fit::Pca;
