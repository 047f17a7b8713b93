//! The divergence of a code from its prior, and the bound of many samples: to be those of `sparring-losses`.

/// KL(N(μ, exp l) ‖ N(0, 1)) a number of the code: ½ (μ² + exp(l) − 1 − l) nats, l clamped to [−limit, limit].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct GaussianKl {
    /// Factor of the whole.
    pub beta: f64,
    /// Nats of each number that cost nothing.
    pub free: f64,
    /// Largest size of a log-variance.
    pub limit: f64,
}

impl GaussianKl {
    /// The log-variance as it counts.
    pub fn clamped(&self, logvar: f32) -> f32 {
        logvar.clamp(-self.limit as f32, self.limit as f32)
    }
    /// The derivative of [`clamped`](Self::clamped).
    pub fn passes(&self, logvar: f32) -> f32 {
        if logvar.abs() > self.limit as f32 { 0.0 } else { 1.0 }
    }
    /// KL of one number, without beta, and (exp(l) − 1) / 2.
    fn dimension(&self, mu: f32, logvar: f32) -> (f32, f32) {
        let l = self.clamped(logvar);
        let grown = l.exp_m1();
        // exp(l) − 1 − l is never negative, its rounded form may be; NaN stays.
        let width = if grown - l < 0.0 { 0.0 } else { grown - l };
        (0.5 * (mu * mu + width), 0.5 * grown)
    }
    /// The divergence of each number, without beta and free bits.
    pub fn dimensions(&self, mu: &[f32], logvar: &[f32], kl: &mut [f32]) {
        for ((kl, &mu), &logvar) in kl.iter_mut().zip(mu).zip(logvar) {
            *kl = self.dimension(mu, logvar).0;
        }
    }
    /// The divergence of one example of a batch in which the numbers have the mean divergences `means`; those whose mean is below `free` count `free` and have no gradient. Both gradients are overwritten.
    pub fn eval_by_means(
        &self,
        means: &[f32],
        mu: &[f32],
        logvar: &[f32],
        [d_mu, d_logvar]: [&mut [f32]; 2],
    ) -> f32 {
        let (beta, free, mut sum) = (self.beta as f32, self.free as f32, 0.0);
        for (j, (&mu, &logvar)) in mu.iter().zip(logvar).enumerate() {
            let (kl, by_logvar) = self.dimension(mu, logvar);
            if means[j] < free {
                sum += free;
                (d_mu[j], d_logvar[j]) = (0.0, 0.0);
            } else {
                sum += kl;
                (d_mu[j], d_logvar[j]) = (beta * mu, beta * by_logvar * self.passes(logvar));
            }
        }
        beta * sum
    }
}

/// ln((1/K) Σ exp(w)).
pub(super) fn log_mean_exp(w: &[f64]) -> f64 {
    let top = w.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if top == f64::NEG_INFINITY || w.iter().any(|w| w.is_nan()) {
        return w.iter().sum::<f64>() / w.len() as f64;
    }
    top + (w.iter().map(|w| (w - top).exp()).sum::<f64>() / w.len() as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_integral_and_its_gradient_that_of_differences() {
        let kl = GaussianKl { beta: 1.0, free: 0.0, limit: 10.0 };
        for (mu, logvar) in [(0.0f32, 0.0f32), (1.5, -1.0), (-0.3, 0.7)] {
            let (sigma, step, mut want) = (f64::from(0.5 * logvar).exp(), 1e-3, 0.0);
            for i in -12_000..12_000 {
                let e = (f64::from(i) + 0.5) * step;
                let q = (-0.5 * e * e).exp() / std::f64::consts::TAU.sqrt();
                let z = f64::from(mu) + sigma * e;
                // ln q(z) − ln p(z); q(z) dz is q(e) de.
                want += q * step * (-0.5 * e * e - 0.5 * f64::from(logvar) + 0.5 * z * z);
            }
            let [mut a, mut b] = [[f32::NAN]; 2];
            let got = kl.eval_by_means(&[1.0], &[mu], &[logvar], [&mut a, &mut b]);
            assert!((f64::from(got) - want).abs() < 1e-6, "{got} {want}");
            let (m, l) = (f64::from(mu), f64::from(logvar));
            let exact = |m: f64, l: f64| 0.5 * (m * m + l.exp() - 1.0 - l);
            let h = 1e-5;
            let want =
                [exact(m + h, l) - exact(m - h, l), exact(m, l + h) - exact(m, l - h)].map(|d| d / (2.0 * h));
            assert!((f64::from(a[0]) - want[0]).abs() < 1e-6 && (f64::from(b[0]) - want[1]).abs() < 1e-6);
        }
    }

    #[test]
    fn many_samples_are_put_together_without_overflow() {
        assert!((log_mean_exp(&[-1000.0, -1000.0 + 3f64.ln()]) - (-1000.0 + 2f64.ln())).abs() < 1e-12);
        assert!(log_mean_exp(&[0.0, f64::NAN]).is_nan());
    }
}
