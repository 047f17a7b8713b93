//! One file a layer.

mod activation;
mod conv2d;
mod conv_transpose2d;
mod dropout;
mod flatten;
mod linear;
mod pool;
mod reshape;

pub use activation::Activated;
pub use conv_transpose2d::ConvTranspose2d;
pub use conv2d::Conv2d;
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use linear::Linear;
pub use pool::{Pool, Pool2d};
pub use reshape::Reshape;
