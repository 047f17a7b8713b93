//! A training that was interrupted and resumed from its file ends with the same file, byte for byte, as one that was not: weights, running statistics, the state of the
//! rule, averages, sums and reports.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sparring_datasets::{Mnist, Pixels, Split};
use sparring_math::named::Family as _;
use sparring_models::{ArticleAutoencoder, ArticleGan, Autoencoder, ClassifierNet, Gan};
use sparring_nn::{Graph, layers};
use sparring_optim::{AnyRule, AnySchedule, AnyTransform, ClipNorm, Ema, L2Penalty};
use sparring_seed::Key;
use sparring_tensor::team;
use sparring_train::{
    AnyDefense, AnyDisplacement, AnyVariant, Current, EpochOf, EpochReport, Flow, GanRecipe, Kept, Learner,
    LoopProgress, Monitor, Observed, Observer, Quiet, Recipe, SaveEvery, SavedTraining, Saver, Selection,
    Session, StepMetrics, TrainError, Validation, ValidationAttack, autoencoder_session, gan_session,
    session,
};
use std::collections::BTreeSet;
use std::path::Path;

mod coders;

fn digits(n: usize) -> Split {
    Mnist::embedded().train.first(n)
}

/// Batch normalisation, dropout and a learnt activation.
fn graph() -> Graph {
    let layers = vec![
        layers::conv2d(1, 4, 4, 2, 1),
        layers::batch_norm(4),
        layers::activation(&"prelu".parse().unwrap()),
        layers::dropout(0.2),
        layers::flatten(),
        layers::linear(784, 10),
    ];
    Graph::chain([1, 28, 28], layers)
}

fn bits(model: &ClassifierNet) -> Vec<u32> {
    model
        .net
        .params
        .iter()
        .flat_map(|p| p.value.as_slice().iter().map(|v| v.to_bits()).collect::<Vec<_>>())
        .collect()
}

/// Four steps an epoch, the last of each not full.
const IMAGES: usize = 110;

/// Random points at which each training is interrupted, the end of an epoch among them: 5, or what `cargo xtask torture --only cuts` asks for.
fn cuts() -> usize {
    std::env::var("SPARRING_TORTURE_CUTS").map_or(5, |text| text.parse().expect("a number of cuts"))
}
/// Three epochs, or as many as have room for the cuts.
fn epochs() -> usize {
    3.max(cuts() / 3)
}

fn recipe() -> Recipe {
    Recipe { epochs: epochs(), batch: 32, lr: 3e-3, ..Recipe::default() }
}

/// Ends the training after a step, as a signal does.
struct Until(u64);
impl<M: Observed> Observer<M> for Until {
    fn step(&mut self, s: &StepMetrics, _: &mut dyn Current<M>) -> Result<Flow, TrainError> {
        Ok(if s.step >= self.0 { Flow::Stop } else { Flow::Continue })
    }
}

/// Ends the training in the report of an epoch: the state that was saved before is one whose report is due.
struct Fails(usize);
impl<M: Observed> Observer<M> for Fails {
    fn epoch(&mut self, _: &M::Epoch, _: &M) -> Result<Flow, TrainError> {
        self.0 -= 1;
        if self.0 == 0 {
            Err(TrainError::Observer("the cable was pulled".into()))
        } else {
            Ok(Flow::Continue)
        }
    }
}

/// Runs a session from the file where there is one, and saves it.
fn part<F>(mut session: Session<'_, F>, path: &Path, observer: &mut dyn Observer<F::Model>)
where
    F: Learner,
    EpochOf<F>: Serialize + DeserializeOwned + EpochReport,
{
    let every = SaveEvery::Steps(3);
    let mut saver = match SavedTraining::read(path) {
        Ok((saved, None)) => {
            session.resume(&saved).unwrap();
            Saver::again(path, every, &mut session, &saved).unwrap()
        }
        Ok((_, Some(e))) => panic!("{e}"),
        Err(_) => Saver::begin(path, every, &mut session, "a note").unwrap(),
    };
    if session.run(&mut saver.around(observer)).is_ok() {
        saver.finish(&mut session).unwrap();
    }
}

/// What the figures and the trouble of a whole training lead to.
fn progress(data: &Split, recipe: &Recipe) -> LoopProgress {
    let mut model = ClassifierNet::new(graph(), Key::new(3)).unwrap();
    let mut session = session(&mut model, data, recipe).unwrap();
    session.run(&mut Quiet).unwrap();
    *session.progress()
}

/// `run(seed of the model, path, observer)` trains from the file on.
fn resumes(what: &str, run: impl Fn(u64, &Path, &str, u64)) {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole.bin");
    run(3, &whole, "quiet", 0);
    let expected = std::fs::read(&whole).unwrap();
    assert!(
        !dir.path().join("whole.bin.previous").exists(),
        "{what}: a training that is done leaves one file"
    );
    let mut rng = Key::new(8).named(what).rng(0);
    let last = epochs() as u32;
    let mut points = BTreeSet::from([4 * (1 + u64::from(rng.below(last)))]);
    while points.len() < cuts() {
        points.insert(1 + u64::from(rng.below(4 * last - 1)));
    }
    // Each interruption follows the one before it; from five of them, spread evenly, the training goes on to its end as well.
    let (chain, copy, every) =
        (dir.path().join("chain.bin"), dir.path().join("copy.bin"), cuts().div_ceil(5));
    for (i, cut) in points.into_iter().enumerate() {
        team::with_threads(2, || run(3, &chain, "until", cut));
        if i % every != 0 {
            continue;
        }
        // Other weights: everything comes from the file.
        let threads = [1, 3, 8][i % 3];
        std::fs::copy(&chain, &copy).unwrap();
        team::with_threads(threads, || run(4, &copy, "quiet", 0));
        assert!(
            std::fs::read(&copy).unwrap() == expected,
            "{what}, interrupted after step {cut}, {threads} threads"
        );
    }
    run(4, &chain, "quiet", 0);
    assert!(std::fs::read(&chain).unwrap() == expected, "{what}, interrupted after every point");
    let path = dir.path().join("failed.bin");
    run(3, &path, "fails", 2);
    run(4, &path, "quiet", 0);
    assert!(std::fs::read(&path).unwrap() == expected, "{what}, interrupted in the report of an epoch");
}

fn with<M: Observed>(how: &str, n: u64, f: impl FnOnce(&mut dyn Observer<M>)) {
    match how {
        "until" => f(&mut Until(n)),
        "fails" => f(&mut Fails(n as usize)),
        _ => f(&mut Quiet),
    }
}

fn classifiers(what: &str, recipe: &Recipe) {
    let data = digits(IMAGES);
    resumes(what, |seed, path, how, n| {
        let mut model = ClassifierNet::new(graph(), Key::new(seed)).unwrap();
        let session = session(&mut model, &data, recipe).unwrap();
        with(how, n, |observer| part(session, path, observer));
    });
}

#[test]
fn classifiers_with_every_rule() {
    for rule in AnyRule::TABLE.at_defaults() {
        classifiers(rule.name(), &Recipe { rule, lr: rule.default_lr(), ..recipe() });
    }
}

#[test]
fn classifiers_with_transformations_and_averages() {
    let transforms = vec![L2Penalty { weight: 0.01 }.into(), ClipNorm { max: 0.5 }.into()];
    let average = Some(Ema { half_life: 0.3 }.into());
    let schedule = "cosine(warmup=0.2)".parse().unwrap();
    classifiers("transformed", &Recipe { transforms, average, schedule, ..recipe() });
    let augment = ["rotate", "elastic", "mixup"].map(|one| one.parse().unwrap()).to_vec();
    let (average, batch, accumulate) = ("swa(start=0.5)".parse().ok(), 8, 4);
    classifiers("augmented", &Recipe { augment, average, batch, accumulate, ..recipe() });
}

#[test]
fn classifiers_whose_transformations_and_displacements_remember() {
    for transform in AnyTransform::TABLE.at_defaults() {
        classifiers(transform.name(), &Recipe { transforms: vec![transform], ..recipe() });
    }
    for displacement in AnyDisplacement::TABLE.at_defaults() {
        let (name, defense) = (displacement.name(), "pgd(steps=2)".parse().unwrap());
        classifiers(
            name,
            &Recipe { displacement: Some(displacement), defense, label_smoothing: 0.1, ..recipe() },
        );
    }
    for schedule in AnySchedule::TABLE.at_defaults() {
        classifiers(schedule.name(), &Recipe { schedule, ..recipe() });
    }
}

#[test]
fn defended_classifiers() {
    for defense in AnyDefense::TABLE.at_defaults() {
        classifiers(defense.name(), &Recipe { defense, ..recipe() });
    }
}

#[test]
fn variants_of_the_autoencoder() {
    let data = digits(IMAGES);
    for variant in AnyVariant::TABLE.at_defaults() {
        let code = "sigmoid".parse().unwrap();
        resumes(variant.name(), |seed, path, how, n| {
            let (spec, encoder) = ArticleAutoencoder { code, ..ArticleAutoencoder::default() }.spec();
            let mut model = Autoencoder::new(spec, encoder, Key::new(seed)).unwrap();
            let recipe = Recipe { variant, ..recipe() };
            let session = autoencoder_session(&mut model, &data, &recipe).unwrap();
            with(how, n, |observer| part(session, path, observer));
        });
    }
}

/// Trained on the first images, judged on the rest by accuracy, loss and under an attack.
fn judged(what: &str, recipe: &Recipe) {
    let all = digits(IMAGES + 40);
    let (train, split) = (all.first(IMAGES), all.range(IMAGES..IMAGES + 40));
    let threat = sparring_attacks::Threat::linf(0.1).unwrap();
    let attack = ValidationAttack { attack: "pgd(steps=2)".parse().unwrap(), threat, examples: 10 };
    let validation = Validation { split, attack: Some(attack) };
    resumes(what, |seed, path, how, n| {
        let mut model = ClassifierNet::new(graph(), Key::new(seed)).unwrap();
        let session = session(&mut model, &train, recipe).unwrap();
        let session = session.validating(validation.clone()).unwrap();
        with(how, n, |observer| part(session, path, observer));
    });
}

#[test]
fn classifiers_that_are_steered_by_figures() {
    for schedule in ["constant", "plateau(factor=0.5, patience=0, threshold=0.3)"] {
        for monitor in Monitor::ALL.map(Some).into_iter().chain([None]) {
            let selection = Selection { monitor, kept: Kept::Best, ..Selection::default() };
            let schedule = schedule.parse().unwrap();
            judged(
                "steered",
                &Recipe { selection, schedule, average: Some(Ema { half_life: 0.3 }.into()), ..recipe() },
            );
        }
    }
    // Weights that hardly move have the same accuracy after each epoch: the third is the last of thirty.
    let monitor = Some(Monitor::ValidationAccuracy);
    let selection = Selection { monitor, early_stop: Some(2), ..Selection::default() };
    judged(
        "ended early",
        &Recipe { epochs: 30, lr: 1e-12, rule: "sgd".parse().unwrap(), selection, ..recipe() },
    );
    let selection = Selection { early_stop: Some(1), ..Selection::default() };
    judged("ended early by the training loss", &Recipe { selection, ..recipe() });
}

#[test]
fn classifiers_whose_steps_are_not_finite() {
    // The rate grows to 1e30 in the second epoch, from where two roll-backs bring it to 1e-2.
    let schedule: AnySchedule = "piecewise(0=1e-32, 0.4=1e-32, 0.45=1, 1=1)".parse().unwrap();
    let rolled = Recipe {
        rule: "sgd".parse().unwrap(),
        lr: 1e30,
        schedule,
        on_non_finite: "roll-back(factor=1e-16, times=2)".parse().unwrap(),
        ..recipe()
    };
    let defended = Recipe { defense: "free(replays=2)".parse().unwrap(), ..rolled.clone() };
    for (what, recipe) in [("rolled back", rolled), ("rolled back, defended", defended)] {
        assert!(progress(&digits(IMAGES), &recipe).roll_backs > 0, "{what}");
        classifiers(what, &recipe);
    }
    // One example that overflows: its batch is left out of each epoch.
    let mut pixels: Vec<f32> = digits(IMAGES).all().x;
    pixels[5 * 784..6 * 784].fill(3e38);
    let data = Split::new(
        Pixels::F32(pixels.into()),
        [1, 28, 28],
        digits(IMAGES).all().labels.iter().map(|&l| l as u8).collect::<Vec<_>>(),
    )
    .unwrap();
    let recipe = Recipe { on_non_finite: "skip".parse().unwrap(), ..recipe() };
    assert_eq!(progress(&data, &recipe).skipped, epochs() as u64);
    resumes("skipped", |seed, path, how, n| {
        let mut model = ClassifierNet::new(graph(), Key::new(seed)).unwrap();
        let session = session(&mut model, &data, &recipe).unwrap();
        with(how, n, |observer| part(session, path, observer));
    });
}

#[test]
fn autoencoders() {
    let (data, (spec, encoder)) = (digits(IMAGES), ArticleAutoencoder::default().spec());
    resumes("autoencoder", |seed, path, how, n| {
        let mut model = Autoencoder::new(spec.clone(), encoder, Key::new(seed)).unwrap();
        let session = autoencoder_session(&mut model, &data, &recipe()).unwrap();
        with(how, n, |observer| part(session, path, observer));
    });
}

#[test]
fn gans() {
    // The last batch is left out.
    let data = digits(4 * 32 + 5);
    let plain = GanRecipe { epochs: epochs(), batch: 32, ..GanRecipe::default() };
    let (d_rule, ema) = (Some("rmsprop".parse().unwrap()), Some(Ema { half_life: 0.3 }));
    let transforms = vec![AnyTransform::from(ClipNorm { max: 0.5 })];
    let other = GanRecipe { d_rule, ema, transforms, schedule: "cosine".parse().unwrap(), ..plain.clone() };
    for (what, recipe) in [("gan", plain), ("gan by two rules", other)] {
        resumes(what, |seed, path, how, n| {
            let mut model = Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(seed)).unwrap();
            let session = gan_session(&mut model, &data, &recipe).unwrap();
            with(how, n, |observer| part(session, path, observer));
        });
    }
}

#[test]
fn another_training_is_refused_and_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let (path, data) = (dir.path().join("resume.bin"), digits(IMAGES));
    let mut model = ClassifierNet::new(graph(), Key::new(3)).unwrap();
    part(session(&mut model, &data, &recipe()).unwrap(), &path, &mut Until(5));
    let (saved, _) = SavedTraining::read(&path).unwrap();
    assert_eq!((saved.step(), saved.note(), saved.epochs().len()), (5, "a note", 1));
    let other_net = Graph::chain([1, 28, 28], vec![layers::flatten(), layers::linear(784, 10)]);
    let (other_data, average) = (digits(IMAGES + 1), Some(Ema { half_life: 0.3 }.into()));
    let augment = vec!["shift".parse().unwrap()];
    for (graph, data, recipe, said) in [
        (graph(), &data, Recipe { seed: 9, ..recipe() }, "seed 9"),
        (graph(), &data, Recipe { epochs: 4, ..recipe() }, "4 epochs"),
        (graph(), &other_data, recipe(), "other data"),
        (graph(), &data, Recipe { rule: "sgd".parse().unwrap(), ..recipe() }, "rule sgd"),
        (graph(), &data, Recipe { average, ..recipe() }, "half_life=0.3"),
        (graph(), &data, Recipe { augment, ..recipe() }, "augmentations [shift]"),
        (graph(), &data, Recipe { batch: 16, accumulate: 2, ..recipe() }, "micro-batches 2"),
        (graph(), &data, Recipe { defense: "fgsm-rs".parse().unwrap(), ..recipe() }, "defence fgsm-rs"),
        (other_net, &data, recipe(), "arrays"),
    ] {
        let mut model = ClassifierNet::new(graph, Key::new(3)).unwrap();
        let before = bits(&model);
        let mut session = session(&mut model, data, &recipe).unwrap();
        let error = session.resume(&saved).unwrap_err().to_string();
        assert!(error.contains(said), "{said}: {error}");
        assert_eq!(session.steps_done(), 0);
        assert!(bits(session.learner.current()) == before);
    }
}
