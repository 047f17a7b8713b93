//! Which learning rate to take: a short training in which it grows from step to step.

use crate::supervised::{Fitting, Supervised};
use crate::{NonFinitePolicy, Recipe, Selection, TrainError};
use serde::{Deserialize, Serialize};
use sparring_datasets::Split;
use sparring_math::named::Range;
use sparring_optim::ExponentialDecay;

/// The learning-rate range test: rates grow by the same factor in every step, and the loss is watched.
///
/// Source: Smith 2017, arXiv:1506.01186, section 3.3; smoothing and end as in fastai.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LrFind {
    /// Rate of the first step, above 0.
    pub lowest: f64,
    /// Rate that the last step comes near to, above `lowest`.
    pub highest: f64,
    /// Steps at least: as many epochs are made as it takes, one or more.
    pub steps: usize,
    /// Memory of the mean loss, in [0, 1).
    pub memory: f64,
    /// It ends where the mean loss is this many times the best one, above 1.
    pub diverged: f64,
}

impl Default for LrFind {
    fn default() -> Self {
        Self { lowest: 1e-6, highest: 10.0, steps: 100, memory: 0.9, diverged: 4.0 }
    }
}

/// A step of a range test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LrStep {
    /// Learning rate.
    pub lr: f64,
    /// Loss of the batch before the step.
    pub loss: f64,
    /// Its running mean m ← memory · m + (1 − memory) · loss, over 1 − memoryᵗ.
    pub mean: f64,
}

/// What a range test saw.
#[derive(Clone, Debug, PartialEq)]
pub struct LrFound {
    /// The steps, in order.
    pub steps: Vec<LrStep>,
    /// The rate at which the mean loss falls fastest by the logarithm of the rate, before its smallest value, less the memory / (1 − memory) steps that a mean lies behind;
    /// `None` if it never falls.
    pub suggestion: Option<f64>,
    /// Whether it ended before the highest rate, as the loss grew or was no longer finite.
    pub diverged: bool,
}

impl LrFind {
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        let refuse = |field, value: String, must| Err(TrainError::Recipe { field, value, must });
        let rate = Range::above(0.0).in_f32();
        if !rate.holds(self.lowest) {
            return refuse("lowest", self.lowest.to_string(), "a finite number above 0, in f32 too");
        }
        if !(rate.holds(self.highest) && rate.holds(self.highest / self.lowest) && self.highest > self.lowest)
        {
            let must = "above `lowest` and at most 3e38 times it, and a finite number in f32";
            return refuse("highest", format!("{:e}", self.highest), must);
        }
        if self.steps == 0 {
            return refuse("steps", "0".into(), "at least 1");
        }
        if !(0.0..1.0).contains(&self.memory) {
            return refuse("memory", self.memory.to_string(), "at least 0 and below 1");
        }
        if !Range::above(1.0).holds(self.diverged) {
            return refuse("diverged", self.diverged.to_string(), "a finite number above 1");
        }
        Ok(())
    }
}

/// Watches the loss of a model under growing rates. Rule, batch, transformations, groups, defence and seed are the recipe's; the weights are put back afterwards.
///
/// ```
/// use sparring_models::{ClassifierNet, Mlp};
/// use sparring_train::{LrFind, Recipe, lr_find};
/// let data = sparring_datasets::Mnist::embedded().train.first(640);
/// let mut model = ClassifierNet::new(Mlp::default().spec(), sparring_seed::Key::new(1))?;
/// let found = lr_find(&mut model, &data, &Recipe { batch: 64, ..Recipe::default() }, &LrFind::default())?;
/// assert!(found.suggestion.is_some_and(|lr| lr > 1e-5 && lr < 1.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If recipe, settings or data make no sense. That the loss stops being finite is no error.
pub fn lr_find<M: Supervised>(
    model: &mut M,
    train: &Split,
    recipe: &Recipe,
    find: &LrFind,
) -> Result<LrFound, TrainError> {
    find.validate()?;
    let epochs = find.steps.div_ceil(train.len().div_ceil(recipe.step_examples().max(1)).max(1));
    let schedule = ExponentialDecay { end: find.highest / find.lowest }.into();
    // No epoch decides anything.
    let (selection, on_non_finite) = (Selection::default(), NonFinitePolicy::default());
    let recipe = Recipe {
        epochs,
        lr: find.lowest,
        schedule,
        average: None,
        selection,
        on_non_finite,
        ..recipe.clone()
    };
    recipe.validate()?;
    let before: Vec<_> = model.net().params.iter().map(|p| p.value.clone()).collect();
    let found = steps(model, train, &recipe, find);
    model.net_mut().params.iter_mut().zip(before).for_each(|(p, value)| p.value = value);
    let (steps, diverged) = found?;
    Ok(LrFound { suggestion: steepest(&steps, find.memory / (1.0 - find.memory)), steps, diverged })
}

fn steps<M: Supervised>(
    model: &mut M,
    train: &Split,
    recipe: &Recipe,
    find: &LrFind,
) -> Result<(Vec<LrStep>, bool), TrainError> {
    let mut training = Fitting::session(model, train, recipe)?;
    let (mut seen, mut sum, mut left, mut best) = (Vec::new(), 0.0, 1.0, f64::INFINITY);
    loop {
        let step = match training.step() {
            Ok(Some(step)) => step,
            Ok(None) => return Ok((seen, false)),
            Err(TrainError::NonFinite { .. } | TrainError::Network(_)) if !seen.is_empty() => {
                return Ok((seen, true));
            }
            Err(e) => return Err(e),
        };
        sum = find.memory * sum + (1.0 - find.memory) * step.loss;
        left *= find.memory;
        let mean = sum / (1.0 - left);
        seen.push(LrStep { lr: step.lr, loss: step.loss, mean });
        best = f64::min(best, mean);
        if mean > find.diverged * best {
            return Ok((seen, true));
        }
    }
}

/// The least fall of the mean loss, as a share of it, that is more than the noise of batches.
const FALL: f64 = 0.05;

/// The rate of the steepest fall up to the smallest mean loss, by differences over two steps; means lie `behind` the losses by so many steps. `None` where the mean did not fall.
fn steepest(steps: &[LrStep], behind: f64) -> Option<f64> {
    let last = (0..steps.len()).min_by(|&a, &b| steps[a].mean.total_cmp(&steps[b].mean))?;
    let first = steps[(behind.round() as usize).min(last)].mean;
    if steps[last].mean > first - FALL * first.abs() {
        return None;
    }
    let fall = |i: usize| (steps[i + 1].mean - steps[i - 1].mean) / (steps[i + 1].lr / steps[i - 1].lr).ln();
    let falls = (1..last).map(|i| (fall(i), i)).filter(|(fall, _)| *fall < 0.0);
    let (_, at) = falls.min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(steps[at.saturating_sub(behind.round() as usize)].lr)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steepest_fall_before_the_minimum_is_suggested() {
        // A logistic curve down around 1e-2, and up again behind 1.
        let mean = |lr: f64| 2.0 / (1.0 + (lr / 1e-2).powi(2)) + lr * lr;
        let lrs = (0..80).map(|i| 1e-5 * 10f64.powf(f64::from(i) / 13.0));
        let steps: Vec<_> = lrs.map(|lr| LrStep { lr, loss: 0.0, mean: mean(lr) }).collect();
        let found = steepest(&steps, 0.0).unwrap();
        assert!((found / 1e-2).ln().abs() < 0.2, "{found}");
        assert_eq!(steepest(&steps, 13.0), steps.iter().rev().find(|s| s.lr < 0.11 * found).map(|s| s.lr));
        let rising: Vec<_> = steps.iter().map(|s| LrStep { mean: s.lr, ..*s }).collect();
        assert_eq!((steepest(&rising, 0.0), steepest(&[], 0.0)), (None, None));
        // The noise of batches around one value is no fall.
        let flat: Vec<_> =
            steps.iter().map(|s| LrStep { mean: 2.3 + 0.03 * (1e5 * s.lr).sin(), ..*s }).collect();
        assert_eq!(steepest(&flat, 5.0), None);
    }
}
