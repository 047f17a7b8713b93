//! From channels-first to channels-last and back.

use crate::Elem;
use sparring_math::simd;

/// Channels-first `[c][h·w]` to channels-last `[h·w][c]`.
///
/// # Panics
/// If the lengths differ or are no multiple of `channels`.
#[track_caller]
pub fn to_channels_last<E: Elem>(x: &[E], channels: usize, out: &mut [E]) {
    let pixels = pixels(x.len(), out.len(), channels);
    E::table(simd::isa()).transpose(x, pixels, channels, pixels, out, channels);
}

/// Channels-last `[h·w][c]` to channels-first `[c][h·w]`.
///
/// # Panics
/// If the lengths differ or are no multiple of `channels`.
#[track_caller]
pub fn to_channels_first<E: Elem>(x: &[E], channels: usize, out: &mut [E]) {
    let pixels = pixels(x.len(), out.len(), channels);
    E::table(simd::isa()).transpose(x, channels, pixels, channels, out, pixels);
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
