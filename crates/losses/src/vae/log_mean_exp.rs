//! The bound of importance-weighted autoencoders.

use crate::targets::assert_length;
use sparring_math::Real;

/// ln((1/K) Σ_k exp(w_k)) of the log-weights `w` of K samples of one example; their shares exp(w_k) / Σ exp(w), which are its gradient, into `shares`.
///
/// With w_k = ln p(x | z_k) + ln p(z_k) − ln q(z_k | x) it is the IWAE bound on ln p(x), between the mean of the log-weights (the ELBO)
/// and their largest, and grows with K in the mean. The gradient of the bound is the sum of the samples' gradients by their shares.
///
/// Extremes: weights of any finite size never overflow; −∞ adds nothing, and if all are −∞ the value is −∞ and the shares
/// are equal; NaN, +∞ or an empty row give NaN.
///
/// Source: Burda et al. 2016, arXiv:1509.00519, section 3.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::log_mean_exp;
/// let mut shares = [0.0; 2];
/// let bound = log_mean_exp(&[-1000.0_f64, -1000.0 + 3f64.ln()], &mut shares);
/// assert!((bound - (-1000.0 + 2f64.ln())).abs() < 1e-12);
/// assert!((shares[0] - 0.25).abs() < 1e-12 && (shares[1] - 0.75).abs() < 1e-12);
/// ```
#[track_caller]
pub fn log_mean_exp<E: Real>(w: &[E], shares: &mut [E]) -> E {
    assert_length("log-mean-exp", w.len(), "shares", shares.len());
    let lowest = E::of(f64::NEG_INFINITY);
    if !w.is_empty() && w.iter().all(|&w| w == lowest) {
        shares.fill(E::of(1.0 / w.len() as f64));
        return lowest;
    }
    let top = w.iter().fold(lowest, |top, &w| if w > top { w } else { top });
    let mut sum = E::ZERO;
    for (share, &w) in shares.iter_mut().zip(w) {
        *share = (w - top).exp();
        sum += *share;
    }
    let scale = E::ONE / sum;
    shares.iter_mut().for_each(|share| *share *= scale);
    top + (sum / E::of(w.len() as f64)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::noise;

    #[test]
    fn the_shares_are_the_gradient() {
        let h = 1e-6;
        for (n, scale) in [(1, 1.0), (5, 3.0), (50, 30.0)] {
            let w: Vec<f64> = noise(n, 4).iter().map(|x| scale * x - 500.0).collect();
            let mut shares = vec![f64::NAN; n];
            let bound = log_mean_exp(&w, &mut shares);
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let mean = w.iter().sum::<f64>() / n as f64;
            let top = w.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            assert!((mean - 1e-9..=top + 1e-9).contains(&bound), "{mean} {bound} {top}");
            for k in 0..n {
                let at = |by: f64| {
                    let mut w = w.clone();
                    w[k] += by;
                    log_mean_exp(&w, &mut vec![0.0; n])
                };
                assert!((shares[k] - (at(h) - at(-h)) / (2.0 * h)).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn extremes() {
        let inf = f32::INFINITY;
        let mut shares = [f32::NAN; 2];
        assert_eq!(log_mean_exp(&[-1e4, 1e4], &mut shares), 1e4 - 2f32.ln());
        assert_eq!(shares, [0.0, 1.0]);
        assert_eq!(log_mean_exp(&[-inf, 0.0], &mut shares), 0.5f32.ln());
        assert_eq!((log_mean_exp(&[-inf; 2], &mut shares), shares), (-inf, [0.5; 2]));
        assert!(log_mean_exp(&[f32::NAN, 0.0], &mut shares).is_nan());
        assert!(log_mean_exp(&[0.0, f32::NAN], &mut shares).is_nan());
        assert!(log_mean_exp::<f32>(&[], &mut []).is_nan());
    }
}
