//! A training as a value: one loop for classifiers, autoencoders and GANs.

use crate::TrainError;
use crate::learner::{EpochOf, Failure, Learner, StepContext};
use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::loop_state::{LoopProgress, LoopState, Snapshot};
use crate::non_finite::NonFinitePolicy;
use crate::observe::{Current, Flow, Observer, StepMetrics, StepOutcome};
use crate::parallel::on_team;
use crate::summary::History;
use crate::validation::Validation;
use sparring_datasets::{Batches, Last, MiniBatch, Order, Split};
use sparring_nn::Params;
use sparring_optim::Schedule as _;
use sparring_seed::Key;
use std::time::Instant;

mod ended;
mod mixing;
mod remedy;
mod report;
mod state;
use ended::Ended;

/// A training: steps are made one by one, by epochs, or to the end.
#[derive(Debug)]
pub struct Session<'d, F: Learner> {
    /// What is trained.
    pub learner: F,
    settings: LoopSettings,
    data: &'d Split,
    batches: Batches<'d>,
    batch: MiniBatch,
    validation: Option<Validation>,
    /// What is mixed in, in words.
    generated: Option<String>,
    state: LoopState,
    /// Why the last step that was not made was not.
    trouble: Option<TrainError>,
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
        let plateau = settings.schedule.plateau().map(|plateau| plateau.begin(settings.lr));
        let progress = LoopProgress { plateau, ..LoopProgress::default() };
        let mut this = Self {
            learner,
            settings,
            data: train,
            batches,
            batch: MiniBatch::default(),
            validation: None,
            generated: None,
            state: LoopState { progress, ..LoopState::default() },
            trouble: None,
            step: 0,
            reported: 0,
            lr: 0.0,
            begun: Instant::now(),
            examples: 0,
        };
        this.batches.restart(1);
        Ok(this)
    }
    /// The same training, judged after each epoch on examples that it does not see.
    ///
    /// # Errors
    /// If the model cannot be judged on them.
    pub fn validating(self, validation: Validation) -> Result<Self, TrainError> {
        self.learner.check_validation(&validation)?;
        Ok(Self { validation: Some(validation), ..self })
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
    /// Whether all steps are done, or the training has ended early.
    pub fn is_done(&self) -> bool {
        self.step >= self.steps() || self.state.progress.stopped.is_some()
    }
    /// What the figures of the epochs, and steps that were not finite, have led to.
    pub fn progress(&self) -> &LoopProgress {
        &self.state.progress
    }
    /// Why the last step was not made that the [`NonFinitePolicy`] left out or went back from.
    pub fn last_trouble(&self) -> Option<&TrainError> {
        self.trouble.as_ref()
    }
    /// The epoch of the next step, from 1.
    pub fn epoch_now(&self) -> usize {
        (self.step / self.per_epoch()) as usize + 1
    }
    /// One step; `None` once all are done. What the figures of an epoch decide ([`Selection`](crate::Selection), a plateau schedule), and the validation that they need, comes before the next step;
    /// the call that gives `None` judges the last epoch and gives the model the weights that are kept. Reports go to those who call [`epoch`](Self::epoch) or [`run`](Self::run).
    ///
    /// # Errors
    /// If the loss or a gradient is not finite and the policy is [`Fail`](crate::Fail) or has come to its limit, or an attack refuses. The step then does not count. A classifier or autoencoder whose
    /// loss is not finite has the weights before the step (before the
    /// pass, where a defence makes several a step); where only a gradient is not finite some weights may have moved, and of a GAN the discriminator may have made its part of the step.
    pub fn step(&mut self) -> Result<Option<StepMetrics>, TrainError> {
        on_team(|| self.one())
    }
    fn one(&mut self) -> Result<Option<StepMetrics>, TrainError> {
        if self.settings.watches()
            && let Some(Ended::RolledBack(back)) = self.ended()?
        {
            return Ok(Some(back));
        }
        if self.is_done() {
            self.keep();
            return Ok(None);
        }
        let (steps, epoch) = (self.steps(), self.epoch_now());
        if self.step.is_multiple_of(self.per_epoch()) {
            self.begin_epoch(epoch)?;
        }
        let before = self.copies_steps().then(|| self.learner.state());
        let (step, lr) = (self.step + 1, self.lr_of(self.step + 1));
        let ends_epoch = step.is_multiple_of(self.per_epoch());
        let looks = self.looks_at_weights(ends_epoch);
        let Some(rows) = self.batches.next_rows(&mut self.batch) else { return Ok(None) };
        let cx = StepContext { step, steps, key: Key::new(self.settings.seed).named("step").child(step), lr };
        let made = self.learner.step(&mut self.batch, rows, &cx).and_then(|loss| {
            if looks && !self.learner.state().is_finite() { Err(Failure::Weights) } else { Ok(loss) }
        });
        let made = made.map_err(|failure| {
            self.learner.discard();
            self.learner.current();
            let at = self.learner.broken(&mut self.batch, rows, &cx);
            failure.told(epoch, step, at)
        });
        let (examples, outcome) = (self.batch.len(), StepOutcome::Done);
        let metrics = StepMetrics { step, steps, epoch, ends_epoch, loss: f64::NAN, lr, examples, outcome };
        match made {
            Ok(loss) => {
                self.state.progress.skipped_in_a_row = 0;
                self.count(&metrics);
                Ok(Some(StepMetrics { loss, ..metrics }))
            }
            Err(why) => self.remedied(why, metrics, before).map(Some),
        }
    }
    /// A batch was learnt from, or left out.
    fn count(&mut self, of: &StepMetrics) {
        (self.step, self.lr) = (of.step, of.lr);
        self.examples += of.examples;
    }
    fn begin_epoch(&mut self, epoch: usize) -> Result<(), TrainError> {
        self.check_figures()?;
        self.batches.restart(epoch as u64);
        (self.begun, self.examples) = (Instant::now(), 0);
        self.learner.begin_epoch();
        self.reported = epoch as u64 - 1;
        if let NonFinitePolicy::RollBack(_) = self.settings.on_non_finite {
            self.state.snapshot = Some(Snapshot { step: self.step, learner: self.learner.state() });
        }
        Ok(())
    }
    /// Learning rate of a step.
    fn lr_of(&self, step: u64) -> f64 {
        let LoopProgress { plateau, lr_factor, .. } = &self.state.progress;
        let usual = || self.settings.schedule.lr(self.settings.lr, step, self.steps());
        lr_factor * plateau.as_ref().map_or_else(usual, |plateau| plateau.lr)
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
            match self.ended()? {
                None => {}
                Some(Ended::RolledBack(back)) => self.tell(&back, observer)?,
                Some(Ended::Reported(epoch)) => {
                    let flow = observer.epoch(&epoch, self.learner.current())?;
                    self.keep();
                    return Ok((Some(epoch), if stops { Flow::Stop } else { flow }));
                }
            }
            if stops {
                return Ok((None, Flow::Stop));
            }
            let Some(done) = self.one()? else { break };
            self.tell(&done, observer)?;
            let mut running = Running { learner: &mut self.learner, state: &self.state };
            stops = observer.step(&done, &mut running)? == Flow::Stop;
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
        observer.begin(self.step, &mut Running { learner: &mut self.learner, state: &self.state })?;
        while !self.is_done() || self.waits_for_report() {
            let (epoch, flow) = self.epoch(observer)?;
            summary.epochs.extend(epoch);
            if flow == Flow::Stop {
                summary.stopped = !self.is_done();
                break;
            }
        }
        self.learner.current();
        self.keep();
        summary.seconds = start.elapsed().as_secs_f64();
        Ok(summary)
    }
    /// The examples.
    pub(crate) fn data(&self) -> &'d Split {
        self.data
    }
}

/// A learner in the loop that trains it.
struct Running<'a, F> {
    learner: &'a mut F,
    state: &'a LoopState,
}

impl<F: Learner> Current<F::Model> for Running<'_, F> {
    fn current(&mut self) -> &F::Model {
        self.learner.current()
    }
    fn trained(&mut self) -> Params<f32> {
        self.learner.trained()
    }
    fn state(&mut self) -> LearnerState {
        self.learner.state()
    }
    fn loop_state(&self) -> LoopState {
        self.state.clone()
    }
}
