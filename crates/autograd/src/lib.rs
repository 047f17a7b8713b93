//! Reverse-mode differentiation, differentiable again, with gradcheck.
#![forbid(unsafe_code)]
