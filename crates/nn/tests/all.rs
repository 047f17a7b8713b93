//! Tests of the public interface, one program: each file of this folder is a module, but those that need a process of their own.
#![allow(missing_docs)]

mod engine;
mod golden_layers;
mod golden_methods;
mod graph_files;
mod initialisation;
mod lipschitz;
mod methods;
mod minibatch_stddev;
mod precision;
mod row_layers;
mod signal_by_depth;
mod training_parts;
mod whole_networks;
mod whole_tensors;
