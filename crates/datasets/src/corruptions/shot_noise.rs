//! Noise of counted photons.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// `Poisson(c x) / c`, c = 60, 25, 12, 5, 3: few photons, and none where it is dark.
    ShotNoise: "shot_noise", severity 5
}

impl Corruption for ShotNoise {
    const ABOUT: &'static str = "each pixel a Poisson count: 60, 25, 12, 5, 3 photons for white";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let photons = of(self.severity, [60.0, 25.0, 12.0, 5.0, 3.0]);
        image.values_mut().iter_mut().for_each(|v| *v = poisson(*v * photons, random) / photons);
    }
}

/// A Poisson number by inversion of its distribution function; `mean` up to some hundred.
fn poisson(mean: f64, random: &mut Stream) -> f64 {
    let mut left = random.uniform_f64();
    let (mut count, mut probability) = (0.0, (-mean).exp());
    while left >= probability && probability > 0.0 {
        left -= probability;
        count += 1.0;
        probability *= mean / count;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_seed::Key;

    #[test]
    fn counts_have_the_moments_of_poisson() {
        let mut random = Key::new(1).rng(0);
        assert_eq!(poisson(0.0, &mut random), 0.0);
        for mean in [0.3, 3.0, 60.0] {
            let counts: Vec<f64> = (0..40_000).map(|_| poisson(mean, &mut random)).collect();
            let of = |f: &dyn Fn(f64) -> f64| counts.iter().map(|&k| f(k)).sum::<f64>() / 40_000.0;
            let (got, variance) = (of(&|k| k), of(&|k| (k - mean).powi(2)));
            assert!(
                (got / mean - 1.0).abs() < 0.03 && (variance / mean - 1.0).abs() < 0.05,
                "{mean}: {got} {variance}"
            );
        }
    }
}
