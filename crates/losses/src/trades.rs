//! The loss of TRADES.

use crate::contract::PairLoss;
use crate::{CrossEntropy, KlDivergence, RowLoss};
use sparring_math::Real;

/// CE(clean, y) + beta · KL(softmax(clean) ‖ softmax(adversarial)).
///
/// The gradient goes through both sides of the divergence, as in the authors' code.
///
/// Source: Zhang et al. 2019, arXiv:1901.08573, equation 5; beta = 1/λ.
///
/// ```
/// use sparring_losses::{PairLoss, Trades};
/// let (mut d_clean, mut d_adversarial) = ([0.0; 2], [0.0; 2]);
/// let loss = Trades { beta: 6.0 }.eval(&[0.0_f64, 0.0], &[0.0, 0.0], 1, [&mut d_clean, &mut d_adversarial]);
/// assert!((loss - 2f64.ln()).abs() < 1e-12 && d_clean == [0.5, -0.5] && d_adversarial == [0.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trades {
    /// Factor of the divergence.
    pub beta: f64,
}

impl<E: Real> PairLoss<E> for Trades {
    #[track_caller]
    fn eval(&self, clean: &[E], adversarial: &[E], y: usize, [d_clean, d_adv]: [&mut [E]; 2]) -> E {
        let beta = E::of(self.beta);
        let loss = CrossEntropy.eval(clean, &y, d_clean);
        let kl = KlDivergence.each(clean, adversarial, |i, [at_clean, at_adv]| {
            d_clean[i] += beta * at_clean;
            d_adv[i] = beta * at_adv;
        });
        loss + beta * kl
    }
    fn cross_entropies(&self) -> [f64; 2] {
        [1.0, 0.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::check_pairs;

    #[test]
    fn gradients_are_differences() {
        for (n, beta) in [(2, 1.0), (10, 6.0), (10, 0.0)] {
            check_pairs(&Trades { beta }, n, n - 1, 2.0);
        }
    }
}
