//! Batch statistics of averaged weights, found on training examples.

use super::pass::{pairs_of, perturb};
use crate::parallel::fill;
use crate::{ExampleSource, Plan, Recipe};
use sparring_datasets::augment::AnyAugmentation;
use sparring_datasets::{Batches, Last, MiniBatch, Order, Split};
use sparring_nn::{Engine, Mode, Randomness};
use sparring_seed::Key;

/// The examples on which the statistics of averaged weights are found.
#[derive(Debug)]
pub(super) struct Calibration {
    /// A tenth of the training examples, but 1024 to 8192, from all over the set.
    examples: Split,
    batch: usize,
    augment: Vec<AnyAugmentation>,
    key: Key,
    /// Of the whole training.
    updates: u64,
}

impl Calibration {
    pub fn of(train: &Split, recipe: &Recipe, updates: u64) -> Self {
        let all = train.len();
        let n = (all / 10).clamp(1024, 8192).min(all);
        let chosen: Vec<usize> = (0..n).map(|i| i * all / n).collect();
        let key = Key::new(recipe.seed).named("statistics");
        let (batch, augment) = (recipe.batch.min(n), recipe.augment.clone());
        Self { examples: train.subset(&chosen), batch, augment, key, updates }
    }
    /// Finds the running statistics of an engine's weights: the mean over batches of the statistics that a training step at this point would take, of adversarial examples of these
    /// weights, or corrupted ones, where it is trained on them. They stay as they are if an attack refuses.
    pub fn estimate(&self, engine: &mut Engine, plan_at: impl FnOnce(f64) -> Plan) {
        let plan = plan_at(engine.steps().max(1) as f64 / self.updates.max(1) as f64);
        let (before, mut batch, mut moved, mut seen) =
            (engine.buffers(), MiniBatch::default(), Vec::new(), 0.0);
        let mut batches =
            Batches::new(&self.examples, self.batch, self.key, 0, Order::Sequential, Last::Drop)
                .augmented(&self.augment);
        while let Some(rows) = batches.next_rows(&mut batch) {
            fill(&mut batch, rows);
            let key = self.key.child(seen as u64);
            let mut take = |engine: &mut Engine, x: &[f32]| {
                seen += 1.0;
                let draw = Randomness { mode: Mode::Train, key, ids: &batch.ids };
                engine.take_statistics(x, draw, 1.0 / seen);
            };
            let (attack, threat) = match &plan.examples {
                ExampleSource::Attack(attack, threat) => (attack, threat),
                ExampleSource::Corrupted(corruption) => {
                    corruption.apply_to(&batch, key, &mut moved);
                    take(engine, &moved);
                    continue;
                }
                _ => {
                    take(engine, &batch.x);
                    continue;
                }
            };
            let made = perturb(&**attack, threat, engine.compiled(), &batch, key, &mut moved);
            if made.is_err() {
                return engine.set_buffers(&before);
            }
            if pairs_of(&plan).is_some() {
                take(engine, &batch.x);
            }
            take(engine, &moved);
        }
    }
}
