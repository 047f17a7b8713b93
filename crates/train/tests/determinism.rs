//! The same seed gives the same bits with 1, 2 and 7 threads: trainings of all three kinds, attacks in batches of any size.

use rayon::ThreadPoolBuilder;
use sparring_attacks::{
    AnyAttack, EvaluateOptions, Ffgsm, Fgsm, Goal, KeepExamples, Pgd, Rfgsm, Threat, evaluate_with,
    perturb_chunked,
};
use sparring_datasets::{Mnist, Split};
use sparring_math::named::Family as _;
use sparring_models::{
    AdvGanNets, ArticleAutoencoder, ArticleGan, Autoencoder, ClassifierNet, ConvVqVae, FgsmRs, Gan, MlpVae,
    Vae, VqVae,
};
use sparring_nn::{Graph, Network, layers};
use sparring_oracle::Batch;
use sparring_seed::Key;
use sparring_tensor::team;
use sparring_train::{
    AdvGan, AdvGanRecipe, AnyDefense, AnyVariant, GanRecipe, Quiet, Recipe, VaeRecipe, VqVaeRecipe, defenses,
    fit, fit_adv_gan, fit_autoencoder, fit_gan, fit_vae, fit_vq_vae,
};
use std::sync::OnceLock;

const THREADS: [usize; 3] = [1, 2, 7];

fn on<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| team::with_threads(threads, f))
}

fn bits(net: &Network<f32>) -> Vec<u32> {
    let mut all = Vec::new();
    net.params.iter().for_each(|p| all.extend(p.value.as_slice().iter().map(|v| v.to_bits())));
    assert!(all.iter().all(|b| f32::from_bits(*b).is_finite()));
    all
}

/// `train` with each number of threads, and with another seed, which must not give the same.
fn same_bits(what: &str, train: impl Fn(u64) -> Vec<u32> + Sync) {
    let first = on(THREADS[0], || train(1));
    for threads in &THREADS[1..] {
        let other = on(*threads, || train(1));
        let differ = first.iter().zip(&other).filter(|(a, b)| a != b).count();
        assert!(
            first.len() == other.len() && differ == 0,
            "{what}: {differ} numbers differ on {threads} threads"
        );
    }
    assert_ne!(on(2, || train(2)), first, "{what}: the seed does nothing");
}

fn digits(n: usize) -> Split {
    Mnist::embedded().train.first(n)
}

/// With dropout, on tapes; without, by a plan.
fn classifier(defense: impl Into<AnyDefense>, n: usize, dropout: Option<f64>) -> impl Fn(u64) -> Vec<u32> {
    let defense = defense.into();
    move |seed| {
        let mut spec = FgsmRs::default().spec();
        // Dropout draws random numbers in every step; 300 examples leave a last batch and a last part that are not full.
        if let Some(p) = dropout {
            let mut all: Vec<_> = spec.layers().cloned().collect();
            all.insert(7, layers::dropout(p));
            spec = Graph::chain(spec.input, all);
        }
        let mut net = ClassifierNet::new(spec, Key::new(3)).unwrap();
        let recipe = Recipe { epochs: 2, batch: 128, defense, seed, ..Recipe::default() };
        fit(&mut net, &digits(n), &recipe).unwrap();
        bits(&net.net)
    }
}

#[test]
fn classifier_clean() {
    for dropout in [None, Some(0.2)] {
        same_bits("clean", classifier(AnyDefense::default(), 300, dropout));
    }
}

#[test]
fn classifier_fgsm_rs() {
    same_bits("fgsm-rs on tapes", classifier(defenses::FgsmRsTraining::new(0.3), 300, Some(0.2)));
    let free = defenses::FreeTraining { replays: 2, ..Default::default() };
    same_bits("free", classifier(free, 300, Some(0.2)));
    same_bits("fgsm-rs", classifier(defenses::FgsmRsTraining::new(0.3), 300, None));
}

#[test]
fn classifier_n_fgsm() {
    let grown = AnyDefense::from(defenses::NFgsm { eps: 0.3, noise: 2.0, step_size: 0.3, warm_up: 0.0 });
    same_bits("n-fgsm on tapes", classifier(grown, 150, Some(0.2)));
    same_bits("n-fgsm", classifier(grown, 150, None));
}

#[test]
fn classifier_pgd() {
    let pgd = AnyDefense::from(defenses::PgdTraining {
        eps: 0.3,
        steps: 3,
        step_size: 0.2,
        warm_up: 0.3,
        ..Default::default()
    });
    same_bits("pgd on tapes", classifier(pgd, 150, Some(0.2)));
    same_bits("pgd", classifier(pgd, 150, None));
}

#[test]
fn autoencoder() {
    // Batches of 50 are one part, so that the kernels themselves see all threads; 200 are four.
    for batch in [50, 200] {
        same_bits("autoencoder", |seed| {
            let (spec, encoder) = ArticleAutoencoder::default().spec();
            let mut model = Autoencoder::new(spec, encoder, Key::new(3)).unwrap();
            let recipe = Recipe { epochs: 2, batch, seed, ..Recipe::default() };
            fit_autoencoder(&mut model, &digits(430), &recipe).unwrap();
            bits(&model.net)
        });
    }
}

#[test]
fn variants_of_the_autoencoder() {
    for variant in AnyVariant::TABLE.at_defaults() {
        same_bits(variant.name(), |seed| {
            let code = "sigmoid".parse().unwrap();
            let (spec, encoder) = ArticleAutoencoder { code, ..ArticleAutoencoder::default() }.spec();
            let mut model = Autoencoder::new(spec, encoder, Key::new(3)).unwrap();
            let recipe = Recipe { epochs: 2, batch: 100, seed, variant, ..Recipe::default() };
            fit_autoencoder(&mut model, &digits(150), &recipe).unwrap();
            bits(&model.net)
        });
    }
}

#[test]
fn vae() {
    for batch in [50, 200] {
        same_bits("vae", |seed| {
            let mut model = Vae::new(MlpVae::default().spec(), Key::new(3)).unwrap();
            let recipe = VaeRecipe { epochs: 2, batch, seed, free_bits: 0.01, ..VaeRecipe::default() };
            fit_vae(&mut model, &digits(430), &recipe, &mut Quiet).unwrap();
            [bits(&model.encoder), bits(&model.decoder)].concat()
        });
    }
}

#[test]
fn vq_vae() {
    for batch in [50, 200] {
        same_bits("vq-vae", |seed| {
            let mut model = VqVae::new(ConvVqVae::default().spec(), Key::new(3)).unwrap();
            let recipe = VqVaeRecipe { epochs: 2, batch, seed, ..VqVaeRecipe::default() };
            fit_vq_vae(&mut model, &digits(430), &recipe, &mut Quiet).unwrap();
            [bits(&model.encoder), bits(&model.decoder), bits(&model.codebook)].concat()
        });
    }
}

#[test]
fn adv_gan() {
    let target = ClassifierNet::new(FgsmRs::default().spec(), Key::new(4)).unwrap();
    for batch in [50, 200] {
        same_bits("advgan", |seed| {
            let spec = AdvGanNets { width: 4, ..AdvGanNets::default() }.spec();
            let threat = Threat::linf(0.3).unwrap();
            let mut model = AdvGan::new(spec, threat, Key::new(3)).unwrap();
            let recipe = AdvGanRecipe { epochs: 2, batch, seed, ..AdvGanRecipe::default() };
            fit_adv_gan(&mut model, &target.victim(), &digits(250), &recipe, &mut Quiet).unwrap();
            [bits(&model.generator), bits(&model.discriminator)].concat()
        });
    }
}

#[test]
fn gan() {
    same_bits("gan", |seed| {
        let mut model = Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(3)).unwrap();
        let recipe = GanRecipe { epochs: 2, batch: 96, seed, ..GanRecipe::default() };
        fit_gan(&mut model, &digits(400), &recipe, &mut Quiet).unwrap();
        [bits(&model.generator), bits(&model.discriminator)].concat()
    });
}

/// Trained enough that its gradients mean something; once for both tests below.
fn victim() -> &'static ClassifierNet {
    static ONCE: OnceLock<ClassifierNet> = OnceLock::new();
    ONCE.get_or_init(|| {
        let mut net = ClassifierNet::new(FgsmRs::default().spec(), Key::new(3)).unwrap();
        let recipe = Recipe { epochs: 3, batch: 64, lr: 3e-3, ..Recipe::default() };
        fit(&mut net, &digits(2000), &recipe).unwrap();
        net
    })
}

#[test]
fn evaluations_in_batches_of_1_32_and_1000() {
    let (net, test) = (victim(), Mnist::embedded().test.first(1000).all());
    let x = Batch::new(&test.x, test.shape, &test.ids).unwrap();
    let pgd = |steps, restarts| AnyAttack::from(Pgd { steps, restarts, ..Pgd::default() });
    let linf = vec![Fgsm::default().into(), Ffgsm::default().into(), pgd(3, 2)];
    let l2 = vec![Rfgsm::default().into(), pgd(2, 1)];
    for (suite, threat) in [(linf, Threat::linf(0.1).unwrap()), (l2, Threat::l2(1.5).unwrap())] {
        let run = |batch, threads| {
            on(threads, || {
                let options =
                    EvaluateOptions { batch, keep: KeepExamples::Adversarials, ..EvaluateOptions::default() };
                let key = Key::new(7);
                let report =
                    evaluate_with(&net.victim(), x, &test.labels, &suite, &threat, key, &options, &|_| ());
                let report = report.unwrap();
                let kept = report.adversarials.as_ref().unwrap();
                let bits: Vec<u32> = kept.x_adv.iter().map(|v| v.to_bits()).collect();
                let attacks: Vec<_> = report.attacks.iter().map(|a| a.fooled.clone()).collect();
                let work: Vec<_> = report.attacks.iter().map(|a| (a.forwards, a.backwards)).collect();
                assert!(report.clean > 0.8, "the net is trained: {}", report.clean);
                assert!(report.robust_accuracy < report.clean - 0.05, "some attack succeeds: {report}");
                (bits, kept.predictions.clone(), attacks, work, report.predictions)
            })
        };
        let first = run(1000, 1);
        for (batch, threads) in [(1000, 7), (32, 2), (32, 7), (1, 1), (1, 2)] {
            let other = run(batch, threads);
            let differ = first.0.iter().zip(&other.0).filter(|(a, b)| a != b).count();
            assert_eq!(differ, 0, "{threat}, batch {batch}, {threads} threads: pixels differ");
            assert!(first == other, "{threat}, batch {batch}, {threads} threads: verdicts or counts differ");
        }
    }
}

#[test]
fn proposals_in_chunks_of_1_32_and_1000() {
    // Every example is attacked here, and none leaves early: gradients of whole batches, step after step.
    let (net, test) = (victim(), Mnist::embedded().test.first(500).all());
    let x = Batch::new(&test.x, test.shape, &test.ids).unwrap();
    let pgd = Pgd { steps: 4, stop: sparring_attacks::Stop::Never, ..Pgd::default() };
    let threat = Threat::linf(0.3).unwrap();
    let run = |chunk, threads| {
        on(threads, || {
            let mut out = vec![0.0; x.data().len()];
            let goal = Goal::Untargeted(&test.labels);
            perturb_chunked(&pgd, &net.victim(), x, goal, &threat, Key::new(5), &mut out, chunk).unwrap();
            out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        })
    };
    let first = run(1000, 1);
    assert_ne!(first, test.x.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
    for (chunk, threads) in [(1000, 2), (1000, 7), (32, 7), (1, 2)] {
        assert!(run(chunk, threads) == first, "chunks of {chunk} on {threads} threads");
    }
}
