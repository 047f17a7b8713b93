//! Tests of the public interface, one program: each file of this folder is a module, but those that need a process of their own.
#![allow(missing_docs)]

mod foreign;
mod foreign_file;
mod golden_formats;
mod hostile_text;
mod names;
#[cfg(feature = "onnx")]
mod onnx;
mod readme;
mod round_trip;
mod row_logs;
mod spec;
