#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod base64;
mod error;
mod escape;
pub mod grid;
pub mod html;
pub mod svg;
mod write;

pub use error::ReportError;
