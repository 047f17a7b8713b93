//! `f64`, the precise type.

mod normal;
mod scalar;
