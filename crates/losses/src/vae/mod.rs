//! Terms of autoencoders whose code has a distribution or a codebook.

mod gaussian_kl;
mod log_mean_exp;
mod vector_quantization;

pub use gaussian_kl::GaussianKl;
pub use log_mean_exp::log_mean_exp;
pub use vector_quantization::VectorQuantization;
