//! Tests of the public interface, one program: each file of this folder is a module.
#![allow(missing_docs)]

mod bounds;
mod cases;
mod derivatives;
mod extremes;
mod golden;
mod learnt;
mod mean_field;
mod names;
mod relax;
mod rows;
mod slices;
