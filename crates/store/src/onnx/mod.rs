//! Feed-forward networks from and to ONNX files.

mod builder;
mod call;
mod constant;
mod dense;
mod elementwise;
mod export;
mod file;
mod fold;
mod image;
mod import;
mod live;
mod proto;
mod scan;
mod shapes;
#[cfg(test)]
mod tests;
mod window;
mod writer;
mod written;

pub use export::{onnx_bytes, write_new_onnx};
pub use file::{OnnxFile, read_onnx};
