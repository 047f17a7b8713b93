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
    /// The numbers; another array must have the same shape.
    pub value: Array<E>,
}

/// Identities only have to differ; nothing numeric depends on them.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl<E: Elem> Param<E> {
    /// A parameter with a new identity.
    pub fn new(name: impl Into<String>, kind: ParamKind, value: Array<E>) -> Self {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { id, name: name.into(), kind, shape: value.shape(), value }
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
    /// Whether an optimiser changes it.
    pub fn is_trained(&self) -> bool {
        self.kind != ParamKind::Buffer
    }
}

/// A copy is another parameter.
impl<E: Elem> Clone for Param<E> {
    fn clone(&self) -> Self {
        Self { shape: self.shape, ..Self::new(self.name.clone(), self.kind, self.value.clone()) }
    }
}
