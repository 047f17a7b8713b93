//! What a loss of a GAN is.

use super::Side;
use crate::RowLoss;
use sparring_math::Real;

/// A loss of a GAN on what the critic says of a real and of a generated example: one logit of each, or as many patches of both, then averaged.
///
/// Most losses are sums of a term of the real example and one of the generated: [`sided`](GanLoss::sided) gives these terms, and real and
/// generated examples need not come together. A relativistic loss has none: its critic needs both examples of a pair, and so does its
/// generator, which looks at the real logit, but has no gradient there.
///
/// ```
/// use sparring_losses::{AnyGanLoss, GanLoss, Side};
/// let (real, fake, mut d_real, mut d_fake) = ([1.0_f64], [-1.0], [0.0], [0.0]);
/// for name in ["lsgan", "relativistic"] {
///     let loss: AnyGanLoss = name.parse()?;
///     let both = loss.critic(&real, &fake, [&mut d_real, &mut d_fake]);
///     if let Some(sided) = loss.sided() {
///         let apart = sided.eval(&real, &Side::Real, &mut d_real) + sided.eval(&fake, &Side::Fake, &mut d_fake);
///         assert_eq!(both, apart);
///     }
/// }
/// # Ok::<(), sparring_math::named::NamedError>(())
/// ```
pub trait GanLoss<E: Real>: std::fmt::Debug + Send + Sync {
    /// The terms of single examples, by side; `None` for a loss that is defined on pairs alone.
    fn sided(&self) -> Option<&dyn RowLoss<E, Target = Side>>;
    /// The critic's loss on a real and a generated example; the gradients at the logits of the first and of the second are overwritten.
    ///
    /// # Panics
    /// If a row and its gradient, or, for a loss on pairs, the two rows, differ in length.
    fn critic(&self, real: &[E], fake: &[E], grads: [&mut [E]; 2]) -> E;
    /// The generator's loss on its example, paired with a real one; the gradient at the logits of its own is overwritten. Losses of single examples do not look at `real`.
    ///
    /// # Panics
    /// As [`critic`](GanLoss::critic).
    fn generator(&self, real: &[E], fake: &[E], d_fake: &mut [E]) -> E;
}

/// [`GanLoss`] of losses on single examples, from their terms by side.
macro_rules! sided {
    ($($Loss:ident),+) => {$(
        impl<E: sparring_math::Real> $crate::GanLoss<E> for $Loss {
            fn sided(&self) -> Option<&dyn $crate::RowLoss<E, Target = $crate::Side>> {
                Some(self)
            }
            #[track_caller]
            fn critic(&self, real: &[E], fake: &[E], [d_real, d_fake]: [&mut [E]; 2]) -> E {
                let on_real = $crate::RowLoss::eval(self, real, &$crate::Side::Real, d_real);
                on_real + $crate::RowLoss::eval(self, fake, &$crate::Side::Fake, d_fake)
            }
            #[track_caller]
            fn generator(&self, _: &[E], fake: &[E], d_fake: &mut [E]) -> E {
                $crate::RowLoss::eval(self, fake, &$crate::Side::Generator, d_fake)
            }
        }
    )+};
}

pub(super) use sided;
