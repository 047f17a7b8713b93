//! Tests of the public interface, one program: each file of this folder is a module.
#![allow(missing_docs)]

mod classification;
mod diagnosis;
mod generative;
mod mnist;
mod pca;
