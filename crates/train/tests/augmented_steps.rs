//! Augmented, mixed and accumulated steps, and the statistics of averaged weights, against the same by hand.

use sparring_autograd::Tape;
use sparring_datasets::augment::AnyAugmentation;
use sparring_datasets::{Batches, Last, MiniBatch, Mnist, Order, Split, synthetic};
use sparring_losses::LabelSmoothing;
use sparring_models::{ArticleAutoencoder, Autoencoder, ClassifierNet};
use sparring_nn::{Cx, Graph, Network, layers};
use sparring_optim::{Ema, Sgd};
use sparring_seed::Key;
use sparring_tensor::Array;
use sparring_train::{
    Classification, Current, MixedLabels, Quiet, Recipe, autoencoder_session, defenses, fit, session,
};

const N: usize = 24;

fn digits(n: usize) -> Split {
    Mnist::embedded().train.first(n)
}

fn chain(all: &[&str]) -> Vec<AnyAugmentation> {
    all.iter().map(|one| one.parse().unwrap()).collect()
}

fn graph(norm: bool) -> Graph {
    let act = || layers::activation(&"silu".parse().unwrap());
    let mut all = vec![layers::conv2d(1, 4, 4, 2, 1)];
    all.extend(norm.then(|| layers::batch_norm(4)));
    all.extend([act(), layers::flatten(), layers::linear(784, 10)]);
    Graph::chain([1, 28, 28], all)
}

fn classifier(norm: bool) -> ClassifierNet {
    ClassifierNet::new(graph(norm), Key::new(3)).unwrap()
}

fn numbers(net: &Network<f32>) -> Vec<f32> {
    net.params.iter().flat_map(|p| p.value.as_slice().to_vec()).collect()
}

fn sgd() -> Recipe {
    Recipe { rule: Sgd::default().into(), lr: 0.1, epochs: 1, batch: N, ..Recipe::default() }
}

#[track_caller]
fn near(what: &str, a: &[f32], b: &[f32], far: f32) {
    assert_eq!(a.len(), b.len(), "{what}");
    let most = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(most <= far, "{what}: {most}");
}

/// One step by hand on a tape: the images of the epoch, mixed with a permutation of the batch, and the gradient of share · CE(y) + (1 − share) · CE(other).
#[test]
fn a_mixed_step_is_that_of_the_paper_on_augmented_images() {
    let data = digits(N);
    for (last, smoothing) in [("mixup(alpha=1)", 0.0), ("cutmix", 0.2)] {
        let augment = chain(&["rotate", "shift", last]);
        let recipe = Recipe { augment: augment.clone(), label_smoothing: smoothing, ..sgd() };
        let mut model = classifier(false);
        let mut by_hand = model.net.clone();
        let mut training = session(&mut model, &data, &recipe).unwrap();
        let loss = training.step().unwrap().unwrap().loss;
        training.learner.current();

        let key = Key::new(recipe.seed);
        let mut batches = Batches::new(&data, N, key, 1, Order::Shuffled, Last::Keep).augmented(&augment);
        let batch = batches.next().unwrap();
        let mut rng = key.named("step").child(1).named("mix").rng(0);
        let mix = augment[2].mix([1, 28, 28], &mut rng).unwrap();
        let mut order: Vec<usize> = (0..N).collect();
        rng.shuffle(&mut order);
        let mut x = batch.x.clone();
        for (i, to) in x.chunks_exact_mut(784).enumerate() {
            mix.apply([1, 28, 28], to, &batch.x[784 * order[i]..784 * (order[i] + 1)]);
        }
        assert!(mix.share > 0.05 && mix.share < 0.95, "a case that says something: {mix:?}");
        let others: Vec<usize> = order.iter().map(|&j| batch.labels[j]).collect();
        let mixed = Some(MixedLabels { others: &others, share: mix.share });
        let objective =
            Classification { labels: &batch.labels, smoothing: LabelSmoothing { smoothing }, mixed };
        let tape = Tape::new();
        let cx = Cx::train(&tape, Key::new(0), &[]);
        let x = tape.constant(Array::from_slice([N, 1, 28, 28], &x));
        let (want, _) = by_hand.loss(&cx, x, &objective);
        assert!((f64::from(want.item()) - loss).abs() < 1e-5, "{last}: {loss}");
        let grads = tape.backward(want, Array::scalar(1.0));
        for p in &mut by_hand.params {
            let g = grads.param(p.id()).unwrap().clone();
            p.value.as_mut_slice().iter_mut().zip(g.as_slice()).for_each(|(w, g)| *w -= 0.1 * g);
        }
        near(last, &numbers(&model.net), &numbers(&by_hand), 2e-6);
    }
}

/// The micro-batches of a step are the batch of all of them, in plain and defended steps, and in the last step, where the last micro-batch is smaller.
#[test]
fn micro_batches_add_up_to_the_whole_batch() {
    let data = digits(58);
    let pgd = defenses::PgdTraining { steps: 2, step_size: 0.1, ..Default::default() };
    let trades = defenses::TradesTraining { steps: 2, ..Default::default() };
    let free = defenses::FreeTraining { replays: 2, ..Default::default() };
    let plain = || Recipe { augment: chain(&["shift"]), ..sgd() };
    for recipe in [
        plain(),
        Recipe { augment: chain(&["mixup(alpha=1)"]), label_smoothing: 0.1, ..sgd() },
        Recipe { defense: pgd.into(), displacement: "awp(gamma=0.05)".parse().ok(), ..plain() },
        Recipe { defense: trades.into(), displacement: "sam(rho=0.1)".parse().ok(), ..plain() },
        Recipe { defense: free.into(), ..plain() },
        Recipe { defense: defenses::GradAlign::new(0.1).into(), ..plain() },
        Recipe {
            displacement: "sam(rho=0.1)".parse().ok(),
            transforms: vec!["clip-norm(max=0.5)".parse().unwrap()],
            ..plain()
        },
    ] {
        let train = |batch, accumulate| {
            let mut model = classifier(false);
            let recipe = Recipe { batch, accumulate, ..recipe.clone() };
            let done = fit(&mut model, &data, &recipe).unwrap();
            let epoch = &done.epochs[0];
            (numbers(&model.net), [epoch.train_loss as f32, epoch.train_accuracy.unwrap() as f32])
        };
        let (whole, report) = train(24, 1);
        let start = numbers(&classifier(false).net);
        assert!(start.iter().zip(&whole).any(|(a, b)| (a - b).abs() > 1e-3), "a training that moves");
        for (batch, accumulate) in [(8, 3), (12, 2), (1, 24)] {
            let (parts, their) = train(batch, accumulate);
            let what = format!("{} in {accumulate} of {batch}", recipe.defense);
            near(&what, &parts, &whole, 3e-5);
            near(&what, &their, &report, 1e-5);
        }
    }
}

/// The statistics of averaged weights are the mean over batches of what the averaged network sees; the training itself goes on as without an average.
#[test]
fn statistics_of_an_average_are_those_of_its_weights() {
    let data = digits(96);
    let augment = chain(&["rotate"]);
    for average in ["ema(half_life=0.3)", "swa(start=0.3)"] {
        let train = |average: Option<&str>, look: bool| {
            let mut model = classifier(true);
            let average = average.map(|text| text.parse().unwrap());
            let recipe = Recipe { average, epochs: 2, augment: augment.clone(), ..sgd() };
            let mut training = session(&mut model, &data, &recipe).unwrap();
            while training.step().unwrap().is_some() {
                if look {
                    training.learner.current();
                }
            }
            let own = training.state().learner.networks[0].1.clone();
            training.learner.current();
            let own: Vec<f32> = own.iter().flat_map(|p| p.value.as_slice().to_vec()).collect();
            (own, model.net)
        };
        let (plain, _) = train(None, false);
        for look in [false, true] {
            let (own, kept) = train(Some(average), look);
            assert_eq!(own, plain, "{average}: own weights and statistics, looked at: {look}");
            let mut sums = [[0.0; 4]; 2];
            let key = Key::new(sgd().seed).named("statistics");
            let batches = Batches::new(&data, N, key, 0, Order::Sequential, Last::Drop).augmented(&augment);
            for batch in batches {
                let tape = Tape::new();
                let x = tape.constant(Array::from_slice([N, 1, 28, 28], &batch.x));
                let y = kept.forward_to(&Cx::train(&tape, Key::new(0), &[]), x, 1).value();
                for c in 0..4 {
                    let all = y.as_slice().chunks_exact(196).skip(c).step_by(4).flatten();
                    let all: Vec<f64> = all.map(|&v| f64::from(v)).collect();
                    let mean = all.iter().sum::<f64>() / all.len() as f64;
                    sums[0][c] += mean / 4.0;
                    let squares: f64 = all.iter().map(|v| (v - mean).powi(2)).sum();
                    sums[1][c] += squares / (all.len() - 1) as f64 / 4.0;
                }
            }
            for (name, want) in [("1.running_mean", sums[0]), ("1.running_var", sums[1])] {
                let got = kept.params.get(name).unwrap().value.as_slice();
                near(name, got, &want.map(|v| v as f32), 1e-5);
            }
        }
    }
}

/// Under a defence they are those of adversarial examples of the averaged weights.
#[test]
fn statistics_under_a_defence_are_of_adversarial_examples() {
    let data = digits(48);
    let running = |defense: &str| {
        let mut model = classifier(true);
        let average = Some(Ema { half_life: 1.0 }.into());
        let recipe = Recipe { average, lr: 1e-9, defense: defense.parse().unwrap(), ..sgd() };
        session(&mut model, &data, &recipe).unwrap().run(&mut Quiet).unwrap();
        model.net.params.get("1.running_var").unwrap().value.as_slice().to_vec()
    };
    let [clean, attacked, paired] = ["none", "pgd(steps=2, warm_up=0)", "trades(steps=2)"].map(running);
    let apart = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs() / b).fold(0.0, f32::max);
    assert!(apart(&attacked, &clean) > 0.02, "{attacked:?} {clean:?}");
    // Half of the batches of TRADES are clean.
    assert!(apart(&paired, &clean) > 0.01 && apart(&paired, &attacked) > 0.01, "{paired:?}");
}

#[test]
fn what_cannot_be_augmented_or_mixed_is_refused() {
    let points = synthetic::moons(40, 0.1, Key::new(1));
    let flat = Graph::chain([1, 1, 2], vec![layers::flatten(), layers::linear(2, 2)]);
    let mut model = ClassifierNet::new(flat, Key::new(1)).unwrap();
    let recipe = Recipe { augment: chain(&["shift"]), ..Recipe::default() };
    let e = fit(&mut model, &points, &recipe).unwrap_err().to_string();
    assert_eq!(
        e,
        "augmentation shift: examples of shape [1, 1, 2] (channels, height, width) are no images: leave the augmentations out"
    );

    let (spec, encoder) = ArticleAutoencoder::default().spec();
    let mut model = Autoencoder::new(spec, encoder, Key::new(1)).unwrap();
    let recipe = |all: &[&str]| Recipe { augment: chain(all), epochs: 1, ..Recipe::default() };
    let e = autoencoder_session(&mut model, &digits(10), &recipe(&["mixup"])).err().unwrap().to_string();
    assert!(e.contains("augment is mixup") && e.contains("an autoencoder"), "{e}");
    assert!(autoencoder_session(&mut model, &digits(10), &recipe(&["rotate"])).unwrap().step().is_ok());

    let e = fit(&mut classifier(false), &digits(10), &recipe(&["cutmix", "shift"])).unwrap_err().to_string();
    assert!(e.contains("cutmix: it mixes finished images"), "{e}");
    let none = Recipe { accumulate: 0, ..Recipe::default() }.validate().unwrap_err().to_string();
    assert_eq!(none, "accumulate is 0, but must be at least 1");
}

/// Images of an epoch are as the set's batches give them, whatever is trained on them.
#[test]
fn epochs_differ_and_seeds_differ() {
    let data = digits(N);
    let images = |seed, epoch| {
        let key = Key::new(seed);
        let mut batches =
            Batches::new(&data, N, key, epoch, Order::Sequential, Last::Keep).augmented(&chain(&["elastic"]));
        let mut out = MiniBatch::default();
        assert!(batches.fill(&mut out));
        out.x
    };
    let one = images(1, 1);
    assert!(one == images(1, 1) && one != images(1, 2) && one != images(2, 1));
}
