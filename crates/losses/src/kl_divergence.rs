//! Kullback-Leibler divergence between two softmaxes.

use crate::contract::PairLoss;
use crate::targets::assert_length;
use sparring_math::Real;

/// KL(p ‖ q) = Σ pᵢ (ln pᵢ − ln qᵢ) of p = softmax(clean) and q = softmax(adversarial), in nats; no class is looked at.
///
/// Gradients: q − p at the adversarial logits, pᵢ (ln pᵢ − ln qᵢ − KL) at the clean ones. It is PyTorch's `kl_div(log_softmax(adversarial), softmax(clean))` of a row, summed.
///
/// Extremes: finite logits never overflow; a probability that is 0 in p adds nothing.
///
/// Source: Kullback and Leibler 1951; as a penalty on perturbations, Zhang et al. 2019, arXiv:1901.08573.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KlDivergence;

/// Largest number of a row and ln Σ exp(z − largest).
pub(crate) fn ends<E: Real>(z: &[E]) -> (E, E) {
    let top = z.iter().copied().fold(E::of(f64::NEG_INFINITY), |a, b| if b > a { b } else { a });
    let sum = z.iter().fold(E::ZERO, |sum, &v| sum + (v - top).exp());
    (top, sum.ln())
}

impl KlDivergence {
    /// The divergence; `gradient(i, [clean, adversarial])` is called with the gradient at logit i of each side, in order.
    ///
    /// # Panics
    /// If the rows differ in length.
    #[track_caller]
    pub fn each<E: Real>(
        &self,
        clean: &[E],
        adversarial: &[E],
        mut gradient: impl FnMut(usize, [E; 2]),
    ) -> E {
        assert_length("kl-divergence", clean.len(), "adversarial", adversarial.len());
        let ((top, rest), (top_adv, rest_adv)) = (ends(clean), ends(adversarial));
        // p, and ln p − ln q where p is not 0.
        let of = |z: E, z_adv: E| {
            let (ln_p, ln_q) = (z - top - rest, z_adv - top_adv - rest_adv);
            let p = ln_p.exp();
            (p, if p == E::ZERO { E::ZERO } else { ln_p - ln_q }, ln_q)
        };
        let rows = || clean.iter().zip(adversarial).map(|(&z, &z_adv)| of(z, z_adv));
        let kl = rows().fold(E::ZERO, |kl, (p, apart, _)| kl + p * apart);
        for (i, (p, apart, ln_q)) in rows().enumerate() {
            gradient(i, [p * (apart - kl), ln_q.exp() - p]);
        }
        kl
    }
}

impl<E: Real> PairLoss<E> for KlDivergence {
    #[track_caller]
    fn eval(&self, clean: &[E], adversarial: &[E], _: usize, [d_clean, d_adv]: [&mut [E]; 2]) -> E {
        for (what, len) in [("d_clean", d_clean.len()), ("d_adv", d_adv.len())] {
            assert_length("kl-divergence", clean.len(), what, len);
        }
        self.each(clean, adversarial, |i, gradient| [d_clean[i], d_adv[i]] = gradient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::check_pairs;

    #[test]
    fn gradients_are_differences() {
        for (n, scale) in [(2, 1.0), (10, 1.0), (10, 6.0)] {
            check_pairs(&KlDivergence, n, 0, scale);
        }
    }

    #[test]
    fn extremes() {
        let (mut d, mut d_adv) = ([f64::NAN; 2], [f64::NAN; 2]);
        let kl = KlDivergence.eval(&[0.0, -1e4], &[0.0, -1e4], 0, [&mut d, &mut d_adv]);
        assert_eq!((kl, d, d_adv), (0.0, [0.0; 2], [0.0; 2]));
        // p = (1, 0), q = (0, 1): ln q of the first is -2e4.
        let kl = KlDivergence.eval(&[1e4, -1e4], &[-1e4, 1e4], 0, [&mut d, &mut d_adv]);
        assert_eq!((kl, d_adv), (2e4, [-1.0, 1.0]));
        assert!(d.iter().all(|v| v.is_finite()), "{d:?}");
    }
}
