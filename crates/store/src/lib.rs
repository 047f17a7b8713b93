//! Weights on disk: safetensors with checksum, spec and atomic writes.
#![forbid(unsafe_code)]
