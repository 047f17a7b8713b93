//! Generated examples in a training: which are seen when, and that nothing else changes.

use sparring_datasets::{Mnist, Pixels, Split};
use sparring_models::{Arch, ClassifierNet, Gan, Mlp};
use sparring_nn::Network;
use sparring_seed::Key;
use sparring_tensor::team;
use sparring_train::{
    Fitting, Generated, Quiet, Recipe, Session, Validation, accuracy, defenses, fit, session,
};

fn digits(n: usize) -> Split {
    Mnist::embedded().train.first(n)
}

fn mlp(seed: u64) -> ClassifierNet {
    ClassifierNet::new(Mlp::default().spec(), Key::new(seed)).unwrap()
}

fn bits(net: &Network<f32>) -> Vec<u32> {
    net.params.iter().flat_map(|p| p.value.as_slice().to_vec()).map(f32::to_bits).collect()
}

fn gan(arch: &str) -> Gan {
    Gan::new(arch.parse::<Arch>().unwrap().gan().unwrap(), (0.0, 1.0), Key::new(5)).unwrap()
}

/// Examples of a split as if they had been generated.
fn as_generated(split: &Split, train: &Split, share: f64) -> Generated {
    let all = split.all();
    Generated::of_samples(all.x, &all.labels, train, share).unwrap()
}

#[test]
fn what_a_split_lacks_is_learnt_from_generated_examples() {
    let data = Mnist::embedded();
    let of = |classes: std::ops::Range<usize>, n: usize| {
        let all = data.train.first(n);
        let which: Vec<usize> = (0..all.len()).filter(|&i| classes.contains(&all.label(i))).collect();
        all.subset(&which)
    };
    // Real ones of the classes below 5, "generated" ones of the others: real images, so that the answer is known.
    let (train, others) = (of(0..5, 3000), of(5..10, 3000));
    let recipe = Recipe { epochs: 4, batch: 32, ..Recipe::default() };
    let (mut alone, mut mixed) = (mlp(1), mlp(1));
    let steps = fit(&mut alone, &train, &recipe).unwrap().epochs.len();
    let mut training = session(&mut mixed, &train, &recipe).unwrap();
    let whole = training.steps();
    training = training.mixing(as_generated(&others, &train, 0.5)).unwrap();
    assert_eq!(training.steps(), whole, "epochs are as long as before");
    let done = training.run(&mut Quiet).unwrap();
    assert_eq!(done.epochs.len(), steps);
    drop(training);
    let (without, with) = (accuracy(&alone, &data.test).unwrap(), accuracy(&mixed, &data.test).unwrap());
    assert!(without < 0.6 && with > 0.8, "{without} {with}");
}

#[test]
fn none_of_them_is_no_change_and_other_ones_are_another_training() {
    let (train, recipe) = (digits(200), Recipe { epochs: 2, batch: 32, ..Recipe::default() });
    let trained = |mixed: Option<(u64, f64)>| {
        let mut model = mlp(1);
        let mut training = session(&mut model, &train, &recipe).unwrap();
        if let Some((key, share)) = mixed {
            let gan = gan("gan(conditioning=embedding)");
            let generated = Generated::of_gan(&gan, 90, &train, share, Key::new(key)).unwrap();
            training = training.mixing(generated).unwrap();
        }
        training.run(&mut Quiet).unwrap();
        drop(training);
        bits(&model.net)
    };
    let plain = trained(None);
    assert_eq!(trained(Some((1, 0.0))), plain);
    let half = trained(Some((1, 0.5)));
    assert!(half != plain && half != trained(Some((2, 0.5))) && half != trained(Some((1, 0.25))));
    for threads in [1, 2, 3, 8] {
        assert_eq!(team::with_threads(threads, || trained(Some((1, 0.5)))), half, "{threads} threads");
    }
}

/// A training against PGD with a validation part, which begins.
fn begun<'m, 'd>(
    model: &'m mut ClassifierNet,
    train: &'d Split,
    held: &Split,
    generated: Generated,
) -> Session<'d, Fitting<'m, ClassifierNet>> {
    let defense = defenses::PgdTraining::new(0.2).into();
    let recipe = Recipe { epochs: 2, batch: 32, defense, ..Recipe::default() };
    let training = session(model, train, &recipe).unwrap();
    training.validating(Validation::of(held.clone())).unwrap().mixing(generated).unwrap()
}

#[test]
fn a_training_with_them_goes_on_from_any_step() {
    let (train, held) = digits(110).holdout(30, Key::new(9));
    let gan = gan("gan(conditioning=auxiliary)");
    let drawn = || Generated::of_gan(&gan, 50, &train, 0.4, Key::new(1)).unwrap();
    let mut whole = mlp(1);
    let mut training = begun(&mut whole, &train, &held, drawn());
    let epochs = training.run(&mut Quiet).unwrap().epochs;
    drop(training);
    assert!(epochs.iter().all(|e| e.validation.is_some()));
    for at in 0..=6 {
        let mut first = mlp(1);
        let mut training = begun(&mut first, &train, &held, drawn());
        for _ in 0..at {
            training.step().unwrap();
        }
        let state = training.state();
        let mut second = mlp(2);
        let mut training = begun(&mut second, &train, &held, drawn());
        training.restore(&state).unwrap();
        training.run(&mut Quiet).unwrap();
        drop(training);
        assert_eq!(bits(&second.net), bits(&whole.net), "interrupted after step {at}");
    }
    let mut model = mlp(1);
    let mut training = begun(&mut model, &train, &held, drawn());
    training.step().unwrap();
    assert!(training.mixing(drawn()).unwrap_err().to_string().contains("before the first step"));
}

#[test]
fn samples_of_a_gan_have_the_classes_they_are_labelled_with_and_bytes_as_the_images() {
    let (train, gan) = (digits(300), gan("gan(conditioning=embedding)"));
    let of = |n| Generated::of_gan(&gan, n, &train, 0.5, Key::new(3)).unwrap().examples;
    let all = of(300);
    assert_eq!(all.labels(), train.labels(), "the shares of the classes are those of the images");
    let few = of(30);
    assert_eq!(few.labels(), (0..30).map(|i| train.label(10 * i)).collect::<Vec<_>>());
    assert!(matches!(all.pixels(), Pixels::U8(_)));
    for i in [0, 7, 299] {
        let want = gan.generate(gan.noise_of(Key::new(3), &[i as u64], &[train.label(i)]));
        for (got, want) in all.row(i).iter().zip(want.as_slice()) {
            assert!((got - want).abs() <= 0.5 / 255.0 + 1e-6, "{got} {want}");
        }
    }
}

#[test]
fn what_cannot_be_trained_on_is_refused() {
    let (train, recipe) = (digits(100), Recipe { epochs: 1, ..Recipe::default() });
    let told = |g: Result<Generated, sparring_train::TrainError>| g.unwrap_err().to_string();
    let of = |arch: &str, train: &Split, share| Generated::of_gan(&gan(arch), 10, train, share, Key::new(1));
    assert!(told(of("gan", &train, 0.5)).contains("not told the classes"));
    let conditional = "gan(conditioning=embedding)";
    for share in [1.0, -0.1, f64::NAN] {
        assert!(told(of(conditional, &train, share)).contains("at least 0 and below 1"));
    }
    let moons = sparring_datasets::find("moons(n=40)").unwrap().train;
    assert!(told(of(conditional, &moons, 0.5)).contains("[1, 28, 28]"));
    let samples = |x: f32, classes: &[usize]| Generated::of_samples(vec![x; 784], classes, &train, 0.5);
    assert!(told(samples(1.5, &[1])).contains("lie in [0, 1]"));
    assert!(told(samples(f32::NAN, &[1])).contains("NaN"));
    assert!(told(samples(0.5, &[1, 2])).contains("2 labels"));
    assert!(told(Generated::of_samples(Vec::new(), &[], &train, 0.5)).contains("no generated examples"));
    let mut model = mlp(1);
    let eleventh = samples(0.5, &[10]).unwrap();
    let e = session(&mut model, &train, &recipe).unwrap().mixing(eleventh).unwrap_err().to_string();
    assert!(e.contains("10"), "{e}");
    let flat = as_generated(&moons, &moons, 0.5);
    let e = session(&mut model, &train, &recipe).unwrap().mixing(flat).unwrap_err().to_string();
    assert!(e.contains("[1, 1, 2]"), "{e}");
}
