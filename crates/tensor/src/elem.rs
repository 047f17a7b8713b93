//! The scalars an array may hold.

use crate::kernels::{ShortRows, SparseKernels};
use crate::pool::Pooled;
use sparring_math::Real;

/// A scalar with kernels and recycled buffers: `f32` or `f64`. Sealed.
// Private bounds: their functions reach kernels, and are not for users.
#[allow(private_bounds)]
pub trait Elem: Real + SparseKernels + ShortRows + Pooled {}

impl Elem for f32 {}
impl Elem for f64 {}
