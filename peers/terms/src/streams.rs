//! Numbers that every program of the comparison computes alike (`numbers.rs` of the workloads).

/// Stream of the first parameter, and of the discriminator's.
pub const WEIGHTS: u32 = 100;
pub const DISCRIMINATOR: u32 = WEIGHTS + 50;

fn unit(stream: u32, index: usize) -> f32 {
    let mut x = (index as u32).wrapping_add(stream.wrapping_mul(0x9E37_79B9));
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    ((x ^ (x >> 16)) >> 8) as f32 / 16_777_216.0
}

/// `n` numbers in [low, high).
pub fn uniform(stream: u32, n: usize, low: f32, high: f32) -> Vec<f32> {
    (0..n).map(|i| low + (high - low) * unit(stream, i)).collect()
}

pub fn mean(x: &[f32]) -> f64 {
    x.iter().map(|&v| f64::from(v)).sum::<f64>() / x.len() as f64
}
