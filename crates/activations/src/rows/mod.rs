//! Activations of rows, one file each. To add one: one file, one word here.

mod contract;
mod gate;
mod registry;

pub use contract::{AboutRows, RowActivation};

registry::row_activations! {
    softmax::SoftmaxRows,
    log_softmax::LogSoftmax,
    sparsemax::Sparsemax,
    glu::GluRows,
    reglu::Reglu,
    geglu::Geglu,
    swiglu::Swiglu,
    maxout::MaxoutRows,
    k_wta::KWta,
}
