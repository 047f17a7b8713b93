//! AdvGAN on digits: it fools, and not by the size of its change.

use sparring_attacks::{
    Attack as _, Counting, EvaluateOptions, Goal, Report, Threat, UniformNoise, evaluate, evaluate_with,
    predicted,
};
use sparring_datasets::{Mnist, Split};
use sparring_models::{AdvGanNets, ClassifierNet, Mlp};
use sparring_oracle::{Batch, Bounds, Classifier, OracleError};
use sparring_seed::Key;
use sparring_train::{AdvGan, AdvGanRecipe, Quiet, Recipe, fit, fit_adv_gan};

/// A model that has no gradients.
struct NoGradient<'m>(&'m ClassifierNet);

impl Classifier for NoGradient<'_> {
    fn shape(&self) -> [usize; 3] {
        [1, 28, 28]
    }
    fn classes(&self) -> usize {
        10
    }
    fn bounds(&self) -> Bounds {
        Bounds::UNIT
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.0.victim().logits(x, out)
    }
}

fn trained(train: &Split, seed: u64) -> ClassifierNet {
    let mut net = ClassifierNet::new(Mlp::default().spec(), Key::new(seed)).unwrap();
    fit(&mut net, train, &Recipe { epochs: 4, batch: 32, seed, ..Recipe::default() }).unwrap();
    net
}

#[test]
fn digits_are_fooled_and_not_by_the_size_of_the_change() {
    let data = Mnist::embedded();
    let (train, test) = (data.train.first(2000), data.test.first(400).all());
    let x = Batch::new(&test.x, test.shape, &test.ids).unwrap();
    let (net, other) = (trained(&train, 1), trained(&train, 2));
    let threat = Threat::linf(0.3).unwrap();
    let recipe = AdvGanRecipe { epochs: 6, batch: 32, ..AdvGanRecipe::default() };
    let mut model = AdvGan::new(AdvGanNets::default().spec(), threat, Key::new(3)).unwrap();
    let done = fit_adv_gan(&mut model, &net.victim(), &train, &recipe, &mut Quiet).unwrap();
    let last = done.epochs.last().unwrap();
    assert!(last.fooled > 0.8 && done.epochs[0].fooled < last.fooled, "{last:?}");
    let by_generator =
        evaluate(&net.victim(), x, &test.labels, &[model.attack()], &threat, Key::new(7)).unwrap();
    let result = &by_generator.attacks[0];
    assert_eq!((result.attack.as_str(), result.forwards, result.backwards), ("advgan", 0, 0));
    assert_eq!(result.refused.total(), 0);
    let noise = UniformNoise { samples: 1, ..UniformNoise::default() };
    let by_noise = evaluate(&net.victim(), x, &test.labels, &[noise], &threat, Key::new(7)).unwrap();
    let robust = |r: &Report| r.robust_accuracy;
    assert!(by_generator.clean > 0.85, "{by_generator}");
    assert!(robust(&by_generator) < 0.2 && robust(&by_noise) > 0.6, "{by_generator}\n{by_noise}");
    // A model that was never asked for a gradient: the attack transfers.
    let black = NoGradient(&other);
    let transferred = evaluate(&black, x, &test.labels, &[model.attack()], &threat, Key::new(7)).unwrap();
    assert!(robust(&transferred) < robust(&by_noise) - 0.1, "{transferred}\n{by_noise}");
    // Threads and chunks change nothing.
    let options = |batch| EvaluateOptions { batch, ..Default::default() };
    let in_chunks = |batch| {
        let all = [model.attack()];
        let report = evaluate_with(
            &net.victim(),
            x,
            &test.labels,
            &all,
            &threat,
            Key::new(7),
            &options(batch),
            &|_| (),
        );
        report.unwrap().attacks[0].fooled.clone()
    };
    assert!(in_chunks(1) == result.fooled && in_chunks(400) == result.fooled);
    let counted = Counting::new(&black);
    let mut out = vec![0.0; x.data().len()];
    let goal = Goal::Untargeted(&test.labels);
    model.attack().perturb(&counted, x, goal, &threat, Key::new(1), &mut out).unwrap();
    assert_eq!(counted.counts().forwards, 0);
}

#[test]
fn all_examples_can_be_led_to_one_class() {
    let data = Mnist::embedded();
    let train = data.train.first(1000);
    let net = trained(&train, 1);
    let recipe = AdvGanRecipe { epochs: 6, batch: 32, towards: Some(8), ..AdvGanRecipe::default() };
    let threat = Threat::l2(4.0).unwrap();
    let mut model =
        AdvGan::new(AdvGanNets { width: 4, ..AdvGanNets::default() }.spec(), threat, Key::new(3)).unwrap();
    fit_adv_gan(&mut model, &net.victim(), &train, &recipe, &mut Quiet).unwrap();
    let test = data.test.first(200).all();
    let x = Batch::new(&test.x, test.shape, &test.ids).unwrap();
    let eights = |x: &[f32]| {
        let (mut z, asked) = (vec![0.0; 2000], Batch::new(x, test.shape, &test.ids).unwrap());
        net.victim().logits(asked, &mut z).unwrap();
        z.chunks(10).filter(|z| predicted(z) == 8).count()
    };
    let mut out = vec![0.0; test.x.len()];
    let goal = Goal::Untargeted(&test.labels);
    model.attack().perturb(&net.victim(), x, goal, &threat, Key::new(1), &mut out).unwrap();
    assert!(eights(&test.x) < 40 && eights(&out) > 100, "{} {}", eights(&test.x), eights(&out));
}
