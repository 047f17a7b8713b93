//! Modes of toy sets and of stacked digits, and what labelled samples teach, on samples whose worth is known.

use sparring_datasets::synthetic::{AnySynthetic, stacked};
use sparring_datasets::{Dataset, Mnist, Pixels, Provenance, Split, find};
use sparring_seed::Key;
use sparring_train::{
    GanScores, Judge, JudgeSettings, labelled_scores, samples_wanted, scores_of_samples, stacked_scores,
    toy_scores,
};

fn rows(split: &Split) -> Vec<f32> {
    split.all().x
}

#[test]
fn modes_of_toy_sets() {
    let data = find("ring-8(n=8000)").unwrap();
    let modes = data.name.parse::<AnySynthetic>().unwrap().modes().unwrap();
    let settings = JudgeSettings::default();
    let found = toy_scores(&rows(&data.train), &modes, &data.test, &settings).unwrap();
    assert_eq!((found.samples, found.modes, found.of), (2500, 8, 8));
    let perfect = 1.0 - (-4.5f64).exp();
    // Five standard errors of 2,500 points.
    let error = 5.0 * (perfect * (1.0 - perfect) / 2500.0).sqrt();
    assert!((found.high_quality - perfect).abs() < error, "{found:?}");
    assert!((found.high_quality_real - perfect).abs() < error, "{found:?}");
    assert!(found.reverse_kl.unwrap() < 1e-3, "{found:?}");
    // Two of the modes, each as often.
    let two: Vec<f32> = (0..1000).flat_map(|i| modes.centres[3 * (i % 2)].map(|c| c as f32)).collect();
    let found = toy_scores(&two, &modes, &data.test, &settings).unwrap();
    assert_eq!((found.samples, found.modes, found.high_quality), (1000, 2, 1.0));
    assert!((found.reverse_kl.unwrap() - 4f64.ln()).abs() < 1e-12, "{found:?}");
    let GanScores::Toy(same) = scores_of_samples(&two, &data, &settings).unwrap() else { panic!("toy") };
    assert_eq!(same, found);
    assert_eq!(samples_wanted(&data, &settings), 2500);
    let json = serde_json::to_value(GanScores::Toy(same)).unwrap();
    assert_eq!((json["modes"].as_u64(), json["high_quality"].as_f64()), (Some(2), Some(1.0)));
}

#[test]
fn modes_of_stacked_digits() {
    let data = find("stacked-mnist(n=2000)").unwrap();
    let settings = JudgeSettings { stacked_samples: 1000, ..JudgeSettings::default() };
    let real = [&data.train, &data.test];
    let found = stacked_scores(&rows(&data.test), real, &settings).unwrap();
    assert_eq!(found.samples, 1000);
    // The digits are labelled, and a thousand draws of a thousand modes hit 632 of them in the mean.
    let mut labels = data.test.labels();
    labels.sort_unstable();
    labels.dedup();
    assert!(found.modes.abs_diff(labels.len()) <= 10, "{found:?}, {}", labels.len());
    assert!(found.modes_real.abs_diff(632) < 60 && found.judge_accuracy > 0.98, "{found:?}");
    assert!((found.reverse_kl - found.reverse_kl_real).abs() < 0.1, "{found:?}");
    let digits = Mnist::embedded().test;
    let seven = (0..digits.len()).find(|&i| digits.label(i) == 7).unwrap();
    let sevens = stacked(&digits.subset(&[seven]), 100, Key::new(1)).unwrap();
    let found = stacked_scores(&rows(&sevens), real, &settings).unwrap();
    assert_eq!((found.samples, found.modes), (100, 1));
    assert!((found.reverse_kl - 1000f64.ln()).abs() < 1e-12, "{found:?}");
}

#[test]
fn labelled_samples_are_worth_what_they_teach() {
    let whole = Mnist::embedded();
    let data =
        Dataset::new("digits", whole.train.range(2000..3000), whole.test.first(500), 10, Provenance::Unknown)
            .unwrap();
    let settings = JudgeSettings { samples: 1000, ..JudgeSettings::default() };
    let other = whole.train.range(5000..6000);
    let good = labelled_scores(&other, &data, &settings, Key::new(2)).unwrap();
    assert_eq!(good.samples, 960);
    assert!(good.real > 0.9 && (good.gan_train - good.real).abs() < 0.05, "{good:?}");
    assert!((good.gan_test - good.real).abs() < 0.05, "{good:?}");
    // The same images, every label wrong.
    let labels: Vec<u8> = other.labels().iter().map(|l| ((l + 1) % 10) as u8).collect();
    let wrong = Split::new(Pixels::F32(rows(&other).into()), Judge::SHAPE, labels).unwrap();
    let bad = labelled_scores(&wrong, &data, &settings, Key::new(2)).unwrap();
    assert!(bad.gan_train < 0.1 && bad.gan_test < 0.1 && bad.real == good.real, "{bad:?}");
}
