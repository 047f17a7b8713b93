//! Layers, initialisers, network specs as data, and victims for attacks.
#![forbid(unsafe_code)]
