//! How much a figure would vary with other test images.

use super::numbers::{AUTOATTACK, CURVE_MEAN, DEAD, GAP, NOISE};
use super::study::ActivationRow;

/// Variance of a share `p` of `n` images over samples of images: p̃ (1 − p̃) / (n + 2) with p̃ = (n p + 1) / (n + 2). It is never 0: a share of 0 or of 1 among few images says little.
///
/// Source: Agresti and Caffo, Simple and effective confidence intervals for proportions and differences of proportions result from adding two successes and two failures, The American
/// Statistician 54 (2000).
pub(super) fn share_variance(p: f64, n: usize) -> f64 {
    let n = n as f64;
    let moved = (n * p + 1.0) / (n + 2.0);
    moved * (1.0 - moved) / (n + 2.0)
}

impl ActivationRow {
    /// The variance of a figure over samples of test images, or a bound of it from above; `None` of what is no share of images. `images` are those that noise was added to.
    ///
    /// A mean over budgets varies by no more than a share of the same size. Of the gap between two attacks, both on the same images, the variances are added, as of other images.
    pub(super) fn image_variance(&self, figure: &str, images: usize) -> Option<f64> {
        let result = self.result.as_ref()?;
        let net = result.net.as_ref();
        let of = |n: usize| Some(share_variance(*self.numbers.get(figure)?, n));
        match figure {
            DEAD => None,
            GAP => {
                let suite = &net?.suite;
                Some(share_variance(suite.pgd()?, suite.n) + share_variance(suite.accuracy, suite.n))
            }
            AUTOATTACK | CURVE_MEAN => of(net?.suite.n),
            NOISE => of(images),
            // Without attack, and under those that were asked for.
            _ => of(result.attacked.as_ref()?.n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::share_variance;

    /// Over all samples of 40 images of which each is right with a probability of 0.3, the mean of the estimate is the variance p (1 − p)/n, to a few percent.
    #[test]
    fn the_variance_is_that_of_a_binomial_share() {
        let (n, p) = (40usize, 0.3f64);
        let mut chance = (1.0 - p).powi(40);
        let (mut mean, mut share, mut square) = (0.0, 0.0, 0.0);
        for k in 0..=n {
            let found = k as f64 / n as f64;
            mean += chance * share_variance(found, n);
            (share, square) = (share + chance * found, square + chance * found * found);
            chance *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        }
        let truth = square - share * share;
        assert!((mean / truth - 1.0).abs() < 0.06, "{mean} for {truth}");
        // None right of 50: p̃ = 1/52.
        assert!((share_variance(0.0, 50) - 51.0 / 52.0f64.powi(3)).abs() < 1e-15);
    }
}
