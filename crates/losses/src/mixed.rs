//! Cross-entropy of clean and adversarial examples, mixed.

use crate::contract::PairLoss;
use crate::{CrossEntropy, RowLoss};
use sparring_math::Real;

/// (1 − lambda) · CE(clean, y) + lambda · CE(adversarial, y).
///
/// Source: Goodfellow, Shlens, Szegedy 2015, arXiv:1412.6572, section 6, where lambda is 0.5.
///
/// ```
/// use sparring_losses::{Mixed, PairLoss};
/// let (mut d_clean, mut d_adversarial) = ([0.0; 2], [0.0; 2]);
/// let loss = Mixed { lambda: 0.25 }.eval(&[0.0_f64, 0.0], &[0.0, 0.0], 1, [&mut d_clean, &mut d_adversarial]);
/// assert!((loss - 2f64.ln()).abs() < 1e-12 && d_clean == [0.375, -0.375] && d_adversarial == [0.125, -0.125]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mixed {
    /// Weight of the adversarial examples.
    pub lambda: f64,
}

impl<E: Real> PairLoss<E> for Mixed {
    #[track_caller]
    fn eval(&self, clean: &[E], adversarial: &[E], y: usize, [d_clean, d_adv]: [&mut [E]; 2]) -> E {
        let scaled = |weight: f64, z: &[E], d: &mut [E]| {
            let (weight, loss) = (E::of(weight), CrossEntropy.eval(z, &y, d));
            d.iter_mut().for_each(|d| *d *= weight);
            weight * loss
        };
        let [on_clean, on_adversarial] = PairLoss::<E>::cross_entropies(self);
        scaled(on_clean, clean, d_clean) + scaled(on_adversarial, adversarial, d_adv)
    }
    fn cross_entropies(&self) -> [f64; 2] {
        [1.0 - self.lambda, self.lambda]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::check_pairs;

    #[test]
    fn gradients_are_differences() {
        for (n, lambda) in [(2, 0.5), (10, 0.3), (10, 1.0)] {
            check_pairs(&Mixed { lambda }, n, n - 1, 2.0);
        }
    }
}
