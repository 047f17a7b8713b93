#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod alike;
mod array;
pub mod broadcast;
pub mod channels_last;
mod conv;
mod elem;
pub mod elementwise;
mod gemm;
mod interop;
mod kernels;
pub mod layout;
mod outer;
mod panels;
pub mod par;
mod pool;
pub mod pooling;
mod precision;
pub mod reduce;
mod shape;
pub mod softmax;
pub mod team;
mod tiles;
mod walk;
pub use alike::add_product;
pub use array::{Array, Tensor, TensorError};
pub use conv::{ConvGeometry, channel_sum, conv2d, conv2d_input_grad, conv2d_weight_grad};
pub use elem::Elem;
pub use gemm::{Mat, MatMut, Trans, gemm, linear, matmul, matmul_acc};
pub use outer::{accumulate_outer, write_outer};
pub use panels::Panels;
pub use pool::Index;
pub use pooling::PoolGeometry;
pub use precision::{Precision, UnknownPrecision};
pub use reduce::Keep;
pub use shape::Shape;
pub use tiles::{TilePanels, gemm_in};
