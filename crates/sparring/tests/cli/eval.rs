//! `sparring eval`: the figures of a run are those that its training and its attacks tell.

use crate::{folder, number, object, printed, refusal, save_gan, tiny};
use serde_json::Value;
use std::path::Path;

fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of[key].as_array().unwrap_or_else(|| panic!("no list `{key}` in {of}"))
}

#[test]
fn a_classifier_is_measured_as_its_training_and_its_attacks_have_it() {
    let dir = folder("eval-classifier");
    let trained = object(&dir, "train classifier --epochs 1 --validation 700 --json --out run");
    let all = object(&dir, "eval run --json --threads 1");
    assert_eq!(number(&all, "accuracy"), number(&trained, "test_accuracy"));
    assert_eq!((all["data"].as_str(), all["split"].as_str()), (Some("mnist-10k"), Some("test")));
    let n = number(&all, "n");
    let confusion: Vec<Vec<f64>> = list(&all, "confusion")
        .iter()
        .map(|row| row.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect())
        .collect();
    assert_eq!((confusion.len(), confusion.iter().flatten().sum::<f64>()), (10, n));
    let right: f64 = (0..10).map(|c| confusion[c][c]).sum();
    assert_eq!(right / n, number(&all, "accuracy"));
    let classes = list(&all, "per_class");
    for (c, class) in classes.iter().enumerate() {
        let (own, taken) =
            (confusion[c].iter().sum::<f64>(), confusion.iter().map(|row| row[c]).sum::<f64>());
        assert_eq!((number(class, "class"), number(class, "examples")), (c as f64, own));
        assert_eq!(class["name"], c.to_string());
        assert_eq!(number(class, "recall"), confusion[c][c] / own);
        assert_eq!(number(class, "precision"), confusion[c][c] / taken);
        assert!(number(class, "auroc") > 0.9 && number(class, "f1") > 0.5, "{class}");
    }
    let mean: f64 = classes.iter().map(|class| number(class, "recall")).sum::<f64>() / 10.0;
    assert!((mean - number(&all, "macro_recall")).abs() < 1e-12);
    let top = [2, 3, 5].map(|k| number(&all["top_k"], &k.to_string()));
    assert!(number(&all, "accuracy") < top[0] && top[0] < top[1] && top[1] < top[2] && top[2] <= 1.0);
    for key in ["loss", "ece", "brier", "mcc", "macro_precision", "macro_f1", "macro_auroc"] {
        assert!((0.0..2.0).contains(&number(&all, key)), "{key}");
    }

    let first = object(&dir, "eval run --first 300 --json");
    let attacked = object(&dir, "attack run --attack fgsm --n 300 --json");
    assert_eq!((number(&first, "n"), number(&first, "accuracy")), (300.0, number(&attacked, "clean")));
    // What was held out is not in what was trained on.
    let part = |split: &str| object(&dir, &format!("eval run --split {split} --json"));
    let (train, validation) = (part("train"), part("validation"));
    assert_eq!(number(&validation, "n"), 700.0);
    assert_eq!(number(&train, "n"), 10_000.0 - 700.0);
    assert!(number(&train, "accuracy") != number(&validation, "accuracy"));

    let text = printed(&dir, "eval run --first 300");
    for words in
        ["300 test examples of mnist-10k", "15 bins", "AUROC", "predicted classes of each true class"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(refusal(&dir, "eval run --first 99999", 2).contains("--first 99999: mnist-10k has"));
    assert!(refusal(&dir, "eval run --data rings", 2).contains("this network takes 1 x 28 x 28"));
}

#[test]
fn corruptions_are_measured_kind_by_kind() {
    let dir = folder("eval-corruptions");
    tiny(&dir);
    printed(&dir, "train classifier --epochs 1 --out run");
    let line = "eval run --first 200 --corruptions=fog,impulse-noise --json";
    let of = object(&dir, &format!("{line} --threads 1"));
    let (mut sum, kinds) = (0.0, list(&of, "corruptions"));
    assert_eq!(
        kinds.iter().map(|k| k["corruption"].as_str().unwrap()).collect::<Vec<_>>(),
        ["fog", "impulse_noise"]
    );
    for kind in kinds {
        let five: Vec<f64> = list(kind, "accuracy").iter().map(|v| v.as_f64().unwrap()).collect();
        assert!(five.len() == 5 && five[4] < number(&of, "accuracy"), "{kind}");
        assert!((five.iter().sum::<f64>() / 5.0 - number(kind, "mean")).abs() < 1e-12);
        sum += five.iter().sum::<f64>();
    }
    assert!((sum / 10.0 - number(&of, "corruptions_mean")).abs() < 1e-12);
    assert_eq!(of, object(&dir, &format!("{line} --threads 3")));
    let other = object(&dir, &format!("{line} --seed 2"));
    assert_ne!(other["corruptions"], of["corruptions"], "other noise");
    assert_eq!(other["accuracy"], of["accuracy"], "the same examples");

    // Without names all of them; the flag does not swallow the word behind it.
    let all = object(&dir, "eval --corruptions run --first 10 --json");
    assert_eq!(
        list(&all, "corruptions").len(),
        object(&dir, "list corruptions --json").as_array().unwrap().len()
    );
    let text = printed(&dir, "eval run --first 10 --corruptions=zigzag");
    assert!(text.contains("by severity") && text.contains("zigzag"), "{text}");
    assert!(refusal(&dir, "eval run --corruptions=zigzak", 2).contains("zigzag"));
    assert!(refusal(&dir, "eval run --corruptions=fog(severity=2)", 2).contains("all severities"));
    printed(&dir, "train autoencoder --data tiny --epochs 1 --out ae");
    assert!(refusal(&dir, "eval ae --corruptions", 2).contains("for classifiers"));
    printed(&dir, "train classifier --data moons --epochs 1 --out points");
    let text = refusal(&dir, "eval points --corruptions", 2);
    assert!(text.contains("moons are no images") && text.contains("leave it out"), "{text}");
}

#[test]
fn foreign_weights_and_missing_classes() {
    let dir = folder("eval-foreign");
    tiny(&dir);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/formats");
    for file in ["named.toml", "named.safetensors", "named.npz"] {
        std::fs::copy(golden.join(file), dir.join(file)).unwrap();
    }
    let spec = "--spec named.toml --json";
    let of = object(&dir, &format!("eval named.safetensors {spec} --first 50"));
    let attacked = object(&dir, &format!("attack named.npz {spec} --attack fgsm --n 50"));
    assert_eq!(number(&of, "accuracy"), number(&attacked, "clean"));
    assert_eq!(of, object(&dir, &format!("eval named.npz {spec} --first 50 --threads 3")));

    // Three examples: seven classes have none, and count for nothing.
    let few = object(&dir, "eval named.npz --spec named.toml --data tiny --first 3 --json");
    let classes = list(&few, "per_class");
    assert!(classes[5]["recall"].is_null() && classes[5]["auroc"].is_null());
    let recalls: f64 = classes[..3].iter().map(|class| number(class, "recall")).sum();
    assert!((recalls / 3.0 - number(&few, "macro_recall")).abs() < 1e-12);
    let text = printed(&dir, "eval named.npz --spec named.toml --data tiny --first 3");
    assert!(text.contains("the means are over the 3 classes that have examples"), "{text}");
    assert!(
        refusal(&dir, "eval named.npz --spec named.toml --split validation", 2).contains("--validation N")
    );
    assert!(refusal(&dir, "eval named.npz", 2).contains("--spec net.toml"));
    assert!(refusal(&dir, "eval nowhere", 1).contains("nowhere: no such file"));
}

#[test]
fn an_autoencoder_is_measured_by_its_errors() {
    let dir = folder("eval-autoencoder");
    tiny(&dir);
    let trained = object(&dir, "train autoencoder --data tiny --epochs 2 --json --out run");
    let of = object(&dir, "eval run --json");
    assert_eq!((number(&of, "mse"), number(&of, "n")), (number(&trained, "test_mse"), 20.0));
    assert_eq!(number(&of, "mean_image_mse"), number(&trained, "mean_image_mse"));
    assert_eq!(number(&of, "explained"), 1.0 - number(&of, "mse") / number(&of, "mean_image_mse"));
    let classes = list(&of, "per_class");
    let mean = classes.iter().map(|class| number(class, "mse")).sum::<f64>() / 10.0;
    assert!((mean - number(&of, "mse")).abs() < 1e-9, "ten classes of two images each: {of}");
    assert!(printed(&dir, "eval run").contains("20 test examples of tiny"));
    let first = object(&dir, "eval run --first 1 --json");
    assert_eq!(list(&first, "per_class").len(), 10, "{first}");
    assert!(printed(&dir, "eval run --first 1").contains("1 test example of tiny"));
}

#[test]
fn samples_of_a_gan_are_measured_against_real_images() {
    let dir = folder("eval-gan");
    tiny(&dir);
    // Too few images for figures: the training goes through and says so.
    let trained = object(&dir, "train gan --data tiny --epochs 1 --json --out gan");
    assert!(trained["unjudged"].as_str().unwrap().contains("20 real images are too few"), "{trained}");
    assert!(refusal(&dir, "eval gan", 1).contains("tiny: 20 real images are too few"));
    // A generator that was never trained, against digits.
    save_gan(&dir.join("raw.safetensors"));
    let eval = "eval raw.safetensors --first 200";
    let of = object(&dir, &format!("{eval} --json"));
    assert_eq!((of["samples"].as_u64(), of["data"].as_str()), (Some(200), Some("mnist-10k")));
    assert!(number(&of, "frechet") > 10.0 * number(&of, "frechet_floor"), "{of}");
    assert!(number(&of, "precision") < 0.5 && number(&of, "precision_floor") > 0.6, "{of}");
    assert_eq!(list(&of, "class_histogram").len(), 10);
    assert_eq!(of, object(&dir, &format!("{eval} --json --threads 3")));
    assert_ne!(of["frechet"], object(&dir, &format!("{eval} --json --seed 2"))["frechet"]);
    let text = printed(&dir, eval);
    for part in ["samples beside 200 test examples of mnist-10k", "Fréchet distance", "share of each class"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    for (flag, why) in [
        ("--split train", "compared with test examples"),
        ("--corruptions", "for classifiers"),
        ("--arch mlp", "says itself"),
    ] {
        assert!(refusal(&dir, &format!("eval raw.safetensors {flag}"), 2).contains(why), "{flag}");
    }
    let points = refusal(&dir, "eval raw.safetensors --data ring-8", 2);
    assert!(points.contains("1 x 1 x 2"), "{points}");
}
