//! The GAN loss of pairs.

use super::contract::GanLoss;
use super::side::Side;
use crate::RowLoss;
use crate::bce_with_logits::Binary;
use crate::info::{LossInfo, TargetKind};
use crate::lanes::Pointwise;
use crate::targets::assert_length;
use sparring_math::Real;
use sparring_math::named::Named;

/// Relativistic pairing loss on the logits `c_r` of a real and `c_f` of a generated example: critic `softplus(-(c_r - c_f))`,
/// generator `softplus(-(c_f - c_r))`.
///
/// The critic says how much more real one is than the other, so there is no best place for all generated examples, and a
/// mode that is left out keeps costing. With [`R1`](crate::R1) and [`R2`](crate::R2) it is the loss of R3GAN. At balance
/// (`c_r = c_f`) both have ln 2. Rows of patches are paired patch by patch and averaged; empty rows give NaN.
///
/// On a tape it is [`NonSaturating`](crate::NonSaturating) on the differences: `Side::Real` of `c_r - c_f` for the critic, of
/// `c_f - c_r` for the generator, differentiable twice.
///
/// Extremes: finite logits whose difference is finite never overflow; two equal infinities give NaN; NaN stays NaN.
///
/// Source: Jolicoeur-Martineau 2018, arXiv:1807.00734, section 4.1, and 2019, arXiv:1901.02474; with both penalties Huang et al. 2024, arXiv:2501.05441.
///
/// ```
/// use sparring_losses::{GanLoss, Relativistic};
/// let (mut d_real, mut d_fake) = ([0.0], [0.0]);
/// let loss = Relativistic.critic(&[5.0_f64], &[5.0], [&mut d_real, &mut d_fake]);
/// assert!((loss - 2f64.ln()).abs() < 1e-12 && (d_real, d_fake) == ([-0.5], [0.5]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Relativistic;

sparring_math::named! { Relativistic: "relativistic", ["rpgan"], "Jolicoeur-Martineau 2018, arXiv:1807.00734"; }

impl Relativistic {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "GAN loss of pairs: how much more real one is than the other; with r1 and r2 that of R3GAN",
        formula: "critic softplus(-(c_r - c_f)), generator softplus(-(c_f - c_r))",
        source: Self::PAPER,
        target: TargetKind::Pair,
    };
    /// The mean of softplus(-(a - b)); `derivative(j, d)` is called with its derivative at `a[j]`.
    #[track_caller]
    fn eval<E: Real>(a: &[E], b: &[E], mut derivative: impl FnMut(usize, E)) -> E {
        assert_length(Self::NAME, a.len(), "the row of the other example", b.len());
        let share = E::of(1.0 / a.len() as f64);
        let mut sum = E::ZERO;
        for (j, (&a, &b)) in a.iter().zip(b).enumerate() {
            let (value, d) = Binary.at(a - b, E::ONE);
            sum += value;
            derivative(j, d * share);
        }
        sum * share
    }
}

impl<E: Real> GanLoss<E> for Relativistic {
    fn sided(&self) -> Option<&dyn RowLoss<E, Target = Side>> {
        None
    }
    #[track_caller]
    fn critic(&self, real: &[E], fake: &[E], [d_real, d_fake]: [&mut [E]; 2]) -> E {
        assert_length(Self::NAME, real.len(), "d_real", d_real.len());
        assert_length(Self::NAME, fake.len(), "d_fake", d_fake.len());
        Self::eval(real, fake, |j, d| (d_real[j], d_fake[j]) = (d, -d))
    }
    #[track_caller]
    fn generator(&self, real: &[E], fake: &[E], d_fake: &mut [E]) -> E {
        assert_length(Self::NAME, fake.len(), "d_fake", d_fake.len());
        Self::eval(fake, real, |j, d| d_fake[j] = d)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::noise;
    use crate::{NonSaturating, RowLoss};

    fn critic(real: &[f64], fake: &[f64]) -> (f64, Vec<f64>) {
        let [mut d_real, mut d_fake] = [0; 2].map(|_| vec![f64::NAN; real.len()]);
        let value = Relativistic.critic(real, fake, [&mut d_real, &mut d_fake]);
        d_real.append(&mut d_fake);
        (value, d_real)
    }

    #[test]
    fn gradients_are_differences() {
        let h = 1e-5;
        for (n, seed) in [(1, 1), (1, 2), (7, 3), (19, 4)] {
            let (c, v) = (noise(2 * n, seed), noise(2 * n, seed + 100));
            let moved = |by: f64| c.iter().zip(&v).map(|(c, v)| 3.0 * c + by * v).collect::<Vec<f64>>();
            let at = |by: f64| critic(&moved(by)[..n], &moved(by)[n..]);
            let along: f64 = at(0.0).1.iter().zip(&v).map(|(d, v)| d * v).sum();
            assert!((along - (at(h).0 - at(-h).0) / (2.0 * h)).abs() < 1e-9);
            // The generator's gradient is at its own logits alone.
            let c = moved(0.0);
            let mut d = vec![f64::NAN; n];
            Relativistic.generator(&c[..n], &c[n..], &mut d);
            for j in 0..n {
                let value = |by: f64| {
                    let mut fake = c[n..].to_vec();
                    fake[j] += by;
                    Relativistic.generator(&c[..n], &fake, &mut vec![0.0; n])
                };
                assert!((d[j] - (value(h) - value(-h)) / (2.0 * h)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn it_is_the_non_saturating_loss_of_the_difference() {
        let (real, fake) = (noise(9, 5), noise(9, 6));
        let apart: Vec<f64> = real.iter().zip(&fake).map(|(r, f)| r - f).collect();
        let mut d = vec![0.0; 9];
        let want = NonSaturating::default().eval(&apart, &Side::Real, &mut d);
        let (value, grads) = critic(&real, &fake);
        assert!((value - want).abs() < 1e-15);
        assert!((0..9).all(|j| grads[j] == d[j] && grads[9 + j] == -d[j]), "{grads:?} {d:?}");
    }

    #[test]
    fn balance_and_extremes() {
        let ln2 = 2f64.ln();
        assert!((critic(&[7.0], &[7.0]).0 - ln2).abs() < 1e-15);
        assert!((Relativistic.generator(&[7.0], &[7.0], &mut [0.0]) - ln2).abs() < 1e-15);
        assert_eq!(critic(&[-1e4], &[1e4]), (2e4, vec![-1.0, 1.0]));
        assert_eq!(critic(&[1e4], &[-1e4]), (0.0, vec![-0.0, 0.0]));
        assert!(critic(&[f64::NAN], &[0.0]).0.is_nan());
    }

    #[test]
    #[should_panic(expected = "relativistic: the row has 2 values, the row of the other example has 3")]
    fn lengths() {
        Relativistic.critic(&[0.0; 2], &[0.0; 3], [&mut [0.0; 2], &mut [0.0; 3]]);
    }
}
