//! A training as a value: step by step it is `fit`; from a state it goes on to the same bits, on any number of threads.

use sparring_datasets::{Last, Mnist, Split};
use sparring_models::{ArticleAutoencoder, ArticleGan, Autoencoder, ClassifierNet, Gan, GanForm, GanSpec};
use sparring_nn::{Graph, Network, layers};
use sparring_optim::Ema;
use sparring_seed::Key;
use sparring_tensor::team;
use sparring_train::{
    Current, GanRecipe, Learner, LoopSettings, Quiet, Recipe, Session, SessionState, TrainError,
    autoencoder_session, defenses, fit, fit_autoencoder, fit_gan, gan_session, session,
};

fn digits(n: usize) -> Split {
    Mnist::embedded().train.first(n)
}

fn bits(net: &Network<f32>) -> Vec<u32> {
    net.params
        .iter()
        .flat_map(|p| p.value.as_slice().iter().map(|v| v.to_bits()).collect::<Vec<_>>())
        .collect()
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

fn classifier(seed: u64) -> ClassifierNet {
    ClassifierNet::new(graph(), Key::new(seed)).unwrap()
}

/// Two epochs of four steps; the last of each is not full.
fn recipe() -> Recipe {
    let average = Some(Ema { half_life: 0.3 }.into());
    Recipe { epochs: 2, batch: 32, average, lr: 3e-3, ..Recipe::default() }
}

const IMAGES: usize = 110;

/// Steps until `to` are done.
fn go<F: Learner>(session: &mut Session<'_, F>, to: u64) -> Vec<f64> {
    let mut losses = Vec::new();
    while session.steps_done() < to {
        losses.push(session.step().unwrap().unwrap().loss);
    }
    losses
}

/// For every step: a training up to there, its state in another session on another number of threads, and on to the end; the numbers of the
/// model are those of a training that was never interrupted.
fn resumes<M>(
    make: impl Fn(u64) -> M,
    numbers: impl Fn(&M) -> Vec<u32>,
    to_state: impl Fn(&mut M, u64) -> SessionState,
    from_state: impl Fn(&mut M, &SessionState) -> Vec<f64>,
    whole: (Vec<u32>, Vec<f64>),
) {
    for at in 0..=8 {
        let state = team::with_threads(2, || to_state(&mut make(3), at));
        assert_eq!(state.step, at);
        for threads in [1, 3] {
            // Other weights: everything comes from the state.
            let mut model = make(4);
            let losses = team::with_threads(threads, || from_state(&mut model, &state));
            assert_eq!(losses, whole.1[at as usize..], "losses from step {at} on");
            assert!(numbers(&model) == whole.0, "weights, interrupted after step {at}, {threads} threads");
        }
    }
}

#[test]
fn step_by_step_is_fit() {
    let (data, mut a, mut b) = (digits(IMAGES), classifier(3), classifier(3));
    fit(&mut a, &data, &recipe()).unwrap();
    let mut training = session(&mut b, &data, &recipe()).unwrap();
    assert_eq!((training.steps(), training.is_done()), (8, false));
    let mut epochs = Vec::new();
    while let Some(step) = training.step().unwrap() {
        assert!((step.steps, step.step) == (8, training.steps_done()));
        epochs.push(step.epoch);
    }
    assert_eq!(epochs, [1, 1, 1, 1, 2, 2, 2, 2]);
    assert!(training.is_done() && training.step().unwrap().is_none());
    training.learner.current();
    assert_eq!(bits(&a.net), bits(&b.net));
}

#[test]
fn the_rate_after_a_resume_is_that_of_the_steps_since() {
    let (data, mut a, mut b) = (digits(IMAGES), classifier(3), classifier(4));
    let mut training = session(&mut a, &data, &recipe()).unwrap();
    go(&mut training, 6);
    let state = training.state();
    let mut training = session(&mut b, &data, &recipe()).unwrap();
    training.restore(&state).unwrap();
    let (epoch, _) = training.epoch(&mut Quiet).unwrap();
    let epoch = epoch.unwrap();
    // One whole batch and the rest of the second epoch.
    let examples = epoch.examples_per_s * epoch.seconds;
    assert!((examples - (IMAGES - 2 * 32) as f64).abs() < 1e-6, "{examples}");
}

#[test]
fn settings_and_data_that_give_no_step_are_refused() {
    let settings = |batch, last| LoopSettings { epochs: 1, batch, lr: 0.1, last, ..LoopSettings::default() };
    let (data, few) = (digits(IMAGES), digits(10));
    for (settings, why) in [
        (settings(11, Last::Drop), "10 training examples give no batch of 11"),
        (settings(0, Last::Keep), "batch is 0"),
        (LoopSettings { epochs: 0, ..settings(1, Last::Keep) }, "epochs is 0"),
        (LoopSettings { lr: f64::NAN, ..settings(1, Last::Keep) }, "lr is NaN"),
    ] {
        let mut model = classifier(3);
        let learner = session(&mut model, &data, &recipe()).unwrap().learner;
        let e = Session::new(learner, &few, settings).unwrap_err().to_string();
        assert!(e.contains(why), "{e}");
    }
    let mut model = classifier(3);
    let learner = session(&mut model, &data, &recipe()).unwrap().learner;
    let mut training = Session::new(learner, &few, settings(4, Last::Drop)).unwrap();
    assert_eq!(training.run(&mut Quiet).unwrap().epochs.len(), 1);
    assert_eq!(training.steps_done(), 2);
}

#[test]
fn a_classifier_goes_on_from_any_step() {
    let pgd =
        defenses::PgdTraining { eps: 0.1, steps: 2, step_size: 0.1, warm_up: 0.5, ..Default::default() };
    let trades = defenses::TradesTraining { beta: 2.0, steps: 2, ..Default::default() };
    let mart = defenses::MartTraining { steps: 2, ..Default::default() };
    let free = defenses::FreeTraining { replays: 3, ..Default::default() };
    let chain = ["clip-norm(max=1)", "l2(weight=1e-3)"].map(|t| t.parse().unwrap()).to_vec();
    let augmented = |all: &str| all.split(", ").map(|one| one.parse().unwrap()).collect();
    for recipe in [
        recipe(),
        Recipe { average: None, defense: pgd.into(), ..recipe() },
        Recipe { defense: trades.into(), transforms: chain, ..recipe() },
        Recipe { defense: free.into(), ..recipe() },
        Recipe { defense: trades.into(), displacement: "awp(gamma=0.1)".parse().ok(), ..recipe() },
        Recipe { displacement: "sam(rho=0.3)".parse().ok(), ..recipe() },
        Recipe { defense: defenses::GradAlign::new(0.1).into(), ..recipe() },
        Recipe { defense: defenses::ForwAbs::new(0.1).into(), ..recipe() },
        Recipe { defense: "pgd(norm=l2, eps=1.5, steps=2)".parse().unwrap(), ..recipe() },
        Recipe { defense: mart.into(), label_smoothing: 0.1, ..recipe() },
        Recipe { average: "swa(start=0.4, every=2)".parse().ok(), batch: 8, accumulate: 4, ..recipe() },
        Recipe { augment: augmented("shift, elastic(8), cutmix"), batch: 16, accumulate: 2, ..recipe() },
        Recipe { augment: augmented("rotate, noise, mixup(1)"), ..recipe() },
        Recipe { augment: augmented("scale, cutout"), defense: pgd.into(), ..recipe() },
    ] {
        let data = digits(IMAGES);
        let mut model = classifier(3);
        let mut training = session(&mut model, &data, &recipe).unwrap();
        let losses = go(&mut training, 8);
        training.learner.current();
        let whole = (bits(&model.net), losses);
        resumes(
            classifier,
            |m| bits(&m.net),
            |m, at| {
                let mut training = session(m, &data, &recipe).unwrap();
                go(&mut training, at);
                training.state()
            },
            |m, state| {
                let mut training = session(m, &data, &recipe).unwrap();
                training.restore(state).unwrap();
                let losses = go(&mut training, 8);
                training.learner.current();
                losses
            },
            whole,
        );
    }
}

#[test]
fn an_autoencoder_goes_on_from_any_step() {
    let make = |seed| {
        let (spec, encoder) = ArticleAutoencoder::default().spec();
        Autoencoder::new(spec, encoder, Key::new(seed)).unwrap()
    };
    let (data, mut whole) = (digits(IMAGES), make(3));
    let mut training = autoencoder_session(&mut whole, &data, &recipe()).unwrap();
    let losses = go(&mut training, 8);
    training.learner.current();
    let mut fitted = make(3);
    fit_autoencoder(&mut fitted, &data, &recipe()).unwrap();
    assert_eq!(bits(&fitted.net), bits(&whole.net));
    resumes(
        make,
        |m| bits(&m.net),
        |m, at| {
            let mut training = autoencoder_session(m, &data, &recipe()).unwrap();
            go(&mut training, at);
            training.state()
        },
        |m, state| {
            let mut training = autoencoder_session(m, &data, &recipe()).unwrap();
            training.restore(state).unwrap();
            let losses = go(&mut training, 8);
            training.learner.current();
            losses
        },
        (bits(&whole.net), losses),
    );
}

/// Steps of two epochs over 88 images in batches of 20, the last left out.
fn gan_goes_on(spec: &GanSpec, recipe: &GanRecipe) {
    let make = |seed| Gan::new(spec.clone(), (0.0, 1.0), Key::new(seed)).unwrap();
    let numbers = |m: &Gan| [bits(&m.generator), bits(&m.discriminator)].concat();
    let (data, mut whole) = (digits(88), make(3));
    let mut training = gan_session(&mut whole, &data, recipe).unwrap();
    assert_eq!(training.steps(), 8);
    let losses = go(&mut training, 8);
    training.learner.current();
    let mut fitted = make(3);
    fit_gan(&mut fitted, &data, recipe, &mut Quiet).unwrap();
    assert_eq!(numbers(&fitted), numbers(&whole));
    resumes(
        make,
        numbers,
        |m, at| {
            let mut training = gan_session(m, &data, recipe).unwrap();
            go(&mut training, at);
            training.state()
        },
        |m, state| {
            let mut training = gan_session(m, &data, recipe).unwrap();
            training.restore(state).unwrap();
            let losses = go(&mut training, 8);
            training.learner.current();
            losses
        },
        (numbers(&whole), losses),
    );
}

#[test]
fn a_gan_goes_on_from_any_step() {
    gan_goes_on(&ArticleGan::default().spec(), &gan_recipe());
}

fn gan_recipe() -> GanRecipe {
    GanRecipe { epochs: 2, batch: 20, ..GanRecipe::default() }
}

/// Each network by a rule and rate of its own, a schedule, transformations, a group, and an average of the generator.
fn rich_gan_recipe() -> GanRecipe {
    GanRecipe {
        rule: "optimistic-adam(beta1=0.5)".parse().unwrap(),
        d_rule: Some("rmsprop".parse().unwrap()),
        d_lr: Some(1e-3),
        schedule: "cosine".parse().unwrap(),
        transforms: ["clip-norm(max=0.5)", "lookahead(k=3)"].map(|t| t.parse().unwrap()).to_vec(),
        groups: vec!["bias(lr=2)".parse().unwrap()],
        ema: Some(Ema { half_life: 0.3 }),
        ..gan_recipe()
    }
}

#[test]
fn a_gan_with_batch_normalisation_goes_on_from_any_step() {
    let act = |name: &str| layers::activation(&name.parse().unwrap());
    let generator = vec![
        layers::flatten(),
        layers::linear(12, 4 * 49),
        layers::reshape(&[4, 7, 7]),
        layers::batch_norm(4),
        act("relu"),
        layers::conv_transpose2d(4, 3, 4, 2, 1),
        layers::batch_norm(3),
        act("relu"),
        layers::conv_transpose2d(3, 1, 4, 2, 1),
        act("sigmoid"),
    ];
    let discriminator = vec![
        layers::conv2d(1, 4, 4, 2, 1),
        layers::batch_norm(4),
        act("leaky_relu"),
        layers::flatten(),
        layers::dropout(0.2),
        layers::linear(4 * 196, 1),
    ];
    let spec = GanSpec {
        generator: Graph::chain([1, 1, 12], generator),
        discriminator: Graph::chain([1, 28, 28], discriminator),
        form: GanForm::default(),
    };
    gan_goes_on(&spec, &rich_gan_recipe());
}

#[test]
fn a_state_of_another_training_is_refused_and_changes_nothing() {
    let data = digits(IMAGES);
    let mut other = ClassifierNet::new(
        Graph::chain([1, 28, 28], vec![layers::flatten(), layers::linear(784, 10)]),
        Key::new(1),
    )
    .unwrap();
    let mut longer = Recipe { epochs: 5, ..recipe() };
    longer.average = None;
    let (foreign, late) = {
        let mut training = session(&mut other, &data, &longer).unwrap();
        let foreign = training.state();
        go(&mut training, 9);
        (foreign, training.state())
    };
    let plain = Recipe { average: None, ..recipe() };
    let unaveraged = session(&mut classifier(5), &data, &plain).unwrap().state();
    let mut model = classifier(3);
    let before = bits(&model.net);
    let mut training = session(&mut model, &data, &recipe()).unwrap();
    for (state, part) in
        [(foreign, "another network"), (late, "9 steps of 8"), (unaveraged, "an average of the weights")]
    {
        let e: TrainError = training.restore(&state).unwrap_err();
        assert!(e.to_string().contains(part), "{e}");
        assert_eq!(training.steps_done(), 0);
    }
    drop(training);
    assert_eq!(bits(&model.net), before);
}

#[test]
fn a_refused_discriminator_leaves_the_generator_alone() {
    let (data, recipe) = (digits(88), gan_recipe());
    let make = |seed| Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(seed)).unwrap();
    let (mut other, mut model) = (make(4), make(3));
    let mut state = gan_session(&mut other, &data, &recipe).unwrap().state();
    let (_, weights, engine) = state.learner.networks[0].clone();
    state.learner.networks[1] = ("discriminator".into(), weights, engine);
    let before = bits(&model.generator);
    let mut training = gan_session(&mut model, &data, &recipe).unwrap();
    let e = training.restore(&state).unwrap_err().to_string();
    assert!(e.contains("another network"), "{e}");
    training.learner.current();
    assert_eq!(bits(&model.generator), before);
}

#[test]
fn a_last_batch_of_one_example_is_refused_where_statistics_need_two() {
    let flat = |norm: bool| {
        let mut all = vec![layers::flatten(), layers::linear(784, 6)];
        if norm {
            all.push(layers::batch_norm(6));
        }
        ClassifierNet::new(Graph::chain([1, 28, 28], all), Key::new(1)).unwrap()
    };
    let few = |n| {
        let data = digits(n);
        Split::new(sparring_datasets::Pixels::F32(data.all().x.into()), [1, 28, 28], vec![0; n]).unwrap()
    };
    let recipe = |batch| Recipe { epochs: 1, batch, ..Recipe::default() };
    let mut model = flat(true);
    let before = bits(&model.net);
    let e = fit(&mut model, &few(33), &recipe(32)).unwrap_err().to_string();
    for part in [
        "33 examples in batches of 32",
        "a batch of 1 example",
        "layer 2 (batch_norm)",
        "at least 2",
        "batch size",
    ] {
        assert!(e.contains(part), "{part}: {e}");
    }
    assert_eq!(bits(&model.net), before);
    fit(&mut model, &few(34), &recipe(32)).unwrap();
    fit(&mut model, &few(33), &recipe(33)).unwrap();
    fit(&mut flat(false), &few(33), &recipe(32)).unwrap();
    // Of an image its pixels make the statistics.
    fit(&mut classifier(1), &few(33), &recipe(32)).unwrap();
}
