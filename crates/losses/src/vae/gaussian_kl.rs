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
    /// The derivative of [`clamped`](GaussianKl::clamped): 1, or 0 outside.
    pub fn passes<E: Real>(&self, logvar: E) -> E {
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
mod tests;
