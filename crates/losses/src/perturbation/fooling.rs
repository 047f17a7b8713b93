//! The loss of whoever wants a classifier fooled.

use crate::{AnyClassLoss, RowLoss};
use sparring_math::Real;
use sparring_math::named::Range;

/// max(−L(z, y), −κ) of the logits of one example that is to leave its class `y`, and max(L(z, t), −κ) of one that is to become `t`, for a classification loss L that rises as the class is left.
///
/// With the margin (max_{i ≠ y} z_i − z_y) it is Carlini and Wagner's f6, max(z_y − max_{i ≠ y} z_i, −κ) untargeted: κ is by how much the wanted class must lead. With a cross-entropy it is −CE until that is κ.
/// The gradient is that of ∓L, and 0 from −κ on: what is fooled for sure no longer outvotes the others.
///
/// Extremes: as those of L; NaN stays NaN.
///
/// Source: Carlini and Wagner 2017, arXiv:1608.04644, section V; the adversarial loss of Xiao et al. 2018, arXiv:1801.02610, equation 2.
///
/// # Panics
/// As those of L ([`AnyClassLoss::check_targets`] is the polite way).
///
/// ```
/// use sparring_losses::Fooling;
/// let (fooling, mut dz) = (Fooling::default(), [0.0; 3]);
/// // The right class leads by 2: its logit should fall, the next one's rise.
/// assert_eq!(fooling.away(&[5.0_f64, 3.0, 1.0], 0, &mut dz), 2.0);
/// assert_eq!(dz, [1.0, -1.0, 0.0]);
/// // Towards class 2, which is 4 behind.
/// assert_eq!(fooling.towards(&[5.0_f64, 3.0, 1.0], 2, &mut dz), 4.0);
/// assert_eq!(dz, [1.0, 0.0, -1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Fooling {
    /// What rises as the class is left.
    pub loss: AnyClassLoss,
    /// How far that is worth anything.
    pub kappa: f64,
}

impl Default for Fooling {
    /// The margin, until the example is misclassified.
    fn default() -> Self {
        Self { loss: AnyClassLoss::Margin, kappa: 0.0 }
    }
}

sparring_math::named! {
    Fooling: "fooling", [], "Carlini and Wagner 2017, arXiv:1608.04644";
    loss: Range::Words(AnyClassLoss::NAMES), "what rises as the class is left";
    kappa: Range::at_least(0.0), "how far that is worth anything: of the margin, by how much the wanted class must lead";
}

impl Fooling {
    /// The loss of an example that is to leave `class`; the gradient at its logits is overwritten.
    ///
    /// # Panics
    /// As the loss.
    #[track_caller]
    pub fn away<E: Real>(&self, z: &[E], class: usize, dz: &mut [E]) -> E {
        self.hinged(z, class, dz, -E::ONE)
    }
    /// The loss of an example that is to become `class`; the gradient at its logits is overwritten.
    ///
    /// # Panics
    /// As the loss.
    #[track_caller]
    pub fn towards<E: Real>(&self, z: &[E], class: usize, dz: &mut [E]) -> E {
        self.hinged(z, class, dz, E::ONE)
    }
    #[track_caller]
    fn hinged<E: Real>(&self, z: &[E], class: usize, dz: &mut [E], sign: E) -> E {
        let (value, floor) = (sign * self.loss.eval(z, &class, dz), -E::of(self.kappa));
        // A NaN is not below the floor.
        if value <= floor {
            dz.fill(E::ZERO);
            return floor;
        }
        dz.iter_mut().for_each(|d| *d *= sign);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::noise;

    /// Of a loss that is never below 0 the hinge at 0 has none: AdvGAN's recipe refuses it.
    #[test]
    fn only_hinges_below_zero_pull_away() {
        for (loss, kappa, pulls) in [
            (AnyClassLoss::Margin, 0.0, true),
            (AnyClassLoss::CrossEntropy, 0.0, false),
            (AnyClassLoss::CrossEntropy, 5.0, true),
        ] {
            let mut dz = [0.0; 3];
            Fooling { loss, kappa }.away(&[1.0f64, 0.5, 0.0], 0, &mut dz);
            assert_eq!(dz.iter().any(|d| *d != 0.0), pulls, "{loss} {kappa}");
        }
    }

    #[test]
    fn gradients_are_differences() {
        let h = 1e-6;
        for loss in [AnyClassLoss::Margin, AnyClassLoss::CrossEntropy, AnyClassLoss::LogOdds] {
            for (kappa, seed) in [(0.0, 3), (1.5, 4)] {
                let fooling = Fooling { loss, kappa };
                let z: Vec<f64> = noise(7, seed).iter().map(|v| 3.0 * v).collect();
                for class in 0..7 {
                    for away in [true, false] {
                        let at = |z: &[f64]| {
                            let mut dz = vec![f64::NAN; 7];
                            let value = match away {
                                true => fooling.away(z, class, &mut dz),
                                false => fooling.towards(z, class, &mut dz),
                            };
                            (value, dz)
                        };
                        for j in 0..7 {
                            let by = |d: f64| {
                                let mut z = z.clone();
                                z[j] += d;
                                at(&z).0
                            };
                            let want = (by(h) - by(-h)) / (2.0 * h);
                            let got = at(&z).1[j];
                            assert!((got - want).abs() < 1e-6, "{loss} {class} {away} {j}: {got} {want}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn margins_are_those_of_the_paper() {
        let z = [2.0, -1.0, 0.5];
        let (of, mut dz) = (|kappa| Fooling { kappa, ..Fooling::default() }, [f64::NAN; 3]);
        // Already of class 0, which leads by 1.5.
        assert_eq!((of(1.0).towards(&z, 0, &mut dz), dz), (-1.0, [0.0; 3]));
        assert_eq!((of(5.0).towards(&z, 0, &mut dz), dz), (-1.5, [-1.0, 0.0, 1.0]));
        // Class 1 was left long ago, by 3.
        assert_eq!((of(0.0).away(&z, 1, &mut dz), dz), (-0.0, [0.0; 3]));
        assert_eq!((of(4.0).away(&z, 1, &mut dz), dz), (-3.0, [-1.0, 1.0, 0.0]));
        assert!(of(0.0).away(&[f64::NAN, 0.0, 1.0], 0, &mut dz).is_nan());
    }
}
