//! The scalars that have kernels, and which instruction set they use.

use super::portable;
use super::table::KernelTable;
#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};
use sparring_math::simd::Isa;
use std::cell::RefCell;
use std::thread::LocalKey;

/// Scalars that have kernels. Like the other traits of kernels this is a bound of [`Elem`](crate::Elem) and private to this crate, so that
/// no other crate reaches a kernel through a scalar:
///
/// ```
/// use sparring_tensor::Elem;
/// fn one<E: Elem>() -> E { E::ONE }
/// assert_eq!(one::<f32>(), 1.0);
/// ```
/// ```compile_fail,E0624
/// use sparring_tensor::Elem;
/// fn table<E: Elem>() { let _ = E::table(sparring_math::simd::isa()); }
/// ```
/// ```compile_fail,E0624
/// use sparring_tensor::Elem;
/// fn kernels<E: Elem>() { let _ = E::sparse(sparring_math::simd::isa()); }
/// ```
/// ```compile_fail,E0624
/// use sparring_tensor::Elem;
/// fn sum<E: Elem>(x: &[E], to: &mut [E]) { E::row_sum(x, 1, to); }
/// ```
/// ```compile_fail,E0624
/// use sparring_tensor::Elem;
/// fn pool<E: Elem>() { let _ = E::local(); }
/// ```
pub(crate) trait Kernels: Copy + 'static {
    /// 0.
    const NOUGHT: Self;
    /// This thread's scratch memory.
    fn scratch() -> &'static LocalKey<RefCell<Vec<Vec<Self>>>>;
    /// The kernels of `isa`, or the next lower ones if this CPU lacks it.
    fn table(isa: Isa) -> &'static KernelTable<Self>;
    /// The numbers, if they are `f32`.
    fn as_f32(x: &[Self]) -> Option<&[f32]>;
    /// The numbers to write, if they are `f32`.
    fn as_f32_mut(x: &mut [Self]) -> Option<&mut [f32]>;
}

macro_rules! kernels {
    ($t:ty, $name:ident, $scratch:ident, |$x:ident| $f32:expr) => {
        thread_local! { static $scratch: RefCell<Vec<Vec<$t>>> = const { RefCell::new(Vec::new()) }; }

        impl Kernels for $t {
            const NOUGHT: Self = 0.0;
            fn as_f32($x: &[Self]) -> Option<&[f32]> {
                $f32
            }
            fn as_f32_mut($x: &mut [Self]) -> Option<&mut [f32]> {
                $f32
            }
            fn scratch() -> &'static LocalKey<RefCell<Vec<Vec<Self>>>> {
                &$scratch
            }
            #[cfg(target_arch = "x86_64")]
            fn table(isa: Isa) -> &'static KernelTable<Self> {
                // The CPU is checked again, because the safety of all kernels of the table depends on it.
                match isa {
                    Isa::Avx512 if Isa::Avx512.supported() => &avx512::$name,
                    Isa::Avx512 | Isa::Avx2 if Isa::Avx2.supported() => &avx2::$name,
                    _ => &portable::$name,
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            fn table(_: Isa) -> &'static KernelTable<Self> {
                &portable::$name
            }
        }
    };
}
kernels!(f32, F32, SCRATCH_F32, |x| Some(x));
kernels!(f64, F64, SCRATCH_F64, |_x| None);
