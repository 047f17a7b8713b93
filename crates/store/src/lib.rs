#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod atomic;
mod checkpoint;
mod checksum;
mod compare;
mod container;
mod decode;
mod document;
mod encode;
mod error;
mod half;
mod header;
mod layout;
mod limits;
mod load;
mod natural;
mod note;
mod npz;
#[cfg(feature = "onnx")]
mod onnx;
mod open;
mod order;
mod recognise;
mod rename;
mod row_logs;
mod run_dir;
mod sealed;
mod side;
mod spec;
mod temporary;
mod tensors;
pub mod terminal;
mod values;
mod weights;

pub use atomic::{try_write, write_atomic, write_new};
pub use checkpoint::{
    CHECKPOINT_FORMAT, Checkpoint, CheckpointArray, decode_checkpoint, drop_previous, encode_checkpoint,
    keep_checkpoint, kept_checkpoint, previous_checkpoint, read_checkpoint, write_checkpoint,
};
pub use checksum::{sha256_hex, verify_sha256};
pub use document::{Document, Stored};
pub use error::StoreError;
pub use layout::layout;
pub use limits::{FORMAT, MAX_DOCUMENT, MAX_FILE, MAX_HEADER, MAX_TENSORS};
pub use load::Naming;
pub use note::LoadNote;
#[cfg(feature = "onnx")]
pub use onnx::{OnnxFile, onnx_bytes, read_onnx, write_new_onnx};
pub use recognise::{Foreign, is_onnx, recognise, recognise_path};
pub use rename::Renames;
pub use row_logs::{LogFormat, RowLogs, csv_columns, csv_text, event_bytes};
pub use run_dir::{RunDir, read_config, take_back_all};
pub use sealed::{read_sealed, sealed_json, unsealed_json, write_sealed};
pub use spec::{parse_spec, read_spec, spec_text};
pub use temporary::{discard_unfinished, sweep};
pub use tensors::{TensorFile, read_tensors, write_new_tensors, write_tensors};
pub use values::TensorValues;
pub use weights::{Prefixed, Weights, read, read_verified, write, write_new_weights};
