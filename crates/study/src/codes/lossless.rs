//! Images packed without loss.

use flate2::{Compression, write::ZlibEncoder};
use std::io::Write as _;

/// Bits a pixel of images in [0, 1] as bytes, all in one zlib stream of level 9.
///
/// Pixels between two bytes are rounded: of images that were bytes nothing is lost.
pub(super) fn zlib_bits(x: &[f32]) -> f64 {
    let bytes: Vec<u8> = x.iter().map(|&x| (x * 255.0).round() as u8).collect();
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    // Memory takes all that is written.
    let packed = packer.write_all(&bytes).and_then(|()| packer.finish()).map_or(bytes.len(), |p| p.len());
    8.0 * packed as f64 / x.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_packs_and_noise_does_not() {
        let noise: Vec<f32> = {
            let mut rng = sparring_seed::Key::new(1).rng(0);
            (0..20_000).map(|_| rng.below(256) as f32 / 255.0).collect()
        };
        assert!((zlib_bits(&noise) - 8.0).abs() < 0.02);
        assert!(zlib_bits(&vec![0.5; 20_000]) < 0.05);
    }
}
