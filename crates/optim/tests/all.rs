//! Tests of the public interface, one program: each file of this folder is a module.
#![allow(missing_docs)]

mod extremes;
mod golden;
mod lbfgs;
mod registry;
mod schedules;
