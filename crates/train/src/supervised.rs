//! The loop that classifiers and autoencoders share: batches, one gradient a step, one optimiser.

use crate::average::Average;
use crate::engine::{Engine, Failure, broken_layer};
use crate::parallel::{Part, Tally, on_team};
use crate::trouble::told;
use crate::{Epoch, Flow, Observer, Recipe, Step, TrainError};
use sparring_attacks::AttackError;
use sparring_autograd::Var;
use sparring_datasets::{Batches, Last, MiniBatch, Order, Rows, Split};
use sparring_nn::{Head, Network, NnError, Plan};
use sparring_optim::Schedule;
use sparring_seed::Key;
use std::time::Instant;

/// What a training did.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The epochs, in order.
    pub epochs: Vec<Epoch>,
    /// Wall-clock time, observers included.
    pub seconds: f64,
    /// Whether an observer ended it early.
    pub stopped: bool,
}

impl Summary {
    /// Mean training loss of the last epoch; NaN if none was finished.
    pub fn train_loss(&self) -> f64 {
        self.epochs.last().map_or(f64::NAN, |e| e.train_loss)
    }
    /// Examples over time spent in epochs, observers left out.
    pub fn examples_per_s(&self) -> f64 {
        let examples: f64 = self.epochs.iter().map(|e| e.examples_per_s * e.seconds).sum();
        examples / self.epochs.iter().map(|e| e.seconds).sum::<f64>()
    }
}

/// What differs between the kinds of model.
pub(crate) trait Task {
    /// The model observers see.
    type Model;
    fn model(&self) -> &Self::Model;
    fn net(&mut self) -> &mut Network<f32>;
    /// Whether right answers are counted.
    const COUNTS: bool;
    /// Whether the loss looks at each output by itself, so that `head` may be shown parts of rows.
    const BY_PARTS: bool;
    /// Replaces the batch, whose pixels are not there yet, by what the step is trained on (adversarial examples), if that differs; `plan` is the network
    /// as it is now, if not the module.
    fn prepare(
        &mut self,
        plan: Option<&Plan>,
        batch: &mut MiniBatch,
        rows: Rows<'_>,
        progress: f64,
        key: Key,
    ) -> Result<(), TrainError>;
    /// The loss of a part of the batch, already divided by the batch size.
    fn loss<'t, 'd>(&self, part: Part<'t, 'd>, batch: &'d MiniBatch, key: Key) -> (Var<'t, f32>, Tally);
    /// The same on the outputs of some examples: writes their gradients, and as tallies their shares of a [`Tally`]. The batch may come without pixels.
    fn head(&self, batch: &MiniBatch, head: &mut Head<'_, f32>);
}

/// Refuses a network that cannot run: a tensor of another shape was set, or a batch would need more memory than
/// [`Cost`](sparring_nn::Cost) allows.
pub(crate) fn check_network(net: &Network<f32>, batch: usize) -> Result<(), TrainError> {
    net.params.check().map_err(NnError::from)?;
    Ok(net.cost().map_err(NnError::from)?.admit(batch)?)
}

/// Runs the recipe.
pub(crate) fn run<T: Task + Sync>(
    task: &mut T,
    train: &Split,
    recipe: &Recipe,
    observer: &mut dyn Observer<T::Model>,
) -> Result<Summary, TrainError> {
    on_team(|| learn(task, train, recipe, observer))
}

fn learn<T: Task + Sync>(
    task: &mut T,
    train: &Split,
    recipe: &Recipe,
    observer: &mut dyn Observer<T::Model>,
) -> Result<Summary, TrainError> {
    check_network(task.net(), recipe.batch.min(train.len()))?;
    let key = Key::new(recipe.seed);
    let mut batches = Batches::new(train, recipe.batch, key, 0, Order::Shuffled, Last::Keep);
    let steps = batches.per_epoch().saturating_mul(recipe.epochs) as u64;
    let mut engine = Engine::new(task.net(), recipe)?;
    let mut average = recipe.ema.map(|ema| Average::new(ema.decay(steps), task.net()));
    let (mut batch, start) = (MiniBatch::default(), Instant::now());
    let mut summary = Summary { epochs: Vec::new(), seconds: 0.0, stopped: false };
    let mut step = 0;
    'training: for epoch in 1..=recipe.epochs {
        batches.restart(epoch as u64);
        let (begun, mut loss, mut right, mut seen, mut lr) = (Instant::now(), 0.0, 0, 0, 0.0);
        while let Some(rows) = batches.next_rows(&mut batch) {
            step += 1;
            let step_key = key.named("step").child(step);
            let n = batch.len();
            task.prepare(engine.plan(), &mut batch, rows, step as f64 / steps as f64, step_key)
                .map_err(|e| in_defence(task, &engine, &batch, (epoch, step), e))?;
            lr = recipe.schedule.lr(recipe.lr, step, steps);
            let tally = engine.step(task, &mut batch, rows, step_key, lr).map_err(|failure| {
                engine.store(task.net());
                match failure {
                    Failure::Loss(bad) => {
                        TrainError::NonFinite { epoch, step, loss: bad.loss, at: told(bad.at) }
                    }
                    Failure::Gradient(e) => e.into(),
                }
            })?;
            if let Some(average) = &mut average {
                engine.store(task.net());
                average.update(task.net());
            }
            loss += tally.loss * n as f64;
            right += tally.right;
            seen += n;
            let done = Step { step, steps, epoch, loss: tally.loss, lr };
            if observer.step(&done) == Flow::Stop {
                engine.store(task.net());
                average.iter_mut().for_each(|a| a.exchange(task.net()));
                summary.stopped = true;
                break 'training;
            }
        }
        engine.store(task.net());
        average.iter_mut().for_each(|a| a.exchange(task.net()));
        let seconds = begun.elapsed().as_secs_f64();
        let done = Epoch {
            epoch,
            epochs: recipe.epochs,
            train_loss: loss / seen as f64,
            train_accuracy: T::COUNTS.then(|| right as f64 / seen as f64),
            lr,
            seconds,
            examples_per_s: seen as f64 / seconds,
        };
        summary.epochs.push(done);
        if observer.epoch(&done, task.model()) == Flow::Stop {
            summary.stopped = epoch < recipe.epochs;
            break;
        }
        if epoch < recipe.epochs {
            average.iter_mut().for_each(|a| a.exchange(task.net()));
        }
    }
    summary.seconds = start.elapsed().as_secs_f64();
    Ok(summary)
}

/// A defence's attack refuses logits that are not finite: where the network is the cause, that is told as for any other step.
fn in_defence<T: Task>(
    task: &mut T,
    engine: &Engine,
    batch: &MiniBatch,
    at: (usize, u64),
    e: TrainError,
) -> TrainError {
    if !matches!(e, TrainError::Attack(AttackError::NonFinite { .. })) {
        return e;
    }
    engine.store(task.net());
    let layer = broken_layer(task.net(), batch);
    layer.map_or(e, |layer| TrainError::NonFinite { epoch: at.0, step: at.1, loss: f64::NAN, at: layer })
}
