//! Figures of generative models on samples whose worth is known: real images, copies, noise, one image again and again.

use rayon::ThreadPoolBuilder;
use sparring_datasets::{Dataset, Mnist, Pixels, Provenance, Split, find};
use sparring_models::{ArticleGan, Gan, MlpVae, Vae};
use sparring_seed::Key;
use sparring_store::sha256_hex;
use sparring_tensor::team;
use sparring_train::{
    GanScores, GenerativeScores, Judge, JudgeSettings, TrainError, image_scores, samples_wanted,
    scores_of_gan, scores_of_samples, scores_of_vae,
};

fn rows(split: &Split) -> Vec<f32> {
    split.all().x
}

fn noise(n: usize, key: u64) -> Vec<f32> {
    let mut rng = Key::new(key).rng(0);
    (0..n).map(|_| rng.uniform()).collect()
}

/// Enough for figures, few enough for a test.
fn small() -> JudgeSettings {
    JudgeSettings { samples: 600, neighbours: 600, kid_subsets: 8, copies: 100, ..JudgeSettings::default() }
}

fn parts() -> (Split, Split) {
    let data = Mnist::embedded();
    (data.train.range(0..1500), data.test.first(600))
}

fn scores(samples: &[f32]) -> GenerativeScores {
    let (train, test) = parts();
    image_scores(samples, [&train, &test], &small()).unwrap()
}

#[test]
fn the_shipped_judge_is_the_pinned_one_and_reads_digits() {
    let file = Judge::shipped_file();
    assert_eq!(sha256_hex(file), Judge::SHA256);
    assert!(file.len() <= 500_000, "{}", file.len());
    let accuracy = Judge::shipped().accuracy(&Mnist::embedded().test).unwrap().unwrap();
    assert!(accuracy >= 0.992, "{accuracy}");
    // The whole of MNIST, where it is.
    if let Ok(mnist) = find("mnist") {
        let accuracy = Judge::shipped().accuracy(&mnist.test).unwrap().unwrap();
        assert!(accuracy >= 0.992, "{accuracy}");
    }
    let (_, test) = parts();
    let shares = Judge::shipped().class_histogram(&rows(&test)).unwrap();
    for (class, share) in shares.iter().enumerate() {
        let truth = test.labels().iter().filter(|&&l| l == class).count() as f64 / test.len() as f64;
        assert!((share - truth).abs() < 0.01, "{class}: {share}, {truth}");
    }
}

#[test]
fn features_are_those_that_pytorch_computes() {
    let cases: serde_json::Value =
        serde_json::from_str(include_str!("../../../golden/judge/cases.json")).unwrap();
    let numbers = |key: &str| -> Vec<f64> {
        cases[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    };
    let data = Mnist::embedded();
    let found = Judge::shipped().look(&rows(&data.test.first(4))).unwrap();
    let features = numbers("features");
    assert_eq!(features.len(), found.features.len());
    for (got, want) in found.features.iter().zip(&features) {
        assert!((f64::from(*got) - want).abs() < 1e-4, "{got} {want}");
    }
    for (p, z) in found.probabilities.chunks(10).zip(numbers("logits").chunks(10)) {
        let sum: f64 = z.iter().map(|z| z.exp()).sum();
        p.iter().zip(z).for_each(|(p, z)| assert!((f64::from(*p) - z.exp() / sum).abs() < 1e-5));
    }
    // As many of both as are compared: all of them.
    let (train, test) = (data.train.first(600), data.test.first(600));
    let found = image_scores(&rows(&train), [&train, &test], &small()).unwrap();
    let want = cases["frechet"].as_f64().unwrap();
    assert!((found.frechet - want).abs() < 1e-3 * want, "{} {want}", found.frechet);
    assert!((found.frechet_floor - want).abs() < 1e-3 * want, "{} {want}", found.frechet_floor);
}

#[test]
fn real_images_are_as_good_as_the_floor() {
    let unseen = Mnist::embedded().train.range(3000..3600);
    let found = scores(&rows(&unseen));
    assert_eq!((found.samples, found.neighbours, found.searched), (600, 600, 100));
    let near = |what: &str, a: f64, b: f64, by: f64| assert!((a - b).abs() < by, "{what}: {a}, {b}");
    assert!(found.frechet > 0.0 && found.frechet < 2.5 * found.frechet_floor, "{found:?}");
    near("kid", found.kid, 0.0, 4.0 * found.kid_std);
    near("kid floor", found.kid_floor, 0.0, 4.0 * found.kid_std);
    for (what, of, floor) in [
        ("density", found.density, found.density_floor),
        ("coverage", found.coverage, found.coverage_floor),
        ("precision", found.precision, found.precision_floor),
        ("recall", found.recall, found.recall_floor),
    ] {
        near(what, of, 1.0, 0.25);
        near(what, of, floor, 0.1);
    }
    // Above a half: a digit's nearest neighbour is often by the same hand, and no hand is in both parts of MNIST.
    near("two samples", found.two_sample, 0.6, 0.06);
    near("two samples floor", found.two_sample_floor, found.two_sample, 0.06);
    assert!(found.judge_accuracy.unwrap() > 0.98, "{found:?}");
    // NumPy on PyTorch's features of these images and weights: 9.05 and 9.10. Parts of 60 images have not every class as often.
    near("score", found.classifier_score.unwrap(), 9.05, 0.2);
    near("score floor", found.classifier_score_floor.unwrap(), 9.1, 0.2);
    let shares = found.class_histogram.unwrap();
    near("shares", shares.iter().sum(), 1.0, 1e-12);
    assert!(shares.iter().all(|s| (0.05..0.15).contains(s)), "{shares:?}");
    assert!(found.copies < 0.2 && !found.looks_copied(), "{found:?}");
    near("nearest", found.nearest, found.nearest_floor, 1.0);
}

#[test]
fn noise_copies_and_collapse_are_told() {
    let (train, test) = parts();
    let good = scores(&rows(&Mnist::embedded().train.range(3000..3600)));
    let grey = scores(&noise(600 * 784, 1));
    assert!(grey.frechet > 50.0 * good.frechet && grey.kid > 100.0 * good.kid.abs(), "{grey:?}");
    assert!(grey.precision < 0.05 && grey.coverage < 0.05 && grey.two_sample > 0.95, "{grey:?}");
    // Floors are of the real images alone.
    assert_eq!((grey.frechet_floor, grey.kid_floor), (good.frechet_floor, good.kid_floor));
    let copied = scores(&rows(&train.first(600)));
    assert!(copied.copies == 1.0 && copied.nearest == 0.0 && copied.looks_copied(), "{copied:?}");
    assert_eq!(copied.nearest_floor, good.nearest_floor);
    let one = test.row(0).repeat(600);
    let collapsed = scores(&one);
    let shares = collapsed.class_histogram.unwrap();
    assert_eq!(shares[test.label(0)], 1.0, "{shares:?}");
    assert!(collapsed.recall < 0.01 && collapsed.coverage < 0.05, "{collapsed:?}");
    assert!((collapsed.classifier_score.unwrap() - 1.0).abs() < 1e-6, "{collapsed:?}");
    assert!(collapsed.frechet > 20.0 * good.frechet, "{collapsed:?}");
}

#[test]
fn floors_are_symmetric() {
    // As many of both: all of them are taken, whatever they are called.
    let data = Mnist::embedded();
    let (a, b) = (data.train.first(300), data.test.first(300));
    let settings = JudgeSettings { kid_subsets: 1, ..small() };
    let [one, other] = [[&a, &b], [&b, &a]].map(|both| image_scores(&rows(&a), both, &settings).unwrap());
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * a.abs().max(1.0), "{a} {b}");
    // Roots of eigenvalues that are 0 but for rounding.
    assert!((one.frechet_floor - other.frechet_floor).abs() < 1e-4, "{one:?} {other:?}");
    near(one.two_sample_floor, other.two_sample_floor);
    near(one.precision_floor, other.recall_floor);
    near(one.recall_floor, other.precision_floor);
    // Images against themselves.
    assert!(other.frechet.abs() < 1e-4, "{other:?}");
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let (train, test) = parts();
    let gan = Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(3)).unwrap();
    let data = Dataset::new("digits", train, test, 10, Provenance::Unknown).unwrap();
    let found = |threads: usize| {
        ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| {
            team::with_threads(threads, || scores_of_gan(&gan, &data, &small(), Key::new(5)).unwrap())
        })
    };
    let first = found(1);
    for threads in [2, 3, 8] {
        assert_eq!(found(threads), first, "{threads}");
    }
    let other = scores_of_gan(&gan, &data, &small(), Key::new(6)).unwrap();
    assert_ne!(other, first);
    // A generator that was never trained draws noise.
    let GanScores::Images(scores) = first else { panic!("images") };
    assert!(scores.frechet > 20.0 * scores.frechet_floor, "{scores:?}");
    let json = serde_json::to_value(GanScores::Images(scores)).unwrap();
    for key in
        ["frechet", "frechet_floor", "class_histogram", "kid", "precision", "recall", "density", "coverage"]
    {
        assert!(!json[key].is_null(), "{key}: {json}");
    }
    let vae = Vae::new(MlpVae { hidden: 16, latent: 4, ..MlpVae::default() }.spec(), Key::new(1)).unwrap();
    let GanScores::Images(of_vae) = scores_of_vae(&vae, &data, &small(), Key::new(5)).unwrap() else {
        panic!("images")
    };
    assert!(of_vae.samples == 600 && of_vae.two_sample > 0.95, "{of_vae:?}");
}

#[test]
fn images_that_are_no_digits_have_no_histogram() {
    let (train, test) = parts();
    // Digits whose labels say something else, as those of clothes do.
    let relabelled = |split: &Split| {
        let labels: Vec<u8> = split.labels().iter().map(|l| ((l + 1) % 10) as u8).collect();
        Split::new(Pixels::F32(rows(split).into()), Judge::SHAPE, labels).unwrap()
    };
    let (train, test) = (relabelled(&train), relabelled(&test));
    let found = image_scores(&rows(&train), [&train, &test], &small()).unwrap();
    assert!(found.judge_accuracy.unwrap() < 0.1, "{found:?}");
    assert!(found.class_histogram.is_none() && found.classifier_score.is_none());
    assert!(found.frechet >= 0.0 && found.coverage > 0.5);
}

#[test]
fn what_has_no_figures_is_refused_or_said() {
    let (train, test) = parts();
    let refused = |samples: &[f32], settings: &JudgeSettings| -> TrainError {
        image_scores(samples, [&train, &test], settings).unwrap_err()
    };
    let e = refused(&rows(&test.first(64)), &small()).to_string();
    assert!(e.contains("64 samples") && e.contains("too few"), "{e}");
    let mut broken = rows(&test.first(100));
    broken[784 * 70 + 3] = f32::NAN;
    assert!(refused(&broken, &small()).to_string().contains("sample 70 is NaN"));
    let e = refused(&rows(&test), &JudgeSettings { kid_subsets: 0, ..small() }).to_string();
    assert!(e.starts_with("kid_subsets is 0"), "{e}");
    assert!(Judge::shipped().look(&[0.5; 700]).is_err());
    let moons = find("moons").unwrap();
    assert_eq!(samples_wanted(&moons, &small()), 0);
    let GanScores::Unjudged(why) = scores_of_samples(&[], &moons, &small()).unwrap() else {
        panic!("no figures")
    };
    assert!(why.unjudged.contains("[1, 1, 2]"), "{why:?}");
    let few = Dataset::new("digits", train.first(60), test.first(60), 10, Provenance::Unknown).unwrap();
    let GanScores::Unjudged(why) = scores_of_samples(&[], &few, &small()).unwrap() else {
        panic!("no figures")
    };
    assert!(why.unjudged.starts_with("60 real images are too few"), "{why:?}");
    let gan = Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(3)).unwrap();
    let e = scores_of_gan(&gan, &moons, &small(), Key::new(1)).unwrap_err().to_string();
    assert!(e.contains("[1, 28, 28]") && e.contains("[1, 1, 2]"), "{e}");
}
