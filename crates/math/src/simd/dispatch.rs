//! One loop, three compilations.
#![allow(unsafe_code)]

use super::isa::{Isa, isa};

/// A loop over slices. `run` must be marked `#[inline(always)]`, and so must every formula in it: only what is inlined
/// is compiled for the instruction set.
///
/// ```
/// use sparring_math::{Real, simd};
///
/// struct Scale<'a> { by: f32, y: &'a mut [f32] }
/// impl simd::Kernel for Scale<'_> {
///     type Output = ();
///     #[inline(always)]
///     fn run(self) {
///         for y in self.y.iter_mut() {
///             *y = self.by * Real::tanh(*y);
///         }
///     }
/// }
/// let mut y = [0.5; 40];
/// simd::dispatch(Scale { by: 2.0, y: &mut y });
/// assert_eq!(y[39], 2.0 * Real::tanh(0.5f32));
/// ```
pub trait Kernel {
    /// What the loop returns.
    type Output;
    /// The loop itself.
    fn run(self) -> Self::Output;
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

/// Runs the kernel on the instruction set in use ([`isa`]).
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    run_on(isa(), kernel)
}

/// Runs the kernel on the given instruction set, or on plain code if this machine lacks it; for tests and measurements.
#[inline]
pub fn dispatch_on<K: Kernel>(isa: Isa, kernel: K) -> K::Output {
    run_on(if isa.supported() { isa } else { Isa::Baseline }, kernel)
}

/// `isa` must be supported: both callers see to that, the choice being checked when it is made.
#[inline(always)]
fn run_on<K: Kernel>(isa: Isa, kernel: K) -> K::Output {
    match isa {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Isa::supported` found these features on this machine before the value came here.
        Isa::Avx512 => unsafe { avx512(kernel) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Isa::Avx2 => unsafe { avx2(kernel) },
        _ => kernel.run(),
    }
}
