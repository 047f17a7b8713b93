//! The scalars an array may hold.

use crate::kernels::SparseKernels;
use crate::pool::Pool;
use sparring_math::Real;
use std::sync::{LazyLock, Mutex};

/// A scalar with kernels: `f32` or `f64`.
pub trait Elem: Real + SparseKernels {
    /// The recycled buffers.
    #[doc(hidden)]
    fn pool() -> &'static Mutex<Pool<Self>>;
}

macro_rules! elem {
    ($($t:ty, $pool:ident);*) => {$(
        static $pool: LazyLock<Mutex<Pool<$t>>> = LazyLock::new(|| Mutex::new(Pool::new()));
        impl Elem for $t {
            fn pool() -> &'static Mutex<Pool<Self>> { &$pool }
        }
    )*};
}
elem!(f32, POOL_F32; f64, POOL_F64);
