//! Tests of the public interface, one program: each file of this folder is a module.
#![allow(missing_docs)]

mod black_boxes;
mod contract;
mod curve;
mod decorators;
mod determinism;
mod diagnosis;
mod edges;
mod evaluation;
mod few_elements;
mod findings;
mod labels_only;
mod linear_optimum;
mod minimum_norm;
mod models;
mod pieces;
mod projection;
mod proposer;
mod queries;
mod serde;
mod smallest;
mod spatial;
mod step_sizes;
mod white_box;
mod with_data;
