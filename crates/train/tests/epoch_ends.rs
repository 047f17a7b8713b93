//! What comes at the ends of epochs: figures decide however the steps are made, weights are looked at before they are gone back to, and a state says nothing that cannot be.

use sparring_attacks::{Pgd, Threat};
use sparring_datasets::{Mnist, Pixels, Split};
use sparring_models::{ClassifierNet, Mlp};
use sparring_nn::Params;
use sparring_seed::Key;
use sparring_train::{
    BestEpoch, Fitting, LoopProgress, Observed, Observer, Quiet, Recipe, Selection, Session, SessionState,
    Snapshot, StepMetrics, StepOutcome, TrainError, Validation, ValidationAttack, session,
};

fn classifier() -> ClassifierNet {
    ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap()
}

fn parts() -> (Split, Split) {
    Mnist::embedded().train.first(300).holdout(100, Key::new(1))
}

/// The first digits, with brighter pixels.
fn scaled(n: usize, by: f32) -> Split {
    let all = Mnist::embedded().train.first(n).all();
    let labels: Vec<u8> = all.labels.iter().map(|&l| l as u8).collect();
    let pixels: Vec<f32> = all.x.iter().map(|x| x * by).collect();
    Split::new(Pixels::F32(pixels.into()), [1, 28, 28], labels).unwrap()
}

fn bits(model: &ClassifierNet) -> Vec<u32> {
    model.net.params.iter().flat_map(|p| p.value.as_slice().to_vec()).map(f32::to_bits).collect()
}

fn stopping(patience: u64, epochs: usize) -> Recipe {
    let selection = Selection { early_stop: Some(patience), ..Selection::default() };
    Recipe { epochs, batch: 32, lr: 0.02, selection, ..Recipe::default() }
}

/// What a training comes to: its progress and its weights.
fn by(
    recipe: &Recipe,
    advance: impl FnOnce(&mut Session<'_, Fitting<'_, ClassifierNet>>),
) -> (LoopProgress, Vec<u32>) {
    let ((train, held), mut model) = (parts(), classifier());
    let mut training = session(&mut model, &train, recipe).unwrap().validating(Validation::of(held)).unwrap();
    advance(&mut training);
    assert!(training.is_done());
    let progress = *training.progress();
    drop(training);
    (progress, bits(&model))
}

#[test]
fn steps_and_epochs_decide_as_a_run_does() {
    let schedule = "plateau(factor=0.5, patience=0, threshold=0.2)".parse().unwrap();
    for recipe in [Recipe { schedule, ..stopping(2, 40) }, stopping(50, 8)] {
        let run = by(&recipe, |training| {
            training.run(&mut Quiet).unwrap();
        });
        let steps = by(&recipe, |training| while training.step().unwrap().is_some() {});
        let epochs = by(&recipe, |training| {
            while !training.is_done() {
                training.epoch(&mut Quiet).unwrap();
            }
        });
        assert!(run == steps && run == epochs, "{:?}, {:?}, {:?}", run.0, steps.0, epochs.0);
        let LoopProgress { plateau, best, stopped, .. } = run.0;
        assert!(plateau.is_none_or(|plateau| plateau.lr < 0.02) && best.is_some());
        assert_eq!(stopped.is_some(), plateau.is_some(), "the second makes all its epochs");
    }
}

#[test]
fn early_stopping_keeps_the_best_weights_of_a_training_that_makes_all_epochs() {
    let ((train, held), mut model) = (parts(), classifier());
    let recipe = stopping(50, 8);
    let mut training =
        session(&mut model, &train, &recipe).unwrap().validating(Validation::of(held)).unwrap();
    let done = training.run(&mut Quiet).unwrap();
    let best = training.progress().best.unwrap().epoch as usize;
    drop(training);
    assert!(done.epochs.len() == 8 && best < 8);
    // The loss that is told is that of the weights that are there.
    assert_eq!(done.kept().unwrap().epoch, best);
    assert_eq!(done.train_loss(), done.epochs[best - 1].train_loss);
    let ((train, held), mut shorter) = (parts(), classifier());
    let training = session(&mut shorter, &train, &recipe).unwrap();
    let mut training = training.validating(Validation::of(held)).unwrap();
    for _ in 0..best {
        training.epoch(&mut Quiet).unwrap();
    }
    drop(training);
    assert!(bits(&model) == bits(&shorter));
}

#[derive(Default)]
struct Told(Vec<(StepOutcome, u64, String)>);
impl<M: Observed> Observer<M> for Told {
    fn trouble(&mut self, step: &StepMetrics, why: &TrainError) -> Result<(), TrainError> {
        self.0.push((step.outcome, step.step, why.to_string()));
        Ok(())
    }
}

/// Four steps an epoch; the rate of the last one of the first epoch is 3e38.
fn steep(policy: &str) -> Recipe {
    let (schedule, rule) = ("piecewise(0=1e-41, 0.26=1e-41, 0.3=1, 0.33334=1, 0.36=1e-41, 1=1e-41)", "sgd");
    let (schedule, rule) = (schedule.parse().unwrap(), rule.parse().unwrap());
    let on_non_finite = policy.parse().unwrap();
    Recipe { epochs: 3, batch: 32, rule, lr: 3e38, schedule, on_non_finite, ..Recipe::default() }
}

#[test]
fn weights_that_overflow_in_the_last_step_of_an_epoch_are_not_gone_back_to() {
    let (data, mut told) = (scaled(110, 1000.0), Told::default());
    let mut model = classifier();
    let mut training = session(&mut model, &data, &steep("roll-back(factor=1e-37, times=1)")).unwrap();
    let done = training.run(&mut told).unwrap();
    assert_eq!((done.epochs.len(), training.progress().roll_backs), (3, 1));
    drop(training);
    assert!(bits(&model).iter().all(|&v| f32::from_bits(v).is_finite()));
    let (outcome, step, why) = &told.0[0];
    assert_eq!((told.0.len(), *outcome, *step), (1, StepOutcome::RolledBack, 0), "{why}");
    assert!(why.starts_with("epoch 1, step 4: weights of layer ") && why.contains("not finite"), "{why}");
    // It can be left out, too; without a remedy it is the first step of the next epoch that fails.
    let mut model = classifier();
    let mut training = session(&mut model, &data, &steep("skip")).unwrap();
    training.run(&mut Quiet).unwrap();
    assert_eq!(training.progress().skipped, 1);
    let mut model = classifier();
    let e = session(&mut model, &data, &steep("error")).unwrap().run(&mut Quiet).unwrap_err().to_string();
    assert!(e.starts_with("epoch 2, step 5: ") && e.contains("weights of layer"), "{e}");
}

#[test]
fn a_validation_that_is_not_finite_is_gone_back_from() {
    let (train, held) = parts();
    let attack = || {
        let attack = Pgd { steps: 2, ..Pgd::default() }.into();
        Some(ValidationAttack { attack, threat: Threat::linf(0.1).unwrap(), examples: 10 })
    };
    let run = |policy: &str, split: &Split, attack| {
        let mut model = classifier();
        let training = session(&mut model, &train, &Recipe { lr: 1e30, ..steep(policy) }).unwrap();
        let validation = Validation { split: split.clone(), attack };
        let (mut training, mut told) = (training.validating(validation).unwrap(), Told::default());
        let done = training.run(&mut told);
        (done, told.0, training.progress().roll_backs)
    };
    // 200 images are 7 steps an epoch; the rate is steep in the last ones of the first epoch.
    for attack in [None, attack()] {
        let (done, told, times) = run("roll-back(factor=1e-30, times=1)", &held, attack);
        let epochs = done.unwrap().epochs;
        assert_eq!((epochs.len(), told.len(), times), (3, 1, 1), "{told:?}");
        assert!(epochs.iter().all(|e| e.validation.unwrap().loss.is_finite()));
    }
    // Where it is the images the limit is met.
    let policy = "roll-back(factor=0.5, times=2)";
    let gentle = Recipe { schedule: "constant".parse().unwrap(), lr: 0.01, ..steep(policy) };
    let mut model = classifier();
    model.net.params.iter_mut().for_each(|p| p.value.as_mut_slice().iter_mut().for_each(|v| *v *= 8.0));
    let training = session(&mut model, &train, &gentle).unwrap();
    let bright = Validation::of(scaled(20, 3e38));
    let (mut training, mut told) = (training.validating(bright).unwrap(), Told::default());
    let e = training.run(&mut told).unwrap_err();
    assert!(e.is_non_finite() && e.to_string().contains("validation examples"), "{e}");
    assert_eq!((told.0.len(), training.progress().roll_backs), (2, 2));
    assert!(told.0.iter().all(|(outcome, step, _)| (*outcome, *step) == (StepOutcome::RolledBack, 0)));
}

#[test]
fn a_state_that_no_training_comes_to_is_refused_and_changes_nothing() {
    let (train, held) = parts();
    let schedule = "plateau(patience=3)".parse().unwrap();
    let on_non_finite = "roll-back".parse().unwrap();
    let recipe = Recipe { schedule, on_non_finite, ..stopping(5, 6) };
    let mut model = classifier();
    let begin =
        |model| session(model, &train, &recipe).unwrap().validating(Validation::of(held.clone())).unwrap();
    let mut training = begin(&mut model);
    for _ in 0..2 {
        training.epoch(&mut Quiet).unwrap();
    }
    training.step().unwrap();
    let good = training.state();
    drop(training);
    assert!(good.loop_state.progress.best.is_some() && good.loop_state.snapshot.is_some());
    let mut other = classifier();
    let mut training = begin(&mut other);
    let numbers = |state: &SessionState| {
        let weights = |params: &Params<f32>| {
            params.iter().flat_map(|p| p.value.as_slice().to_vec()).collect::<Vec<_>>()
        };
        (state.step, state.reported, weights(&state.learner.networks[0].1), state.loop_state.best.len())
    };
    let fresh = numbers(&training.state());
    type Forge = fn(&mut SessionState);
    let table: [(&str, Forge); 16] = [
        ("best beyond the present epoch", |s| s.loop_state.progress.best.as_mut().unwrap().epoch = 3),
        ("best before the first", |s| s.loop_state.progress.best.as_mut().unwrap().epoch = 0),
        ("best is no number", |s| {
            s.loop_state.progress.best = Some(BestEpoch { epoch: 1, figure: f64::NAN });
        }),
        ("no best weights", |s| s.loop_state.best.clear()),
        ("best weights of two networks", |s| {
            let twice = s.loop_state.best[0].clone();
            s.loop_state.best.push(twice);
        }),
        ("best weights of another shape", |s| {
            s.loop_state.best[0].iter_mut().for_each(|p| p.value = sparring_tensor::Array::zeros([1]));
        }),
        ("plateau counts on", |s| s.loop_state.progress.plateau.as_mut().unwrap().bad = u64::MAX),
        ("plateau cools down", |s| s.loop_state.progress.plateau.as_mut().unwrap().cooldown = 1),
        ("plateau of no rate", |s| s.loop_state.progress.plateau.as_mut().unwrap().lr = 0.0),
        ("stopped before", |s| s.loop_state.progress.stopped = Some(1)),
        ("stopped inside an epoch", |s| s.loop_state.progress.stopped = Some(2)),
        ("more left out than made", |s| s.loop_state.progress.skipped = u64::MAX),
        ("more in a row than at all", |s| s.loop_state.progress.skipped_in_a_row = 1),
        ("more returns than allowed", |s| s.loop_state.progress.roll_backs = 4),
        ("snapshot to come", |s| s.loop_state.snapshot.as_mut().unwrap().step = 21),
        ("snapshot of another network", |s| {
            let Snapshot { learner, .. } = s.loop_state.snapshot.as_mut().unwrap();
            learner.networks[0].1.iter_mut().for_each(|p| p.value = sparring_tensor::Array::zeros([1]));
        }),
    ];
    for (what, forge) in table {
        let mut state = good.clone();
        forge(&mut state);
        let e = training.restore(&state);
        assert!(e.is_err(), "{what}");
        assert!(numbers(&training.state()) == fresh, "{what}");
    }
    training.restore(&good).unwrap();
    assert!(numbers(&training.state()) == numbers(&good));
    training.run(&mut Quiet).unwrap();
}

#[test]
fn anomaly_mode_looks_at_displaced_weights_and_at_penalties() {
    let data = Mnist::embedded().train.first(64);
    let found = |displacement: Option<&str>, defense: &str, scale: f32| {
        let mut model = classifier();
        model.net.params.iter_mut().for_each(|p| p.value.as_mut_slice().iter_mut().for_each(|v| *v *= scale));
        let displacement = displacement.map(|d| d.parse().unwrap());
        let defense = defense.parse().unwrap();
        let recipe = Recipe { batch: 32, anomaly: true, displacement, defense, ..Recipe::default() };
        let e = session(&mut model, &data, &recipe).unwrap().step().unwrap_err();
        assert!(matches!(e, TrainError::Anomaly { epoch: 1, step: 1, .. }), "{e}");
        e.to_string()
    };
    let said = found(Some("sam(rho=1e38)"), "none", 1.0);
    assert!(said.contains("the output of ") && said.contains(" in layer "), "{said}");
    // Squares of gradients overflow, gradients do not.
    let said = found(None, "grad-align", 1e8);
    assert!(said.contains(" in the penalty, "), "{said}");
}
