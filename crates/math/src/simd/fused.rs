//! Slices seen as numbers with fused multiply-adds.
#![allow(unsafe_code)]

use super::isa::{Isa, isa};
use crate::Real;

/// Whether the instruction set in use ([`isa`]) has fused multiply-adds, so that a loop gains by [`fused`] slices.
#[inline]
pub fn fuses() -> bool {
    isa() != Isa::Baseline
}

/// The same numbers as [`Real::Fused`].
#[inline(always)]
pub fn fused<E: Real>(x: &[E]) -> &[E::Fused] {
    const { assert!(size_of::<E>() == size_of::<E::Fused>() && align_of::<E>() == align_of::<E::Fused>()) };
    // SAFETY: `Real` is sealed; the fused type of each is that type or a transparent wrapper of it.
    unsafe { std::slice::from_raw_parts(x.as_ptr().cast(), x.len()) }
}

/// The same numbers as [`Real::Fused`], to be written.
#[inline(always)]
pub fn fused_mut<E: Real>(x: &mut [E]) -> &mut [E::Fused] {
    const { assert!(size_of::<E>() == size_of::<E::Fused>() && align_of::<E>() == align_of::<E::Fused>()) };
    // SAFETY: as above; the borrow is exclusive and goes on in the result.
    unsafe { std::slice::from_raw_parts_mut(x.as_mut_ptr().cast(), x.len()) }
}
