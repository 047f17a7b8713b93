//! Steps whose loss or gradient is not finite: ended, left out, rolled back; anomaly mode names where.

use sparring_datasets::{BatchRows, MiniBatch, Mnist, Pixels, Split};
use sparring_models::{ArticleGan, ClassifierNet, Gan, Mlp};
use sparring_nn::{EngineState, Graph, Params, layers};
use sparring_optim::Ema;
use sparring_seed::Key;
use sparring_train::{
    Current, EpochOf, EpochTimes, Failure, GanRecipe, Learner, LearnerState, LoopSettings, Observed,
    Observer, Quiet, Recipe, Session, StepContext, StepMetrics, StepOutcome, TrainError, fit, gan_session,
    session,
};

/// Of the first images; one of them overflows in every layer that multiplies.
fn poisoned(n: usize, at: usize) -> Split {
    let all = Mnist::embedded().train.first(n).all();
    let (mut pixels, dim) = (all.x, 784);
    pixels[at * dim..(at + 1) * dim].fill(3e38);
    let labels: Vec<u8> = all.labels.iter().map(|&l| l as u8).collect();
    Split::new(Pixels::F32(pixels.into()), [1, 28, 28], labels).unwrap()
}

/// Batch normalisation and dropout.
fn normed() -> Graph {
    let relu = layers::activation(&"relu".parse().unwrap());
    let layers = vec![
        layers::flatten(),
        layers::linear(784, 16),
        layers::batch_norm(16),
        relu,
        layers::dropout(0.2),
        layers::linear(16, 10),
    ];
    Graph::chain([1, 28, 28], layers)
}

fn numbers(state: &LearnerState) -> Vec<u32> {
    let mut all = Vec::new();
    let mut take = |v: &[f32]| all.extend(v.iter().map(|v| v.to_bits()));
    for (_, params, EngineState { slots, average, .. }) in &state.networks {
        params.iter().for_each(|p| take(p.value.as_slice()));
        slots.iter().chain(average).flatten().for_each(|a| take(a.as_slice()));
    }
    state.arrays.iter().for_each(|(_, v)| take(v));
    all
}

fn skipping() -> Recipe {
    Recipe { epochs: 3, batch: 32, on_non_finite: "skip".parse().unwrap(), ..Recipe::default() }
}

#[test]
fn a_step_that_is_left_out_leaves_everything_as_it_was() {
    let data = poisoned(110, 7);
    for (graph, rule) in
        [(Mlp::default().spec(), "adam"), (normed(), "sgd(momentum=0.9)"), (normed(), "muon")]
    {
        let mut model = ClassifierNet::new(graph, Key::new(1)).unwrap();
        let recipe = Recipe {
            rule: rule.parse().unwrap(),
            average: Some(Ema { half_life: 0.2 }.into()),
            ..skipping()
        };
        let mut training = session(&mut model, &data, &recipe).unwrap();
        let (mut skipped, mut before) = (Vec::new(), training.state());
        while let Some(step) = training.step().unwrap() {
            let after = training.state();
            assert_eq!(after.step, before.step + 1);
            let steps = |s: &LearnerState| s.networks[0].2.step;
            if step.outcome == StepOutcome::Skipped {
                skipped.push(step.epoch);
                assert!(numbers(&before.learner) == numbers(&after.learner), "{rule}, step {}", step.step);
                assert_eq!(steps(&before.learner), steps(&after.learner));
                let e = training.last_trouble().unwrap();
                assert!(e.is_non_finite() && !step.loss.is_finite(), "{e}");
            } else {
                assert!(steps(&before.learner) < steps(&after.learner) && step.loss.is_finite());
            }
            before = after;
        }
        assert_eq!(skipped, [1, 2, 3], "{rule}: the batch with the example, once an epoch");
        assert_eq!(training.progress().skipped, 3);
    }
}

#[test]
fn without_trouble_the_policies_change_no_bit() {
    let data = Mnist::embedded().train.first(110);
    let bits = |policy: &str, anomaly, defense: &str| {
        let mut model = ClassifierNet::new(normed(), Key::new(1)).unwrap();
        let (on_non_finite, defense) = (policy.parse().unwrap(), defense.parse().unwrap());
        let recipe = Recipe { epochs: 2, batch: 32, on_non_finite, anomaly, defense, ..Recipe::default() };
        fit(&mut model, &data, &recipe).unwrap();
        let all = model.net.params.iter().flat_map(|p| p.value.as_slice().to_vec());
        all.map(f32::to_bits).collect::<Vec<_>>()
    };
    for defense in ["none", "pgd(steps=2)", "trades(steps=2)", "free(replays=2)", "grad-align"] {
        let plain = bits("error", false, defense);
        for (policy, anomaly) in [("skip", false), ("roll-back", false), ("error", true)] {
            assert!(bits(policy, anomaly, defense) == plain, "{defense}: {policy}, {anomaly}");
        }
    }
}

#[test]
fn what_no_skip_can_mend_is_an_error() {
    let data = poisoned(110, 7);
    let mut model = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
    // One example a step: none but the poisoned one fails, and it alone is more than allowed in a row if it is all there is.
    let alone = data.subset(&[7, 7, 7, 7, 7]);
    let recipe = Recipe { batch: 1, on_non_finite: "skip(most=3)".parse().unwrap(), ..skipping() };
    let mut training = session(&mut model, &alone, &recipe).unwrap();
    let e = training.run(&mut Quiet).unwrap_err().to_string();
    assert!(e.starts_with("epoch 1, step 4: the loss is"), "{e}");
    assert_eq!((training.steps_done(), training.progress().skipped), (3, 3));
    drop(training);
    // A weight that is not finite stays so.
    model.net.params.iter_mut().last().unwrap().value.as_mut_slice()[0] = f32::NAN;
    let clean = Mnist::embedded().train.first(64);
    let mut training = session(&mut model, &clean, &skipping()).unwrap();
    let e = training.step().unwrap_err().to_string();
    assert!(e.contains("weights of layer 5 (linear) are not finite"), "{e}");
}

#[derive(Default)]
struct Told(Vec<(StepOutcome, u64, String)>);
impl<M: Observed> Observer<M> for Told {
    fn trouble(&mut self, step: &StepMetrics, why: &TrainError) -> Result<(), TrainError> {
        self.0.push((step.outcome, step.step, why.to_string()));
        Ok(())
    }
}

/// From the second epoch on the rate is 1e30.
fn steep(policy: &str) -> Recipe {
    let schedule = "piecewise(0=1e-32, 0.4=1e-32, 0.45=1, 1=1)".parse().unwrap();
    let (rule, on_non_finite) = ("sgd".parse().unwrap(), policy.parse().unwrap());
    Recipe { epochs: 3, batch: 32, rule, lr: 1e30, schedule, on_non_finite, ..Recipe::default() }
}

#[test]
fn a_training_goes_back_with_a_lower_rate() {
    let data = Mnist::embedded().train.first(110);
    let run = |recipe: &Recipe| {
        let mut model = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
        let mut training = session(&mut model, &data, recipe).unwrap();
        let mut told = Told::default();
        let done = training.run(&mut told);
        (done, told.0, *training.progress())
    };
    let (done, told, progress) = run(&steep("roll-back(factor=1e-16, times=2)"));
    let epochs = done.unwrap().epochs;
    assert_eq!((epochs.len(), progress.roll_backs, progress.lr_factor), (3, 2, 1e-16 * 1e-16));
    assert!(epochs.iter().all(|e| e.train_loss.is_finite()));
    assert!((epochs[2].lr / 0.01 - 1.0).abs() < 1e-9, "{}", epochs[2].lr);
    // Both times back to the beginning of the second epoch.
    assert_eq!(told.len(), 2);
    for (outcome, step, why) in told {
        assert_eq!((outcome, step), (StepOutcome::RolledBack, 4), "{why}");
        assert!(why.starts_with("epoch 2, step "), "{why}");
    }
    // Once is not enough.
    let (done, told, progress) = run(&steep("roll-back(factor=1e-16, times=1)"));
    assert!(done.unwrap_err().to_string().starts_with("epoch 2, step "));
    assert_eq!((told.len(), progress.roll_backs), (1, 1));
    let (done, told, _) = run(&steep("error"));
    assert!(done.unwrap_err().is_non_finite() && told.is_empty());
}

#[test]
fn a_gan_goes_back_too() {
    let data = Mnist::embedded().train.first(110);
    let schedule = "piecewise(0=1e-34, 0.4=1e-34, 0.45=1, 1=1)".parse().unwrap();
    let (rule, on_non_finite) = ("sgd".parse().unwrap(), "roll-back(factor=1e-16, times=2)".parse().unwrap());
    let recipe =
        GanRecipe { epochs: 3, batch: 32, rule, lr: 1e30, schedule, on_non_finite, ..GanRecipe::default() };
    let mut gan = Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(1)).unwrap();
    let mut training = gan_session(&mut gan, &data, &recipe).unwrap();
    let done = training.run(&mut Quiet).unwrap();
    assert_eq!((done.epochs.len(), training.progress().roll_backs > 0), (3, true));
    assert!(done.epochs.iter().all(|e| e.d_loss.is_finite() && e.g_loss.is_finite()));
}

#[test]
fn anomaly_mode_names_operation_layer_and_shape() {
    let data = Mnist::embedded().train.first(64);
    for (defense, anomaly) in [("none", true), ("trades(steps=2)", true), ("none", false)] {
        let mut model = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
        // The first product is far below the range of f32, which the relu behind it hides.
        let weight = model.net.params.iter_mut().find(|p| p.name() == "1.weight").unwrap();
        weight.value.as_mut_slice().fill(-3e38);
        let recipe =
            Recipe { epochs: 1, batch: 32, anomaly, defense: defense.parse().unwrap(), ..Recipe::default() };
        let mut training = session(&mut model, &data, &recipe).unwrap();
        let done = training.step();
        if anomaly {
            let e = done.unwrap_err();
            assert!(matches!(&e, TrainError::Anomaly { epoch: 1, step: 1, .. }), "{e}");
            assert!(
                e.to_string().contains(" in layer 1 (linear), [32, 128], is the first that is not finite"),
                "{e}"
            );
        } else {
            assert!(done.unwrap().unwrap().loss.is_finite(), "nothing is seen without it");
        }
    }
    // What it finds is left out like any other step.
    let mut model = ClassifierNet::new(normed(), Key::new(1)).unwrap();
    let (bad, recipe) = (poisoned(110, 7), Recipe { anomaly: true, ..skipping() });
    let mut training = session(&mut model, &bad, &recipe).unwrap();
    training.run(&mut Quiet).unwrap();
    assert_eq!(training.progress().skipped, 3);
    assert!(matches!(training.last_trouble(), Some(TrainError::Anomaly { .. })));
}

/// A learner whose steps move the weights before they fail, now and then.
struct Late<L>(L);

impl<L: Learner> Current<L::Model> for Late<L> {
    fn current(&mut self) -> &L::Model {
        self.0.current()
    }
    fn state(&mut self) -> LearnerState {
        self.0.state()
    }
}

impl<L: Learner> Learner for Late<L> {
    type Model = L::Model;
    fn check(&self, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        self.0.check(train, settings)
    }
    fn discard(&mut self) {
        self.0.discard();
    }
    fn described(&self) -> String {
        self.0.described()
    }
    fn step(&mut self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Result<f64, Failure> {
        let loss = self.0.step(batch, rows, cx)?;
        if [2, 3, 7].contains(&cx.step) { Err(Failure::Loss(f64::INFINITY)) } else { Ok(loss) }
    }
    fn broken(&self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Option<String> {
        self.0.broken(batch, rows, cx)
    }
    fn begin_epoch(&mut self) {
        self.0.begin_epoch();
    }
    fn end_epoch(&mut self, done: EpochTimes) -> EpochOf<L> {
        self.0.end_epoch(done)
    }
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError> {
        self.0.restore(state)
    }
    fn kept(&mut self) -> Vec<Params<f32>> {
        self.0.kept()
    }
    fn keep(&mut self, weights: &[Params<f32>]) {
        self.0.keep(weights);
    }
}

/// Every step that fails leaves the learner as it was before.
fn taken_back<L: Learner>(inner: L, data: &Split) {
    let on_non_finite = "skip".parse().unwrap();
    let settings = LoopSettings { epochs: 3, batch: 32, on_non_finite, ..LoopSettings::default() };
    let mut training = Session::new(Late(inner), data, settings).unwrap();
    let mut before = training.state();
    while let Some(step) = training.step().unwrap() {
        let after = training.state();
        let same = numbers(&before.learner) == numbers(&after.learner);
        assert_eq!(same, [2, 3, 7].contains(&step.step), "step {}", step.step);
        before = after;
    }
    assert_eq!(training.progress().skipped, 3);
}

#[test]
fn a_step_that_failed_after_it_moved_the_weights_is_taken_back() {
    let data = Mnist::embedded().train.first(110);
    let mut gan = Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(1)).unwrap();
    let recipe = GanRecipe { batch: 32, ..GanRecipe::default() };
    taken_back(gan_session(&mut gan, &data, &recipe).unwrap().learner, &data);
    for defense in ["free(replays=3)", "trades(steps=2)", "pgd(steps=2)", "grad-align"] {
        let mut model = ClassifierNet::new(normed(), Key::new(1)).unwrap();
        let (defense, ema) = (defense.parse().unwrap(), Some(Ema { half_life: 0.2 }));
        let recipe = Recipe { defense, average: ema.map(Into::into), ..skipping() };
        taken_back(session(&mut model, &data, &recipe).unwrap().learner, &data);
    }
}
