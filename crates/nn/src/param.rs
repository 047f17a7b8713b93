//! Parameters and what kind they are.

use sparring_tensor::{Array, Elem, Shape};
use std::sync::atomic::{AtomicU64, Ordering};

/// What a stored tensor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Weights of a linear map or convolution.
    Weight,
    /// Biases.
    Bias,
    /// Scale and shift of a normalisation.
    Norm,
    /// Parameters of a learnt activation; never decayed.
    Activation,
    /// Running statistics: stored, not trained.
    Buffer,
}

/// A stored tensor with an identity, so that a tape binds it once.
#[derive(Debug)]
pub struct Param<E: Elem = f32> {
    id: u64,
    kind: Kind,
    /// Of the value it was made with.
    shape: Shape,
    /// The numbers; another array must have the same shape.
    pub value: Array<E>,
}

/// Identities only have to differ; nothing numeric depends on them.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl<E: Elem> Param<E> {
    /// A parameter with a new identity.
    pub fn new(kind: Kind, value: Array<E>) -> Self {
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), kind, shape: value.shape(), value }
    }
    /// The number under which a tape binds it.
    pub fn id(&self) -> u64 {
        self.id
    }
    /// What it is for.
    pub fn kind(&self) -> Kind {
        self.kind
    }
    /// The shape it was made with, which its layer expects.
    pub fn shape(&self) -> Shape {
        self.shape
    }
    /// Whether an optimiser changes it.
    pub fn is_trained(&self) -> bool {
        self.kind != Kind::Buffer
    }
}

/// A copy is another parameter.
impl<E: Elem> Clone for Param<E> {
    fn clone(&self) -> Self {
        Self { shape: self.shape, ..Self::new(self.kind, self.value.clone()) }
    }
}
