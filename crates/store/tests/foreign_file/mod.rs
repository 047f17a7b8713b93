//! A file as another program writes it.

use safetensors::{Dtype, tensor::TensorView};

/// Tensors by name, type, shape and bytes.
pub fn foreign(tensors: &[(&str, Dtype, &[usize], Vec<u8>)]) -> Vec<u8> {
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| (*name, TensorView::new(*dtype, shape.to_vec(), bytes).unwrap()));
    safetensors::serialize(views.collect::<Vec<_>>(), None).unwrap()
}

/// Different numbers for each tensor.
pub fn floats(seed: usize, n: usize) -> Vec<u8> {
    (0..n).flat_map(|i| ((seed * 1000 + i) as f32 / 64.0).to_le_bytes()).collect()
}
