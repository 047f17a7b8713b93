//! Tests of the public interface, one program: each file of this folder is a module.
#![allow(missing_docs)]

mod golden_ops;
mod second_order;
mod wanted;
