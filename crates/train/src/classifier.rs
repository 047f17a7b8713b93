//! Training a classifier, clean or adversarially.

use crate::data::check_data;
use crate::parallel::{Part, Tally, fill, map_parts};
use crate::supervised::{Task, run};
use crate::{AnyDefense, Observer, Quiet, Recipe, Summary, TrainError};
use sparring_attacks::{Goal, perturb_chunked_on};
use sparring_autograd::{Var, ops};
use sparring_datasets::{MiniBatch, Rows, Split};
use sparring_losses::{CrossEntropy, RowLoss, check_targets};
use sparring_models::Classifier;
use sparring_nn::{Cx, Head, Network, Plan, Victim};
use sparring_oracle::{Batch, Classifier as _};
use sparring_seed::Key;
use sparring_tensor::{Array, reduce, team};
use std::sync::Arc;

/// Examples a thread attacks at a time; no bit depends on it.
const CHUNK: usize = 32;

struct Classify<'m> {
    model: &'m mut Classifier,
    defense: AnyDefense,
    /// Changes places with the batch's pixels at each step.
    adversarial: Vec<f32>,
}

impl Task for Classify<'_> {
    type Model = Classifier;
    const COUNTS: bool = true;
    const BY_PARTS: bool = false;
    fn model(&self) -> &Classifier {
        self.model
    }
    fn net(&mut self) -> &mut Network<f32> {
        &mut self.model.net
    }
    fn prepare(
        &mut self,
        plan: Option<&Plan>,
        batch: &mut MiniBatch,
        rows: Rows<'_>,
        progress: f64,
        key: Key,
    ) -> Result<(), TrainError> {
        let Some((attack, threat)) = self.defense.plan(progress).attack else { return Ok(()) };
        fill(batch, rows);
        self.adversarial.resize(batch.x.len(), 0.0);
        let x = Batch::new(&batch.x, batch.shape, &batch.ids).map_err(|e| TrainError::Data(e.to_string()))?;
        let goal = Goal::Untargeted(&batch.labels);
        let key = key.named("defense");
        let victim = match plan {
            Some(plan) => Victim::planned(plan, batch.shape, Classifier::BOUNDS),
            None => self.model.victim(),
        };
        let out = &mut self.adversarial;
        // The team's threads, which run the rest of the step, not rayon's.
        perturb_chunked_on(&*attack, &victim, x, goal, &threat, key, out, CHUNK, &|out, size, run| {
            team::for_each_chunk(out, size, run);
        })?;
        std::mem::swap(&mut batch.x, &mut self.adversarial);
        Ok(())
    }
    fn loss<'t, 'd>(&self, part: Part<'t, 'd>, batch: &'d MiniBatch, key: Key) -> (Var<'t, f32>, Tally) {
        let (tape, part) = (part.tape, part.range);
        let ([c, h, w], dim) = (batch.shape, batch.x.len() / batch.len());
        let labels: Arc<[usize]> = Arc::from(&batch.labels[part.clone()]);
        let x = Array::from_slice([part.len(), c, h, w], &batch.x[part.start * dim..part.end * dim]);
        let cx = Cx::train(tape, key.named("layers"), &batch.ids[part]);
        let logits = self.model.net.forward(&cx, tape.constant(x));
        let right = reduce::argmax_rows(&logits.value()).iter().zip(&*labels).filter(|(a, b)| a == b).count();
        let sum = ops::sum(ops::row_loss(logits, CrossEntropy, labels));
        (ops::scale(sum, 1.0 / batch.len() as f32), Tally { right, ..Tally::default() })
    }
    fn head(&self, batch: &MiniBatch, head: &mut Head<'_, f32>) {
        let (share, labels) = (1.0 / batch.len() as f32, &batch.labels[head.first..]);
        let (rows, cols) = (head.rows, head.cols);
        let [mut all, mut slopes] = [0; 2].map(|_| Array::<f32>::stale([rows * cols]));
        let mut losses = Array::<f32>::stale([rows]);
        head.copy_outputs(all.as_mut_slice());
        let (losses, target) = (losses.as_mut_slice(), |i: usize| &labels[i]);
        CrossEntropy.eval_rows(all.as_slice(), cols, &target, losses, slopes.as_mut_slice());
        let found = slopes.as_slice().chunks_exact(cols).zip(losses).zip(labels);
        for ((z, dz, tally), ((slopes, loss), label)) in head.iter().zip(found) {
            *tally = [f64::from(*loss * share), f64::from(u8::from(reduce::argmax(z) == *label)), 0.0];
            dz.iter_mut().zip(slopes).for_each(|(d, s)| *d = s * share);
        }
    }
}

/// Trains by the recipe.
///
/// # Errors
/// As [`fit_with`].
pub fn fit(model: &mut Classifier, train: &Split, recipe: &Recipe) -> Result<Summary, TrainError> {
    fit_with(model, train, recipe, &mut Quiet)
}

/// Trains by the recipe, watched. The loss is the mean cross-entropy of the batch.
///
/// # Errors
/// If the recipe or the data make no sense, or the loss or a gradient stops being finite.
pub fn fit_with(
    model: &mut Classifier,
    train: &Split,
    recipe: &Recipe,
    observer: &mut dyn Observer<Classifier>,
) -> Result<Summary, TrainError> {
    recipe.validate()?;
    check_data(train, model.spec().input)?;
    check_targets(&train.labels(), model.classes()).map_err(|e| TrainError::Data(e.to_string()))?;
    run(&mut Classify { model, defense: recipe.defense, adversarial: Vec::new() }, train, recipe, observer)
}

/// Fraction of examples classified rightly.
///
/// # Errors
/// If there is no example, or its shape is not the network's.
pub fn accuracy(model: &Classifier, split: &Split) -> Result<f64, TrainError> {
    check_data(split, model.spec().input)?;
    let [c, h, w] = split.shape();
    let (victim, classes) = (model.victim(), model.classes());
    let right = map_parts(split.len(), |part| {
        let indices: Vec<usize> = part.collect();
        let ids: Vec<u64> = indices.iter().map(|&i| i as u64).collect();
        let mut x = Array::<f32>::stale([indices.len(), c, h, w]);
        split.to_f32(&indices, x.as_mut_slice());
        let mut logits = vec![0.0; indices.len() * classes];
        let batch = Batch::new(x.as_slice(), split.shape(), &ids).expect("as many ids as examples");
        victim.logits(batch, &mut logits).map_err(|e| TrainError::Data(e.to_string()))?;
        let rows = logits.chunks_exact(classes).zip(&indices);
        Ok(rows.filter(|&(z, &i)| reduce::argmax(z) == split.label(i)).count())
    });
    let right = right.into_iter().sum::<Result<usize, TrainError>>()?;
    Ok(right as f64 / split.len() as f64)
}
