//! Numbers of 16 bits, as `f32`: every one of them has its exact value there.

/// IEEE 754 binary16: (−1)^s · 2^(e − 15) · 1.f, subnormal 2^−14 · 0.f; an exponent of ones is infinite or NaN.
pub(crate) fn from_f16(bytes: [u8; 2]) -> f32 {
    let bits = u16::from_le_bytes(bytes);
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        e => (1024.0 + fraction) * 2f32.powi(e - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// bfloat16: the upper half of an `f32`.
pub(crate) fn from_bf16(bytes: [u8; 2]) -> f32 {
    f32::from_bits(u32::from(u16::from_le_bytes(bytes)) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_by_its_definition() {
        // Bits and values of numpy.float16.
        for (bits, value) in [
            (0x0000u16, 0.0f32),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3c00, 1.0),
            (0x3555, 0.333_251_95),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0xfbff, -65504.0),
        ] {
            assert_eq!(from_f16(bits.to_le_bytes()), value, "{bits:x}");
        }
        assert_eq!(from_f16([0x00, 0x80]).to_bits(), (-0.0f32).to_bits());
        assert!(from_f16([0, 0x7c]) == f32::INFINITY && from_f16([1, 0x7c]).is_nan());
        // In order, without a gap at the step from subnormal to normal numbers.
        for bits in 1..0x7c00u16 {
            let [below, at] = [bits - 1, bits].map(|b| from_f16(b.to_le_bytes()));
            let step = 2f32.powi(i32::from((bits - 1) >> 10).max(1) - 25);
            assert_eq!(at - below, step, "{bits:x}");
        }
        assert_eq!((from_bf16([0x80, 0x3f]), from_bf16([0xc0, 0xbf])), (1.0, -1.5));
        assert!(from_bf16([0x80, 0x7f]).is_infinite() && from_bf16([0xc0, 0x7f]).is_nan());
    }
}
