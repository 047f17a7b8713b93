//! Noise that a denoising autoencoder sees instead of an image.

use crate::parallel::PART;
use sparring_datasets::MiniBatch;
use sparring_seed::Key;
use sparring_tensor::par;

/// What becomes of a pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CorruptionKind {
    /// x + level · N(0, 1), clipped to [0, 1].
    #[default]
    Gauss,
    /// 0 with probability `level`.
    Mask,
    /// 0 or 1, either with probability `level` / 2.
    SaltPepper,
}

sparring_math::value_of_words!(CorruptionKind { Gauss = "gauss", Mask = "mask", SaltPepper = "salt_pepper" });

/// A corruption of images with pixels in [0, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputNoise {
    /// What becomes of a pixel.
    pub kind: CorruptionKind,
    /// How much: a standard deviation, or a probability.
    pub level: f64,
}

/// What a random number costs, in additions.
const COST: usize = 16;

impl InputNoise {
    /// The corrupted form of examples of `dim` numbers into `out`; that of an example depends on `key` and its id alone.
    ///
    /// # Panics
    /// If the slices do not hold as many examples as there are ids.
    pub fn apply(&self, key: Key, ids: &[u64], dim: usize, x: &[f32], out: &mut [f32]) {
        assert!(x.len() == ids.len() * dim && out.len() == x.len(), "corruption: {} examples", ids.len());
        par::for_each_chunk(out, PART * dim, COST * x.len(), |i, out| {
            for (j, out) in out.chunks_exact_mut(dim).enumerate() {
                let at = i * PART + j;
                self.one(key, ids[at], &x[at * dim..(at + 1) * dim], out);
            }
        });
    }
    /// The corrupted pixels of a batch in training.
    pub(crate) fn apply_to(&self, batch: &MiniBatch, key: Key, out: &mut Vec<f32>) {
        out.resize(batch.x.len(), 0.0);
        self.apply(key.named("corruption"), &batch.ids, batch.shape.iter().product(), &batch.x, out);
    }
    fn one(&self, key: Key, id: u64, x: &[f32], out: &mut [f32]) {
        let (level, mut rng) = (self.level, key.rng(id));
        for (x, to) in x.iter().zip(out) {
            *to = match self.kind {
                CorruptionKind::Gauss => (f64::from(*x) + level * rng.normal()).clamp(0.0, 1.0) as f32,
                CorruptionKind::Mask => {
                    if rng.uniform_f64() < level {
                        0.0
                    } else {
                        *x
                    }
                }
                CorruptionKind::SaltPepper => match rng.uniform_f64() {
                    u if u < 0.5 * level => 0.0,
                    u if u < level => 1.0,
                    _ => *x,
                },
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_distribution_and_depends_on_the_id_alone() {
        let (n, dim) = (200, 100);
        let (x, ids) = (vec![0.5f32; n * dim], (0..n as u64).collect::<Vec<_>>());
        for kind in [CorruptionKind::Gauss, CorruptionKind::Mask, CorruptionKind::SaltPepper] {
            let corruption = InputNoise { kind, level: 0.1 };
            let mut out = vec![f32::NAN; x.len()];
            corruption.apply(Key::new(3), &ids, dim, &x, &mut out);
            let share = |f: fn(f32) -> bool| out.iter().filter(|&&v| f(v)).count() as f64 / out.len() as f64;
            let (black, white, kept) = (share(|v| v == 0.0), share(|v| v == 1.0), share(|v| v == 0.5));
            // 20,000 draws: standard deviations are below 0.0022.
            match kind {
                CorruptionKind::Gauss => {
                    let var = out.iter().map(|v| f64::from(v - 0.5).powi(2)).sum::<f64>() / out.len() as f64;
                    assert!((var.sqrt() - 0.1).abs() < 0.003 && kept < 0.01, "{var} {kept}");
                }
                CorruptionKind::Mask => {
                    assert!((black - 0.1).abs() < 0.01 && white == 0.0 && black + kept == 1.0)
                }
                CorruptionKind::SaltPepper => {
                    assert!((black - 0.05).abs() < 0.007 && (white - 0.05).abs() < 0.007, "{black} {white}");
                }
            }
            let (mut alone, at) = (vec![f32::NAN; dim], 77);
            corruption.apply(Key::new(3), &ids[at..=at], dim, &x[..dim], &mut alone);
            assert_eq!(alone, out[at * dim..(at + 1) * dim]);
            corruption.apply(Key::new(4), &ids[at..=at], dim, &x[..dim], &mut alone);
            assert_ne!(alone, out[at * dim..(at + 1) * dim]);
        }
    }
}
