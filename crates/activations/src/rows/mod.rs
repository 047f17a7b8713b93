//! Activations of rows, one file each. To add one: one file, one word here.

mod contract;
mod gate;
mod registry;

pub use contract::{AboutRows, RowActivation};

registry::row_activations! {
    softmax::Softmax,
    log_softmax::LogSoftmax,
    sparsemax::Sparsemax,
    glu::Glu,
    reglu::Reglu,
    geglu::Geglu,
    swiglu::Swiglu,
    maxout::Maxout,
    k_wta::KWta,
}
