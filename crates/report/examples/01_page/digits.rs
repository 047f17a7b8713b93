//! Digits without a data set.

/// Pixels of a side.
pub const SIDE: usize = 28;

/// A digit of seven soft segments, `faint` taken off its brightness.
pub fn digit(which: usize, faint: f32) -> Vec<f32> {
    // Bits from the top: top, upper left, upper right, middle, lower left, lower right, bottom.
    const LIT: [u8; 10] = [0x77, 0x12, 0x5D, 0x5B, 0x3A, 0x6B, 0x6F, 0x52, 0x7F, 0x7B];
    let segments: [[f32; 4]; 7] = [
        [9.0, 6.0, 18.0, 6.0],
        [9.0, 6.0, 9.0, 13.5],
        [18.0, 6.0, 18.0, 13.5],
        [9.0, 13.5, 18.0, 13.5],
        [9.0, 13.5, 9.0, 21.0],
        [18.0, 13.5, 18.0, 21.0],
        [9.0, 21.0, 18.0, 21.0],
    ];
    let lit = |i: usize| LIT[which % 10] >> (6 - i) & 1 == 1;
    let bright = |x: f32, y: f32| {
        let near = segments.iter().enumerate().filter(|(i, _)| lit(*i)).map(|(_, &[x0, y0, x1, y1])| {
            let (dx, dy) = (x - x.clamp(x0, x1), y - y.clamp(y0, y1));
            (dx * dx + dy * dy).sqrt()
        });
        (2.2 - near.fold(f32::INFINITY, f32::min)).clamp(0.0, 1.0 - faint)
    };
    (0..SIDE * SIDE).map(|i| bright((i % SIDE) as f32, (i / SIDE) as f32)).collect()
}
