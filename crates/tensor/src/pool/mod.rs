//! Recycled buffers: a training step asks for the same sizes again and again, so a dropped buffer waits for its twin.
//!
//! Each thread keeps a few buffers of every size to itself, without a lock; what is too large or too many goes to a pool
//! that all threads share, so that a buffer dropped by another thread than the one that asked for it comes back. The
//! reference count is recycled with the numbers.

mod buffer;
mod local;
mod pooled;
mod shared;
mod size;
mod store;

pub use buffer::{Buffer, Index};
pub(crate) use pooled::Pooled;
