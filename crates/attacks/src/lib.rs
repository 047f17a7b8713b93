//! Adversarial attacks and honest evaluation on any model.
#![forbid(unsafe_code)]
