//! Asking for memory before it is needed.
#![allow(unsafe_code)]

/// Asks the caches for the line `ahead` elements past the start of `x`; past the end of the memory nothing happens. A long loop
/// of many instructions an element keeps too few loads in flight by itself, and the hardware's own prefetch ends at each page.
#[inline(always)]
pub fn prefetch<T>(x: &[T], ahead: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing as far as the program can see and never faults; SSE belongs to every x86-64.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(x.as_ptr().wrapping_add(ahead).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (x, ahead);
}
