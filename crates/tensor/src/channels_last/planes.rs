//! From planes to channels-last and back.

use crate::Elem;
use sparring_math::simd;

/// Planes `[c][h·w]` to pixels `[h·w][c]`.
///
/// # Panics
/// If the lengths differ or are no multiple of `channels`.
#[track_caller]
pub fn to_channels_last<E: Elem>(planes: &[E], channels: usize, out: &mut [E]) {
    let pixels = pixels(planes.len(), out.len(), channels);
    E::door(simd::isa()).transpose(planes, pixels, channels, pixels, out, channels);
}

/// Pixels `[h·w][c]` to planes `[c][h·w]`.
///
/// # Panics
/// If the lengths differ or are no multiple of `channels`.
#[track_caller]
pub fn to_planes<E: Elem>(image: &[E], channels: usize, out: &mut [E]) {
    let pixels = pixels(image.len(), out.len(), channels);
    E::door(simd::isa()).transpose(image, channels, pixels, channels, out, pixels);
}

#[track_caller]
fn pixels(from: usize, to: usize, channels: usize) -> usize {
    let pixels = from / channels.max(1);
    assert!(
        from == to && pixels * channels == from,
        "{from} and {to} numbers are not one image of {channels} channels"
    );
    pixels
}
