//! Tests of the public interface, one program: each file of this folder is a module.
#![allow(missing_docs)]

mod elementwise;
mod extremes;
mod layout;
mod pooling;
mod reduce;
mod softmax;
mod team;
mod tiles;
