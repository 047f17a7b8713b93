//! Memory of a thread for the images between two steps.

use std::cell::RefCell;

/// Buffers that an image needs while it is changed: each thread keeps its own, so that no image allocates.
#[derive(Debug, Default)]
pub struct ImageBuffers {
    /// A channel with a border of zeros.
    pub(super) padded: Vec<f32>,
    /// Displacements down and to the right, in pixels.
    pub(super) fields: [Vec<f32>; 2],
    /// A field between the two passes of its filter.
    pub(super) between: Vec<f32>,
    /// Weights of a filter.
    pub(super) weights: Vec<f32>,
}

thread_local! {
    static BUFFERS: RefCell<ImageBuffers> = RefCell::default();
}

/// Calls `f` with the buffers of this thread.
pub(super) fn with_buffers(f: impl FnOnce(&mut ImageBuffers)) {
    BUFFERS.with_borrow_mut(f);
}
