//! A stored tensor.

use crate::ParamKind;
use sparring_tensor::{Array, Elem, Shape};
use std::sync::atomic::{AtomicU64, Ordering};

/// A stored tensor with an identity, so that a tape binds it once.
#[derive(Debug)]
pub struct Param<E: Elem = f32> {
    id: u64,
    name: String,
    kind: ParamKind,
    /// Of the value it was made with.
    shape: Shape,
    output_axis: usize,
    /// The numbers; another array must have the same shape.
    pub value: Array<E>,
}

/// What a parameter tensor is for and how its numbers lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub kind: ParamKind,
    pub shape: Shape,
    pub output_axis: usize,
}

/// Identities only have to differ; nothing numeric depends on them.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl<E: Elem> Param<E> {
    /// A parameter with a new identity.
    pub fn new(name: impl Into<String>, kind: ParamKind, value: Array<E>) -> Self {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { id, name: name.into(), kind, shape: value.shape(), output_axis: 0, value }
    }
    /// The same tensor, this axis of which counts the outputs.
    #[must_use]
    pub fn with_output_axis(self, output_axis: usize) -> Self {
        Self { output_axis, ..self }
    }
    /// The axis that counts the outputs.
    pub fn output_axis(&self) -> usize {
        self.output_axis
    }
    /// The number under which a tape binds it.
    pub fn id(&self) -> u64 {
        self.id
    }
    /// The full name: `0.weight`.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// What it is for.
    pub fn kind(&self) -> ParamKind {
        self.kind
    }
    /// The shape it was made with, which its layer expects.
    pub fn shape(&self) -> Shape {
        self.shape
    }
    /// What a method has to know of it.
    pub(crate) fn layout(&self) -> Layout {
        Layout { kind: self.kind, shape: self.shape, output_axis: self.output_axis }
    }
    /// Whether an optimiser changes it.
    pub fn is_trained(&self) -> bool {
        self.kind != ParamKind::Buffer
    }
}

/// A copy is another parameter.
impl<E: Elem> Clone for Param<E> {
    fn clone(&self) -> Self {
        let Self { shape, output_axis, .. } = *self;
        Self { shape, output_axis, ..Self::new(self.name.clone(), self.kind, self.value.clone()) }
    }
}
