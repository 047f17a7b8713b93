//! Exponential moving average of weights.

use sparring_math::Real;
use sparring_math::named::{Named, NamedError, Range};

/// An average of the weights in which the weights of a step count half as much after [`half_life`](Ema::half_life) of the training.
///
/// m ← m + (1 − d)·(w − m) after every step, d = 2^(−1 / (half_life · steps)); m starts at the first weights. With the decay d that is PyTorch's
/// `get_ema_multi_avg_fn(d)`. A fraction of the training, not a decay, so that one setting fits short and long trainings alike.
///
/// Source: Polyak and Juditsky 1992, doi:10.1137/0330046; in adversarial training Gowal et al. 2020, arXiv:2010.03593.
///
/// ```
/// use sparring_optim::Ema;
/// let ema = Ema::default(); // half_life: 0.05
/// assert!((ema.decay(1000).powi(50) - 0.5).abs() < 1e-12);
/// let mut average = [1.0_f32, 0.0];
/// Ema::update(0.75, &mut average, &[3.0, 4.0]);
/// assert_eq!(average, [1.5, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct Ema {
    /// Fraction of the training, above 0 and at most 1.
    pub half_life: f64,
}

impl Default for Ema {
    /// A twentieth of the training.
    fn default() -> Self {
        Self { half_life: 0.05 }
    }
}

sparring_math::named! {
    Ema: "ema", [], "Polyak and Juditsky 1992, doi:10.1137/0330046";
    half_life: Range::above_to(0.0, 1.0), "half-life of a step's weights, as a fraction of the training";
}

impl Ema {
    /// Checks the half-life.
    ///
    /// # Errors
    /// [`NamedError::Value`] if it is not above 0 and at most 1.
    pub fn validate(&self) -> Result<(), NamedError> {
        Named::validate(self)
    }
    /// What is kept of the average at each of `steps` steps, in [0, 1).
    pub fn decay(&self, steps: u64) -> f64 {
        (-1.0 / (self.half_life * steps.max(1) as f64)).exp2()
    }
    /// One step: `average` moves towards the weights `w`, of which it keeps the share `1 - decay`.
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn update<E: Real>(decay: f64, average: &mut [E], w: &[E]) {
        assert!(average.len() == w.len(), "ema: {} averages, {} weights", average.len(), w.len());
        let new = E::of(1.0 - decay);
        for (m, &w) in average.iter_mut().zip(w) {
            *m += new * (w - *m);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_is_the_weighted_sum_of_all_weights() {
        let (d, n) = (0.9_f64, 40);
        let w = |i: i32| f64::from(i * i % 17) - 3.0;
        let mut m = [w(0)];
        (1..=n).for_each(|i| Ema::update(d, &mut m, &[w(i)]));
        let sum: f64 = (1..=n).map(|i| (1.0 - d) * d.powi(n - i) * w(i)).sum();
        assert!((m[0] - (sum + d.powi(n) * w(0))).abs() < 1e-12, "{}", m[0]);
    }

    #[test]
    fn one_step_in_all_keeps_half() {
        assert_eq!(Ema { half_life: 1.0 }.decay(1), 0.5);
        assert_eq!(Ema { half_life: 1.0 }.decay(0), 0.5);
    }

    #[test]
    fn half_lives_outside_the_training_are_refused() {
        for half_life in [0.0, -0.1, 1.5, f64::NAN, f64::INFINITY] {
            assert!(Ema { half_life }.validate().unwrap_err().to_string().contains("half_life"));
        }
        assert!(Ema::default().validate().is_ok());
    }
}
