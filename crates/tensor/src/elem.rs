//! The scalars an array may hold.

<<<<<<< HEAD
use crate::kernels::SparseKernels;
use crate::pool::Pool;
=======
use crate::kernels::Kernels;
use crate::pool::Pooled;
>>>>>>> h-tape
use sparring_math::Real;

<<<<<<< HEAD
/// A scalar with kernels: `f32` or `f64`.
pub trait Elem: Real + SparseKernels {
    /// The recycled buffers.
    #[doc(hidden)]
    fn pool() -> &'static Mutex<Pool<Self>>;
}
=======
/// A scalar with kernels and recycled buffers: `f32` or `f64`.
pub trait Elem: Real + Kernels + Pooled {}
>>>>>>> h-tape

impl Elem for f32 {}
impl Elem for f64 {}
