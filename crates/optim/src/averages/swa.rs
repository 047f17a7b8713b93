//! Stochastic weight averaging.

use sparring_math::named::Range;

/// The mean of the weights after every `every`-th step from `start` of the training on.
///
/// m ← m + (w − m) / (n + 1) for the n-th weights, from 0; that is PyTorch's `get_swa_multi_avg_fn()`. It is meant with a learning rate that stays high: a schedule that goes to 0 leaves nothing to average.
///
/// Source: Izmailov et al. 2018, arXiv:1803.05407.
///
/// ```
/// use sparring_optim::Swa;
/// let swa = Swa { start: 0.75, every: 2 };
/// let decays: Vec<_> = (1..=12).map(|step| swa.decay(step, 12)).collect();
/// assert_eq!(decays[..9], [None; 9]);
/// assert_eq!(decays[9..], [Some(0.0), None, Some(0.5)]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct Swa {
    /// Fraction of the training before which nothing is averaged, below 1.
    pub start: f64,
    /// Steps from one set of weights to the next, at least 1.
    pub every: usize,
}

impl Default for Swa {
    /// The last quarter, all steps.
    fn default() -> Self {
        Self { start: 0.75, every: 1 }
    }
}

sparring_math::named! {
    Swa: "swa", [], "Izmailov et al. 2018, arXiv:1803.05407";
    start: Range::from_to_below(0.0, 1.0), "fraction of the training before which nothing is averaged";
    every: Range::COUNT, "steps from one set of weights to the next; those of an epoch for the paper's";
}

impl Swa {
    /// The first step, of `steps`, whose weights count.
    pub fn first(&self, steps: u64) -> u64 {
        ((self.start * steps as f64) as u64).min(steps.saturating_sub(1)) + 1
    }
    /// What is kept of the average when the weights after this step join it; `None` where they do not.
    pub fn decay(&self, step: u64, steps: u64) -> Option<f64> {
        let (since, every) = (step.checked_sub(self.first(steps))?, self.every.max(1) as u64);
        let n = (since / every) as f64;
        since.is_multiple_of(every).then_some(n / (n + 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ema;

    #[test]
    fn the_average_is_the_mean_of_the_weights_that_count() {
        for (start, every, steps) in [(0.0, 1, 5), (0.75, 1, 8), (0.5, 3, 100), (0.999, 1, 10)] {
            let (swa, w) = (Swa { start, every }, |step: u64| (step * step % 17) as f64 - 3.0);
            let (mut m, mut counted) = ([f64::NAN], Vec::new());
            for step in 1..=steps {
                match swa.decay(step, steps) {
                    Some(0.0) => m = [w(step)],
                    Some(decay) => Ema::update(decay, &mut m, &[w(step)]),
                    None => continue,
                }
                counted.push(w(step));
            }
            let first = (start * steps as f64) as u64 + 1;
            assert_eq!(counted.len() as u64, (steps - first) / every as u64 + 1, "{swa:?}");
            let mean = counted.iter().sum::<f64>() / counted.len() as f64;
            assert!((m[0] - mean).abs() < 1e-12 * mean.abs().max(1.0), "{swa:?}: {m:?} {mean}");
        }
    }
}
