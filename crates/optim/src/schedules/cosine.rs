//! Half a cosine, after a warm-up.

use super::Schedule;
use super::ScheduleInfo;
use super::contract::{after, before};
use sparring_math::named::{Named, NamedError, Range};

/// A linear rise from 0 over the first `warmup` of training, then half a cosine from 1 down to `floor`:
/// `floor + (1 - floor) (1 + cos(π (t - warmup) / (1 - warmup))) / 2`.
///
/// Without warm-up it is PyTorch's `CosineAnnealingLR` with `eta_min = floor · base`. Steps of the warm-up count themselves:
/// the first has rate `1 / warm-up steps` of the base, not 0.
///
/// Source: Loshchilov and Hutter 2017, arXiv:1608.03983; warm-up: Goyal et al. 2017, arXiv:1706.02677.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Cosine {
    /// Length of the warm-up as a fraction of the training, in [0, 1).
    pub warmup: f64,
    /// Factor at the end, in [0, 1].
    pub floor: f64,
}

sparring_math::named! {
    Cosine: "cosine", [], "Loshchilov and Hutter 2017, arXiv:1608.03983; warm-up: Goyal et al. 2017, arXiv:1706.02677";
    warmup: Range::from_to_below(0.0, 1.0), "length of the warm-up as a fraction of the training";
    floor: Range::from_to(0.0, 1.0), "factor at the end";
}

impl Cosine {
    /// Name and facts.
    pub const INFO: ScheduleInfo = ScheduleInfo { name: Self::NAME, about: "half a cosine down to 0" };

    /// Checks every parameter.
    ///
    /// # Errors
    /// [`NamedError::Value`] names the first that is out of its range.
    pub fn validate(&self) -> Result<(), NamedError> {
        Named::validate(self)
    }
}

impl Schedule for Cosine {
    fn factor(&self, t: f64) -> f64 {
        let t = t.clamp(0.0, 1.0);
        if t < self.warmup {
            return t / self.warmup;
        }
        let along = (t - self.warmup) / (1.0 - self.warmup);
        self.floor + (1.0 - self.floor) * (1.0 + (std::f64::consts::PI * along).cos()) / 2.0
    }

    fn lr(&self, base: f64, step: u64, steps: u64) -> f64 {
        let t = before(step, steps);
        base * if t < self.warmup { (after(step, steps) / self.warmup).min(1.0) } else { self.factor(t) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_top_and_floor() {
        let schedule = Cosine { warmup: 0.1, floor: 0.01 };
        let lr = |step| schedule.lr(2.0, step, 100);
        assert!((lr(1) - 0.2).abs() < 1e-12);
        assert!((1..10).all(|s| lr(s) < lr(s + 1)));
        assert!((lr(10) - 2.0).abs() < 1e-12 && (lr(11) - 2.0).abs() < 1e-12);
        assert!((11..100).all(|s| lr(s) > lr(s + 1)));
        assert!((2.0 * schedule.factor(1.0) - 0.02).abs() < 1e-12);
        assert!((schedule.factor(0.55) - 0.505).abs() < 1e-12);
        assert_eq!(
            (schedule.factor(-1.0), schedule.factor(2.0)),
            (schedule.factor(0.0), schedule.factor(1.0))
        );
    }

    #[test]
    fn wrong_parameters_are_named() {
        let e = Cosine { warmup: 1.0, floor: 0.0 }.validate().unwrap_err();
        assert_eq!(e.to_string(), "cosine.warmup is 1, but must be a number, at least 0 and below 1");
        assert!(Cosine { warmup: 0.0, floor: f64::NAN }.validate().is_err());
        assert!(Cosine::default().validate().is_ok());
    }
}
