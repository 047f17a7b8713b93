//! A training as a value: one loop for classifiers, autoencoders and GANs.

use crate::observe::{Current, Flow, Observed, Observer, Step};
use crate::parallel::on_team;
use crate::{TrainError, trouble};
use sparring_datasets::{Batches, Last, MiniBatch, Order, Rows, Split};
use sparring_nn::{EngineState, Network, NnError, Params};
use sparring_optim::{AnySchedule, Schedule};
use sparring_seed::Key;
use std::time::Instant;

/// What every training has, whatever is trained.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Passes over the data.
    pub epochs: usize,
    /// Examples a step.
    pub batch: usize,
    /// Base learning rate.
    pub lr: f64,
    /// The learning rate over time.
    pub schedule: AnySchedule,
    /// Seed of shuffling and of everything random in a step.
    pub seed: u64,
    /// What becomes of a last batch that is not full.
    pub last: Last,
}

/// The context of a step.
#[derive(Clone, Copy, Debug)]
pub struct StepContext {
    /// From 1, over the whole training.
    pub step: u64,
    /// Steps of the whole training.
    pub steps: u64,
    /// Everything random in the step comes from it.
    pub key: Key,
    /// Learning rate.
    pub lr: f64,
}

/// What is trained: a kind of model with its objectives and engines. The loop is [`Session`]'s.
pub trait Family: Current<Self::Model> {
    /// The model that observers see.
    type Model: Observed;
    /// One step on a batch that comes without its pixels; its loss. The metrics of the epoch are summed up here.
    ///
    /// # Errors
    /// [`Failure`] if a loss or gradient is not finite, or an attack inside refuses.
    fn step(&mut self, batch: &mut MiniBatch, rows: Rows<'_>, cx: &StepContext) -> Result<f64, Failure>;
    /// Where the numbers of the model stop being finite, for the error that ends the training; the model is up to date.
    fn broken(&self, batch: &mut MiniBatch, rows: Rows<'_>, cx: &StepContext) -> Option<String>;
    /// The sums of the present epoch begin at zero.
    fn begin_epoch(&mut self);
    /// The report of the epoch that ended, from its sums, which begin anew.
    fn end_epoch(&mut self, done: EpochTimes) -> EpochOf<Self>;
    /// Everything that the next steps depend on.
    fn state(&mut self) -> FamilyState;
    /// Goes on from a state.
    ///
    /// # Errors
    /// If it belongs to another model or method.
    fn restore(&mut self, state: &FamilyState) -> Result<(), TrainError>;
}

/// The report of an epoch of a family.
pub type EpochOf<F> = <<F as Family>::Model as Observed>::Epoch;

/// Which epoch ended, and how long it took.
#[derive(Clone, Copy, Debug)]
pub struct EpochTimes {
    /// From 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// Learning rate of the last step.
    pub lr: f64,
    /// Wall-clock time.
    pub seconds: f64,
}

/// Why a step was not done.
#[derive(Debug)]
pub enum Failure {
    /// The loss is infinite or NaN.
    Loss(f64),
    /// Anything else.
    Other(TrainError),
}

impl<T: Into<TrainError>> From<T> for Failure {
    fn from(e: T) -> Self {
        Self::Other(e.into())
    }
}

/// The weights, buffers and method states of all networks of a family, and the sums of the present epoch.
#[derive(Clone, Debug)]
pub struct FamilyState {
    /// For each network its name, weights (not the average) and the state of its engine.
    pub networks: Vec<(String, Params<f32>, EngineState<f32>)>,
    /// Sums of the epoch so far.
    pub sums: Vec<f64>,
}

/// Where a training stands.
#[derive(Clone, Debug)]
pub struct SessionState {
    /// Steps done.
    pub step: u64,
    /// Of the family.
    pub family: FamilyState,
}

/// What a training did.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary<Ep = crate::Epoch> {
    /// The epochs, in order.
    pub epochs: Vec<Ep>,
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

/// A training: steps are made one by one, by epochs, or to the end.
#[derive(Debug)]
pub struct Session<'d, F: Family> {
    /// What is trained.
    pub family: F,
    settings: Settings,
    batches: Batches<'d>,
    batch: MiniBatch,
    step: u64,
    lr: f64,
    /// Since when the present epoch runs.
    begun: Instant,
}

impl<'d, F: Family> Session<'d, F> {
    /// A training that begins. The settings were checked.
    pub(crate) fn new(family: F, train: &'d Split, settings: Settings) -> Self {
        let batches =
            Batches::new(train, settings.batch, Key::new(settings.seed), 0, Order::Shuffled, settings.last);
        let mut this = Self {
            family,
            settings,
            batches,
            batch: MiniBatch::default(),
            step: 0,
            lr: 0.0,
            begun: Instant::now(),
        };
        this.batches.restart(1);
        this
    }
    fn per_epoch(&self) -> u64 {
        self.batches.per_epoch().max(1) as u64
    }
    /// Steps of the whole training.
    pub fn steps(&self) -> u64 {
        self.per_epoch().saturating_mul(self.settings.epochs as u64)
    }
    /// Steps done.
    pub fn steps_done(&self) -> u64 {
        self.step
    }
    /// Whether all steps are done.
    pub fn is_done(&self) -> bool {
        self.step >= self.steps()
    }
    /// The epoch of the next step, from 1.
    pub fn epoch_now(&self) -> usize {
        (self.step / self.per_epoch()) as usize + 1
    }
    /// One step; `None` once all are done.
    ///
    /// # Errors
    /// If the loss or a gradient is not finite. The model then has the weights before the step, but where a gradient alone was not finite and the method has no
    /// transformation: some of them may have moved.
    pub fn step(&mut self) -> Result<Option<Step>, TrainError> {
        on_team(|| self.one())
    }
    fn one(&mut self) -> Result<Option<Step>, TrainError> {
        if self.is_done() {
            return Ok(None);
        }
        let (steps, epoch) = (self.steps(), self.epoch_now());
        if self.step.is_multiple_of(self.per_epoch()) {
            self.batches.restart(epoch as u64);
            self.begun = Instant::now();
            self.family.begin_epoch();
        }
        let Some(rows) = self.batches.next_rows(&mut self.batch) else { return Ok(None) };
        let step = self.step + 1;
        let lr = self.settings.schedule.lr(self.settings.lr, step, steps);
        let cx = StepContext { step, steps, key: Key::new(self.settings.seed).named("step").child(step), lr };
        let loss = match self.family.step(&mut self.batch, rows, &cx) {
            Ok(loss) => loss,
            Err(failure) => {
                self.family.current();
                let at = self.family.broken(&mut self.batch, rows, &cx);
                return Err(told(failure, epoch, step, at));
            }
        };
        (self.step, self.lr) = (step, lr);
        Ok(Some(Step { step, steps, epoch, loss, lr }))
    }
    /// The report of the epoch that just ended; `None` inside an epoch.
    fn ended(&mut self) -> Option<EpochOf<F>> {
        let (epochs, epoch) = (self.settings.epochs, (self.step / self.per_epoch()) as usize);
        let ends = self.step > 0 && self.step.is_multiple_of(self.per_epoch());
        ends.then(|| {
            // Weights are brought back within the epoch's time, as whoever uses them needs them.
            self.family.current();
            let seconds = self.begun.elapsed().as_secs_f64();
            self.family.end_epoch(EpochTimes { epoch, epochs, lr: self.lr, seconds })
        })
    }
    /// Steps to the end of the epoch, watched; `None` if an observer ended the training before.
    ///
    /// # Errors
    /// As [`step`](Self::step), and what the observer says.
    pub fn epoch(
        &mut self,
        observer: &mut dyn Observer<F::Model>,
    ) -> Result<(Option<EpochOf<F>>, Flow), TrainError> {
        on_team(|| self.through_epoch(observer))
    }
    fn through_epoch(
        &mut self,
        observer: &mut dyn Observer<F::Model>,
    ) -> Result<(Option<EpochOf<F>>, Flow), TrainError> {
        while let Some(done) = self.one()? {
            let stops = observer.step(&done, &mut self.family)? == Flow::Stop;
            if let Some(epoch) = self.ended() {
                let flow = observer.epoch(&epoch, self.family.current())?;
                return Ok((Some(epoch), if stops { Flow::Stop } else { flow }));
            }
            if stops {
                return Ok((None, Flow::Stop));
            }
        }
        Ok((None, Flow::Continue))
    }
    /// All steps that are left, watched.
    ///
    /// # Errors
    /// As [`epoch`](Self::epoch).
    pub fn run(&mut self, observer: &mut dyn Observer<F::Model>) -> Result<Summary<EpochOf<F>>, TrainError> {
        let start = Instant::now();
        let mut summary = Summary { epochs: Vec::new(), seconds: 0.0, stopped: false };
        while !self.is_done() {
            let (epoch, flow) = self.epoch(observer)?;
            summary.epochs.extend(epoch);
            if flow == Flow::Stop {
                summary.stopped = !self.is_done();
                break;
            }
        }
        self.family.current();
        summary.seconds = start.elapsed().as_secs_f64();
        Ok(summary)
    }
    /// Where the training stands: with the same settings, data and model, [`restore`](Self::restore) goes on as if it had not been interrupted.
    pub fn state(&mut self) -> SessionState {
        SessionState { step: self.step, family: self.family.state() }
    }
    /// Goes on from a state.
    ///
    /// # Errors
    /// If it belongs to another training; nothing has changed then.
    pub fn restore(&mut self, state: &SessionState) -> Result<(), TrainError> {
        if state.step > self.steps() {
            return Err(NnError::State(format!("{} steps of {}", state.step, self.steps())).into());
        }
        self.family.restore(&state.family)?;
        self.step = state.step;
        self.batches.restart(self.epoch_now() as u64);
        for _ in 0..self.step % self.per_epoch() {
            self.batches.next_rows(&mut self.batch);
        }
        self.begun = Instant::now();
        Ok(())
    }
}

fn told(failure: Failure, epoch: usize, step: u64, at: Option<String>) -> TrainError {
    use sparring_attacks::AttackError;
    match failure {
        Failure::Loss(loss) => TrainError::NonFinite { epoch, step, loss, at: trouble::told(at) },
        // A defence's attack refuses logits that are not finite: where the network is the cause, that is the error, as for any other step.
        Failure::Other(e @ TrainError::Attack(AttackError::NonFinite { .. })) => match at {
            Some(at) => TrainError::NonFinite { epoch, step, loss: f64::NAN, at },
            None => e,
        },
        Failure::Other(e) => e,
    }
}

/// Refuses a network that cannot be trained: a tensor of another shape was set, a batch would need more memory than
/// [`Cost`](sparring_nn::Cost) allows, or is too small for a layer that takes statistics over it.
pub(crate) fn check_network(net: &Network<f32>, n: usize, settings: &Settings) -> Result<(), TrainError> {
    net.params.check().map_err(NnError::from)?;
    let batch = settings.batch.min(n);
    net.cost().map_err(NnError::from)?.admit(batch)?;
    let (least, node) = net.graph().least_batch().map_err(NnError::from)?;
    let rest = if settings.last == Last::Keep { n % batch.max(1) } else { 0 };
    let smallest = if rest > 0 { rest } else { batch };
    if let (Some(node), true) = (node, smallest < least) {
        let (name, kind) = (&node.name, node.layer.kind());
        let example = if smallest == 1 { "example" } else { "examples" };
        return Err(TrainError::Data(format!(
            "{n} examples in batches of {batch} leave a batch of {smallest} {example}, but layer {name} ({kind}) takes statistics over a batch and \
             needs at least {least}; choose another batch size"
        )));
    }
    Ok(())
}
