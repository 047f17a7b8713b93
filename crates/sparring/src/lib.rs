//! Train neural networks against their adversaries.
#![forbid(unsafe_code)]
