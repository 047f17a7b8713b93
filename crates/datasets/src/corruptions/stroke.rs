//! Soft lines.

/// A line of [h, w] pixels between two points (column, row), from left to right: `1 + ln(1 - d / 2.3)`, or 0 where that is negative, at vertical distance d;
/// nothing left of the first column or from the last one on, and nothing for a vertical line.
pub(super) fn stroke([h, w]: [usize; 2], [c0, r0]: [f64; 2], [c1, r1]: [f64; 2]) -> Vec<f64> {
    const FADE: f64 = 2.3;
    if c0 == c1 {
        return vec![0.0; h * w];
    }
    let incline = (r1 - r0) / (c1 - c0);
    let value = |r: usize, c: usize| {
        let at = c as f64;
        if at < c0.floor() || at >= c1.ceil() {
            return 0.0;
        }
        let distance = (r as f64 - (incline * (at - c0) + r0)).abs().min(FADE - 1e-10);
        ((1.0 - distance / FADE).ln() + 1.0).clamp(0.0, 1.0)
    };
    (0..h * w).map(|i| value(i / w, i % w)).collect()
}
