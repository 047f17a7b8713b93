//! A training as a value: one loop for classifiers, autoencoders and GANs.

use crate::learner::{EpochOf, EpochTimes, Failure, Learner, StepContext};
use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::observe::{Flow, Observer, StepMetrics};
use crate::parallel::on_team;
use crate::summary::History;
use crate::{TrainError, trouble};
use sparring_datasets::{Batches, Last, MiniBatch, Order, Split};
use sparring_nn::NnError;
use sparring_optim::Schedule as _;
use sparring_seed::Key;
use std::time::Instant;

/// Where a training stands.
#[derive(Clone, Debug)]
pub struct SessionState {
    /// Steps done.
    pub step: u64,
    /// Epochs that were reported.
    pub reported: u64,
    /// Of the learner.
    pub learner: LearnerState,
}

/// A training: steps are made one by one, by epochs, or to the end.
#[derive(Debug)]
pub struct Session<'d, F: Learner> {
    /// What is trained.
    pub learner: F,
    settings: LoopSettings,
    data: &'d Split,
    batches: Batches<'d>,
    batch: MiniBatch,
    step: u64,
    /// Epochs that were reported; one that was stepped through without a report counts once the next begins.
    reported: u64,
    lr: f64,
    /// Since when the present epoch runs, and the examples since then.
    begun: Instant,
    examples: usize,
}

impl<'d, F: Learner> Session<'d, F> {
    /// A training that begins, of a learner of this crate or of your own.
    ///
    /// # Errors
    /// If a setting makes no sense, or the data give no batch: there are no examples, or fewer than one full batch where others are left out; and what
    /// [`Learner::check`] says.
    pub fn new(learner: F, train: &'d Split, settings: LoopSettings) -> Result<Self, TrainError> {
        settings.validate()?;
        let (n, batch) = (train.len(), settings.batch);
        if n == 0 || settings.last == Last::Drop && n < batch {
            return Err(TrainError::Data(format!("{n} training examples give no batch of {batch}")));
        }
        learner.check(train, &settings)?;
        let batches =
            Batches::new(train, settings.batch, Key::new(settings.seed), 0, Order::Shuffled, settings.last)
                .augmented(&settings.augment);
        let mut this = Self {
            learner,
            settings,
            data: train,
            batches,
            batch: MiniBatch::default(),
            step: 0,
            reported: 0,
            lr: 0.0,
            begun: Instant::now(),
            examples: 0,
        };
        this.batches.restart(1);
        Ok(this)
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
    /// If the loss or a gradient is not finite, or an attack refuses. The step then does not count. A classifier or autoencoder whose loss is not finite has the weights before the step (before the
    /// pass, where a defence makes several a step); where only a gradient is not finite some weights may have moved, and of a GAN the discriminator may have made its part of the step.
    pub fn step(&mut self) -> Result<Option<StepMetrics>, TrainError> {
        on_team(|| self.one())
    }
    fn one(&mut self) -> Result<Option<StepMetrics>, TrainError> {
        if self.is_done() {
            return Ok(None);
        }
        let (steps, epoch) = (self.steps(), self.epoch_now());
        if self.step.is_multiple_of(self.per_epoch()) {
            self.batches.restart(epoch as u64);
            (self.begun, self.examples) = (Instant::now(), 0);
            self.learner.begin_epoch();
            self.reported = epoch as u64 - 1;
        }
        let Some(rows) = self.batches.next_rows(&mut self.batch) else { return Ok(None) };
        let step = self.step + 1;
        let lr = self.settings.schedule.lr(self.settings.lr, step, steps);
        let cx = StepContext { step, steps, key: Key::new(self.settings.seed).named("step").child(step), lr };
        let loss = match self.learner.step(&mut self.batch, rows, &cx) {
            Ok(loss) => loss,
            Err(failure) => {
                self.learner.discard();
                self.learner.current();
                let at = self.learner.broken(&mut self.batch, rows, &cx);
                // The batch was not learnt from: whoever goes on meets it again.
                self.rewind();
                return Err(told(failure, epoch, step, at));
            }
        };
        (self.step, self.lr) = (step, lr);
        self.examples += self.batch.len();
        let ends_epoch = step.is_multiple_of(self.per_epoch());
        Ok(Some(StepMetrics { step, steps, epoch, ends_epoch, loss, lr }))
    }
    /// Whether the last epoch has ended and was not reported.
    fn waits_for_report(&self) -> bool {
        self.step.is_multiple_of(self.per_epoch()) && self.reported < self.step / self.per_epoch()
    }
    /// The report of the epoch that just ended; `None` inside an epoch, and once it was reported.
    fn ended(&mut self) -> Option<EpochOf<F>> {
        let (epochs, epoch) = (self.settings.epochs, (self.step / self.per_epoch()) as usize);
        self.waits_for_report().then(|| {
            self.reported = epoch as u64;
            // Weights are brought back within the epoch's time, as whoever uses them needs them.
            self.learner.current();
            let seconds = self.begun.elapsed().as_secs_f64();
            let (lr, examples) = (self.lr, self.examples);
            self.learner.end_epoch(EpochTimes { epoch, epochs, lr, seconds, examples })
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
        let mut stops = false;
        loop {
            // Before the next step: a training may have been interrupted between the last step of an epoch and its report.
            if let Some(epoch) = self.ended() {
                let flow = observer.epoch(&epoch, self.learner.current())?;
                return Ok((Some(epoch), if stops { Flow::Stop } else { flow }));
            }
            if stops {
                return Ok((None, Flow::Stop));
            }
            let Some(done) = self.one()? else { break };
            stops = observer.step(&done, &mut self.learner)? == Flow::Stop;
        }
        Ok((None, Flow::Continue))
    }
    /// All steps that are left, watched.
    ///
    /// # Errors
    /// As [`epoch`](Self::epoch).
    pub fn run(&mut self, observer: &mut dyn Observer<F::Model>) -> Result<History<EpochOf<F>>, TrainError> {
        let start = Instant::now();
        let mut summary = History { epochs: Vec::new(), seconds: 0.0, stopped: false };
        while !self.is_done() || self.waits_for_report() {
            let (epoch, flow) = self.epoch(observer)?;
            summary.epochs.extend(epoch);
            if flow == Flow::Stop {
                summary.stopped = !self.is_done();
                break;
            }
        }
        self.learner.current();
        summary.seconds = start.elapsed().as_secs_f64();
        Ok(summary)
    }
    /// What the training is, in words: a state goes on only where this is the same.
    pub(crate) fn described(&self) -> String {
        let LoopSettings { epochs, batch, lr, ref schedule, seed, last, .. } = self.settings;
        let learner = self.learner.described();
        format!(
            "{epochs} epochs of batches of {batch} (last: {last:?}), lr {lr}, schedule {schedule}, seed {seed}, {learner}"
        )
    }
    /// The examples.
    pub(crate) fn data(&self) -> &'d Split {
        self.data
    }
    /// Where the training stands: with the same settings, data and model, [`restore`](Self::restore) goes on as if it had not been interrupted.
    pub fn state(&mut self) -> SessionState {
        SessionState { step: self.step, reported: self.reported, learner: self.learner.state() }
    }
    /// Goes on from a state.
    ///
    /// # Errors
    /// If it belongs to another training; nothing has changed then.
    pub fn restore(&mut self, state: &SessionState) -> Result<(), TrainError> {
        let (ended, begins) = (state.step / self.per_epoch(), state.step.is_multiple_of(self.per_epoch()));
        let counts = state.reported == ended || begins && state.reported + 1 == ended;
        if state.step > self.steps() || !counts {
            let SessionState { step, reported, .. } = state;
            return Err(NnError::State(format!("{step} steps of {}, {reported} epochs", self.steps())).into());
        }
        self.learner.restore(&state.learner)?;
        (self.step, self.reported) = (state.step, state.reported);
        self.lr = self.settings.schedule.lr(self.settings.lr, self.step.max(1), self.steps());
        self.rewind();
        (self.begun, self.examples) = (Instant::now(), 0);
        Ok(())
    }
    /// The next batch is that of the next step.
    fn rewind(&mut self) {
        self.batches.restart(self.epoch_now() as u64);
        for _ in 0..self.step % self.per_epoch() {
            self.batches.next_rows(&mut self.batch);
        }
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
