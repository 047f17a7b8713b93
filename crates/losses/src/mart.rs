//! The loss of MART.

use crate::contract::PairLoss;
use crate::kl_divergence::ends;
use crate::targets::assert_length;
use crate::{CrossEntropy, RowLoss};
use sparring_math::Real;

/// BCE(adversarial, y) + beta · KL(softmax(clean) ‖ softmax(adversarial)) · (1 − p_y), where p = softmax(clean), q = softmax(adversarial) and BCE = −ln q_y − ln(1.0001 − max_{k ≠ y} q_k).
///
/// The gradient goes through both softmaxes and the weight. As in the authors' code 1e-12 is added to what is under the logarithms of q, and 1e-7 to the weight.
///
/// Source: Wang et al. 2020, "Improving adversarial robustness requires revisiting misclassified examples" (ICLR); authors' code github.com/YisenWang/MART.
///
/// ```
/// use sparring_losses::{Mart, PairLoss};
/// let (mut d_clean, mut d_adversarial) = ([0.0; 2], [0.0; 2]);
/// let loss = Mart { beta: 5.0 }.eval(&[0.0_f64, 0.0], &[0.0, 0.0], 1, [&mut d_clean, &mut d_adversarial]);
/// assert!((loss - 2.0 * 2f64.ln()).abs() < 1e-3 && d_clean[0].abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mart {
    /// Factor of the divergence.
    pub beta: f64,
}

/// What the authors add under logarithms.
const TINY: f64 = 1e-12;

impl<E: Real> PairLoss<E> for Mart {
    #[track_caller]
    fn eval(&self, clean: &[E], adversarial: &[E], y: usize, [d_clean, d_adv]: [&mut [E]; 2]) -> E {
        assert_length("mart", clean.len(), "adversarial", adversarial.len());
        assert_length("mart", clean.len(), "d_clean", d_clean.len());
        let (beta, tiny) = (E::of(self.beta), E::of(TINY));
        let cross_entropy = CrossEntropy.eval(adversarial, &y, d_adv);
        let ((top, rest), (top_adv, rest_adv)) = (ends(clean), ends(adversarial));
        let q = |i: usize| (adversarial[i] - top_adv - rest_adv).exp();
        // p, and ln p − ln q where p is not 0.
        let p = |i: usize| {
            let (ln_p, ln_q) = (clean[i] - top - rest, (q(i) + tiny).ln());
            let p = ln_p.exp();
            (p, if p == E::ZERO { E::ZERO } else { ln_p - ln_q })
        };
        let wrong = (0..clean.len()).filter(|&k| k != y);
        let worst = wrong.reduce(|a, b| if adversarial[b] > adversarial[a] { b } else { a });
        let margin = worst.map_or(E::ZERO, |k| {
            let left = E::of(1.0001) - q(k) + tiny;
            let pull = q(k) / left;
            d_adv.iter_mut().enumerate().for_each(|(i, d)| *d -= pull * q(i));
            d_adv[k] += pull;
            -left.ln()
        });
        let (mut kl, mut reached) = (E::ZERO, E::ZERO);
        for i in 0..clean.len() {
            let (p, apart) = p(i);
            kl += p * apart;
            reached += p * q(i) / (q(i) + tiny);
        }
        let p_y = p(y).0;
        let weight = beta * (E::of(1.000_000_1) - p_y);
        for i in 0..clean.len() {
            let (p, apart) = p(i);
            d_clean[i] = weight * p * (apart - kl) + beta * kl * p_y * p;
            d_adv[i] += weight * (q(i) * reached - p * q(i) / (q(i) + tiny));
        }
        d_clean[y] -= beta * kl * p_y;
        cross_entropy + margin + weight * kl
    }
    fn cross_entropies(&self) -> [f64; 2] {
        [0.0, 1.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::check_pairs;

    #[test]
    fn gradients_are_differences() {
        for (n, beta) in [(2, 1.0), (10, 6.0), (10, 0.0)] {
            check_pairs(&Mart { beta }, n, n - 1, 2.0);
        }
    }
}
