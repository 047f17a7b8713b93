//! A step that failed does not count: whoever goes on meets the same batch again, and no training runs for ever.

use sparring_datasets::{BatchRows, MiniBatch, Mnist, Split};
use sparring_models::{ClassifierNet, Mlp};
use sparring_nn::Params;
use sparring_seed::Key;
use sparring_train::{
    Current, EpochOf, EpochTimes, Failure, Learner, LearnerState, LoopSettings, Quiet, Recipe, Session,
    StepContext, TrainError, fit, session,
};

/// A learner whose step fails, once.
struct Flaky<L> {
    inner: L,
    fails_at: u64,
}

impl<L: Learner> Current<L::Model> for Flaky<L> {
    fn current(&mut self) -> &L::Model {
        self.inner.current()
    }
    fn state(&mut self) -> LearnerState {
        self.inner.state()
    }
}

impl<L: Learner> Learner for Flaky<L> {
    type Model = L::Model;
    fn check(&self, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        self.inner.check(train, settings)
    }
    fn discard(&mut self) {
        self.inner.discard();
    }
    fn described(&self) -> String {
        self.inner.described()
    }
    fn step(&mut self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Result<f64, Failure> {
        if cx.step == self.fails_at {
            self.fails_at = 0;
            return Err(Failure::Loss(f64::NAN));
        }
        self.inner.step(batch, rows, cx)
    }
    fn broken(&self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Option<String> {
        self.inner.broken(batch, rows, cx)
    }
    fn begin_epoch(&mut self) {
        self.inner.begin_epoch();
    }
    fn end_epoch(&mut self, done: EpochTimes) -> EpochOf<L> {
        self.inner.end_epoch(done)
    }
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError> {
        self.inner.restore(state)
    }
    fn kept(&mut self) -> Vec<Params<f32>> {
        self.inner.kept()
    }
    fn keep(&mut self, weights: &[Params<f32>]) {
        self.inner.keep(weights);
    }
}

fn bits(model: &ClassifierNet) -> Vec<u32> {
    let numbers = model.net.params.iter().flat_map(|p| p.value.as_slice().iter().map(|v| v.to_bits()));
    numbers.collect()
}

#[test]
fn a_step_that_failed_is_made_again() {
    let data = Mnist::embedded().train.first(100);
    let recipe = Recipe { epochs: 2, batch: 32, ..Recipe::default() };
    let model = || ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
    let mut whole = model();
    fit(&mut whole, &data, &recipe).unwrap();
    for fails_at in [1, 3, 4, 5, 8] {
        let mut one = model();
        let inner = session(&mut one, &data, &recipe).unwrap().learner;
        let mut training = Session::new(Flaky { inner, fails_at }, &data, recipe.settings()).unwrap();
        let e = training.run(&mut Quiet).unwrap_err().to_string();
        assert!(e.contains(&format!("step {fails_at}")), "{e}");
        assert_eq!(training.steps_done(), fails_at - 1);
        training.run(&mut Quiet).unwrap();
        assert!(training.is_done());
        drop(training);
        assert!(bits(&one) == bits(&whole), "after a failure at step {fails_at}");
    }
}

#[test]
fn a_session_refuses_data_that_are_not_for_its_learner() {
    let data = Mnist::embedded().train.first(64);
    let mut model = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
    let learner = session(&mut model, &data, &Recipe::default()).unwrap().learner;
    let points = sparring_datasets::synthetic::moons(40, 0.1, Key::new(1));
    let settings = LoopSettings { epochs: 1, batch: 8, ..LoopSettings::default() };
    let e = Session::new(learner, &points, settings).err().map(|e| e.to_string());
    assert!(e.as_ref().is_some_and(|e| e.contains("the network takes")), "{e:?}");
}
