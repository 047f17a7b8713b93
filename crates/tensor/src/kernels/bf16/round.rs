//! Numbers to bf16 and back.

/// To bf16, ties to even.
pub(super) fn round(x: f32) -> u16 {
    let bits = x.to_bits();
    if x.is_nan() {
        return (bits >> 16) as u16 | 0x40;
    }
    if bits & 0x7f80_0000 == 0 {
        return (bits >> 16) as u16 & 0x8000;
    }
    ((bits + 0x7fff + (bits >> 16 & 1)) >> 16) as u16
}

/// The remainder after a term.
pub(super) fn rest(x: f32, half: u16) -> f32 {
    let half = widen(half);
    if half.is_finite() { x - half } else { 0.0 }
}

/// A half as a number.
pub(super) fn widen(half: u16) -> f32 {
    f32::from_bits(u32::from(half) << 16)
}
