//! Recycled buffers: a training step allocates the same sizes again and again, so a dropped buffer is kept for the next one of its size.
//!
//! Each thread keeps a few buffers of every size without a lock; larger ones and the surplus go to a pool
//! that all threads share, so that a buffer dropped by another thread than the one that allocated it comes back. The
//! reference count is recycled with the elements.

mod buffer;
mod local;
mod pooled;
mod shared;
mod size;
mod store;

pub use buffer::{Buffer, Index};
pub(crate) use pooled::Pooled;
