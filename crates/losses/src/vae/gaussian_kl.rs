//! The divergence of a variational autoencoder's code from its prior.

use crate::targets::assert_length;
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// beta · Σ_j KL(N(μ_j, σ_j²) ‖ N(0, 1)) of one example's code, σ² = exp(l): ½ (μ² + exp(l) − 1 − l) a dimension, in nats.
///
/// Gradients: beta μ and beta (exp(l) − 1) / 2. The log-variance `l` is clamped to [−limit, limit] first, with derivative 0
/// outside, as `torch.clamp`; what draws the code clamps by [`clamped`](GaussianKl::clamped), too. Sum over dimensions here, mean over examples by the caller;
/// it stands beside a reconstruction that is **summed** over pixels ([`RowReduction::Sum`](crate::RowReduction::Sum)): beside a mean over
/// 784 of them it would be a beta of 784. Warm-up is a `beta` that grows.
///
/// Free bits: a dimension below `free` nats counts `free` and has no gradient, so that it is not worth switching off. By
/// [`eval`](GaussianKl::eval) each example has its floor; [`eval_by_means`](GaussianKl::eval_by_means) is the paper's: floors for means over the batch.
///
/// Extremes: `l` of any size is clamped; an infinite μ gives +∞; NaN stays NaN; never below 0.
///
/// Source: Kingma and Welling 2014, arXiv:1312.6114, appendix B; beta, Higgins et al. 2017, openreview Sy2fzU9gl; free bits, Kingma et al. 2016, arXiv:1606.04934.
///
/// ```
/// use sparring_losses::GaussianKl;
/// let (mut d_mu, mut d_logvar) = ([0.0; 2], [0.0; 2]);
/// let kl = GaussianKl::default().eval(&[2.0_f64, 0.0], &[0.0, 0.0], [&mut d_mu, &mut d_logvar]);
/// assert_eq!((kl, d_mu, d_logvar), (2.0, [2.0, 0.0], [0.0, 0.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct GaussianKl {
    /// Factor of the whole.
    pub beta: f64,
    /// Nats of each dimension that cost nothing.
    pub free: f64,
    /// Largest size of a log-variance.
    pub limit: f64,
}

impl Default for GaussianKl {
    fn default() -> Self {
        Self { beta: 1.0, free: 0.0, limit: 10.0 }
    }
}

sparring_math::named! {
    GaussianKl: "gaussian-kl", [], "Kingma and Welling 2014, arXiv:1312.6114";
    beta: Range::at_least(0.0), "factor of the divergence";
    free: Range::at_least(0.0), "nats of each dimension that cost nothing";
    limit: Range::above_to(0.0, 80.0), "largest size of a log-variance";
}

impl GaussianKl {
    /// The log-variance as it counts.
    pub fn clamped<E: Real>(&self, logvar: E) -> E {
        let limit = E::of(self.limit);
        // A NaN is on neither side.
        if logvar > limit {
            limit
        } else if logvar < -limit {
            -limit
        } else {
            logvar
        }
    }
    /// The derivative of [`clamped`](GaussianKl::clamped).
    fn passes<E: Real>(&self, logvar: E) -> E {
        let outside = logvar.abs() > E::of(self.limit);
        if outside { E::ZERO } else { E::ONE }
    }
    /// KL of one dimension, without beta, and (exp(l) − 1) / 2.
    fn dimension<E: Real>(&self, mu: E, logvar: E) -> (E, E) {
        let (half, l) = (E::of(0.5), self.clamped(logvar));
        let grown = l.exp_m1();
        // exp(l) − 1 − l is never negative, its rounded form may be.
        let width = grown - l;
        let width = if width < E::ZERO { E::ZERO } else { width };
        (half * (mu * mu + width), half * grown)
    }
    #[track_caller]
    fn check<E>(mu: &[E], logvar: &[E], others: [(&str, usize); 2]) {
        assert_length(Self::NAME, mu.len(), "logvar", logvar.len());
        others.into_iter().for_each(|(what, length)| assert_length(Self::NAME, mu.len(), what, length));
    }

    /// The divergence of one example; both gradients are overwritten. `free` holds for each of its dimensions.
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn eval<E: Real>(&self, mu: &[E], logvar: &[E], grads: [&mut [E]; 2]) -> E {
        let free = E::of(self.free);
        self.sum(mu, logvar, grads, |_, kl| kl < free)
    }
    /// The divergence of one example of a batch in which the dimensions have the mean divergences `means` (of [`dimensions`](GaussianKl::dimensions)): those whose mean is
    /// below `free` count `free` and have no gradient. The mean over the batch is beta Σ_j max(free, means_j).
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn eval_by_means<E: Real>(&self, means: &[E], mu: &[E], logvar: &[E], grads: [&mut [E]; 2]) -> E {
        assert_length(Self::NAME, mu.len(), "means", means.len());
        let free = E::of(self.free);
        self.sum(mu, logvar, grads, |j, _| means[j] < free)
    }
    #[track_caller]
    fn sum<E: Real>(
        &self,
        mu: &[E],
        logvar: &[E],
        [d_mu, d_logvar]: [&mut [E]; 2],
        is_free: impl Fn(usize, E) -> bool,
    ) -> E {
        Self::check(mu, logvar, [("d_mu", d_mu.len()), ("d_logvar", d_logvar.len())]);
        let (beta, free, mut sum) = (E::of(self.beta), E::of(self.free), E::ZERO);
        for (j, (&mu, &logvar)) in mu.iter().zip(logvar).enumerate() {
            let (kl, by_logvar) = self.dimension(mu, logvar);
            if is_free(j, kl) {
                sum += free;
                (d_mu[j], d_logvar[j]) = (E::ZERO, E::ZERO);
            } else {
                sum += kl;
                (d_mu[j], d_logvar[j]) = (beta * mu, beta * by_logvar * self.passes(logvar));
            }
        }
        beta * sum
    }
    /// The divergence of each dimension, without beta and free bits, into `kl`: its mean over examples tells which dimensions are used.
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn dimensions<E: Real>(&self, mu: &[E], logvar: &[E], kl: &mut [E]) {
        Self::check(mu, logvar, [("kl", kl.len()); 2]);
        for ((kl, &mu), &logvar) in kl.iter_mut().zip(mu).zip(logvar) {
            *kl = self.dimension(mu, logvar).0;
        }
    }
    /// ln p(z) − ln q(z) at the code z = μ + σ ε of standard normal `noise` ε: Σ_j ½ (ε² + l − z²). Its mean over the noise is minus the divergence (without beta); with the log-likelihood
    /// ln p(x | z) it makes the log-weight of [`log_mean_exp`](crate::log_mean_exp). The gradients, through z, are −z and ½ (1 − z σ ε); they are overwritten.
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn log_ratio<E: Real>(
        &self,
        mu: &[E],
        logvar: &[E],
        noise: &[E],
        [d_mu, d_logvar]: [&mut [E]; 2],
    ) -> E {
        Self::check(mu, logvar, [("d_mu", d_mu.len()), ("d_logvar", d_logvar.len())]);
        assert_length(Self::NAME, mu.len(), "noise", noise.len());
        let (half, mut sum) = (E::of(0.5), E::ZERO);
        for (j, (&mu, &logvar)) in mu.iter().zip(logvar).enumerate() {
            let (l, noise) = (self.clamped(logvar), noise[j]);
            let moved = (half * l).exp() * noise;
            let z = mu + moved;
            sum += half * (noise * noise + l - z * z);
            d_mu[j] = -z;
            d_logvar[j] = half * (E::ONE - z * moved) * self.passes(logvar);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::noise;

    type Made = (f64, Vec<f64>);

    /// Compares the gradient of a function of (mu, logvar) with differences along random directions.
    fn differences(n: usize, scale: f64, f: impl Fn(&[f64], &[f64], [&mut [f64]; 2]) -> f64) {
        let h = 1e-5;
        for seed in 1..6 {
            let (x, v) = (noise(2 * n, seed), noise(2 * n, seed + 100));
            let at = |by: f64| -> Made {
                let x: Vec<f64> = x.iter().zip(&v).map(|(x, v)| scale * x + by * v).collect();
                let [mut d_mu, mut d_logvar] = [0; 2].map(|_| vec![f64::NAN; n]);
                let value = f(&x[..n], &x[n..], [&mut d_mu, &mut d_logvar]);
                d_mu.append(&mut d_logvar);
                (value, d_mu)
            };
            let along: f64 = at(0.0).1.iter().zip(&v).map(|(d, v)| d * v).sum();
            let want = (at(h).0 - at(-h).0) / (2.0 * h);
            assert!((along - want).abs() <= 1e-7 * want.abs().max(1.0), "n {n}: {along}, difference {want}");
        }
    }

    #[test]
    fn gradients_are_differences() {
        for n in [1, 2, 20] {
            for beta in [1.0, 4.0] {
                let kl = GaussianKl { beta, ..GaussianKl::default() };
                differences(n, 1.5, |mu, l, d| kl.eval(mu, l, d));
                let free = GaussianKl { beta, free: 0.3, ..GaussianKl::default() };
                differences(n, 1.5, |mu, l, d| free.eval(mu, l, d));
            }
            let eps = noise(n, 50);
            differences(n, 1.5, |mu, l, d| GaussianKl::default().log_ratio(mu, l, &eps, d));
        }
    }

    #[test]
    fn it_is_the_integral() {
        // ∫ q (ln q − ln p) by the midpoint rule.
        for (mu, logvar) in [(0.0, 0.0), (1.5, -1.0), (-0.3, 0.7)] {
            let sigma = f64::exp(0.5 * logvar);
            let step = 1e-3;
            let mut sum = 0.0;
            for i in -12_000..12_000 {
                let e = (f64::from(i) + 0.5) * step;
                let q = (-0.5 * e * e).exp() / std::f64::consts::TAU.sqrt();
                let z = mu + sigma * e;
                // ln q(z) − ln p(z); dz is σ de, and q(z) dz is q(e) de.
                sum += q * step * (-0.5 * e * e - 0.5 * logvar + 0.5 * z * z);
            }
            let got = GaussianKl::default().eval(&[mu], &[logvar], [&mut [0.0], &mut [0.0]]);
            assert!((got - sum).abs() < 1e-9, "{got} {sum}");
        }
    }

    #[test]
    fn the_ratio_s_mean_is_minus_the_divergence() {
        let (mu, logvar) = ([0.7, -1.2, 0.1], [-0.5, 0.3, -2.0]);
        let kl = GaussianKl { beta: 1.0, ..GaussianKl::default() };
        let [mut a, mut b] = [[0.0; 3]; 2];
        let want = -kl.eval(&mu, &logvar, [&mut a, &mut b]);
        // Points at equal steps of the noise's distribution, dimension by dimension, instead of random ones.
        let (steps, mut mean, mut total) = (4000, 0.0, 0.0);
        for i in 0..steps {
            let e = -8.0 + 16.0 * (f64::from(i) + 0.5) / f64::from(steps);
            let weight = (-0.5 * e * e).exp();
            mean += weight * kl.log_ratio(&mu, &logvar, &[e; 3], [&mut a, &mut b]);
            total += weight;
        }
        assert!((mean / total - want).abs() < 1e-9, "{} {want}", mean / total);
    }

    #[test]
    fn free_bits_by_means_are_floors_of_the_batch() {
        let (n, dims) = (6, 4);
        let kl = GaussianKl { beta: 2.0, free: 0.2, ..GaussianKl::default() };
        let (mu, logvar) = (noise(n * dims, 1), noise(n * dims, 2));
        let rows = || mu.chunks(dims).zip(logvar.chunks(dims));
        let (mut means, mut one) = (vec![0.0; dims], vec![0.0; dims]);
        for (mu, logvar) in rows() {
            kl.dimensions(mu, logvar, &mut one);
            means.iter_mut().zip(&one).for_each(|(mean, kl)| *mean += kl / n as f64);
        }
        assert!(means.iter().any(|&m| m < 0.2) && means.iter().any(|&m| m > 0.2), "{means:?}");
        let (mut got, [mut d_mu, mut d_logvar]) = (0.0, [0; 2].map(|_| vec![f64::NAN; dims]));
        for (mu, logvar) in rows() {
            got += kl.eval_by_means(&means, mu, logvar, [&mut d_mu, &mut d_logvar]) / n as f64;
            for j in 0..dims {
                let want = if means[j] < 0.2 { [0.0; 2] } else { [2.0 * mu[j], logvar[j].exp() - 1.0] };
                assert!((d_mu[j] - want[0]).abs() < 1e-15 && (d_logvar[j] - want[1]).abs() < 1e-15);
            }
        }
        let want = 2.0 * means.iter().map(|mean| mean.max(0.2)).sum::<f64>();
        assert!((got - want).abs() < 1e-12, "{got} {want}");
    }

    #[test]
    fn clamps_and_extremes() {
        let kl = GaussianKl::default();
        let at = |mu: f32, logvar: f32| {
            let (mut d_mu, mut d_logvar) = ([f32::NAN], [f32::NAN]);
            (kl.eval(&[mu], &[logvar], [&mut d_mu, &mut d_logvar]), d_mu[0], d_logvar[0])
        };
        assert_eq!(at(0.0, 0.0), (0.0, 0.0, 0.0));
        assert_eq!(at(1e4, 0.0), (5e7, 1e4, 0.0));
        assert_eq!(at(0.0, 1e4), (at(0.0, 10.0).0, 0.0, 0.0));
        assert_eq!(at(0.0, -1e4), (at(0.0, -10.0).0, 0.0, 0.0));
        assert!(at(0.0, 10.0).2 > 1e4 && at(0.0, -10.0).2 < -0.49);
        assert!((-2000..2000).all(|i| at(0.0, i as f32 * 1e-4).0 >= 0.0), "never below 0");
        assert!(at(f32::NAN, 0.0).0.is_nan() && at(0.0, f32::NAN).0.is_nan() && at(0.0, f32::NAN).2.is_nan());
        assert!(kl.clamped(f32::NAN).is_nan());
    }

    #[test]
    #[should_panic(expected = "gaussian-kl: the row has 2 values, logvar has 3")]
    fn lengths() {
        GaussianKl::default().eval(&[0.0; 2], &[0.0; 3], [&mut [0.0; 2], &mut [0.0; 2]]);
    }
}
