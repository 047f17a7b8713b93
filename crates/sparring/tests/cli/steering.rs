//! Validation on the command line, what its figures decide, and steps that are not finite.

use crate::{folder, names, number, object, printed, ran, refusal, said, tiny};
use serde_json::Value;
use std::path::Path;

fn rows(run: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_best_weights_and_the_last_few_stand_in_files() {
    let dir = folder("steering");
    let line = "train classifier --data moons --epochs 7 --lr 0.05 --validation 1/5 --keep-best --keep-last 2 --validate-attack fgsm --validate-eps 0.05 --monitor validation_robust_accuracy --json";
    let result = object(&dir, &format!("{line} --out a"));
    let rows = rows(&dir.join("a"));
    let figure = |row: &Value| number(row, "validation_robust_accuracy");
    for row in &rows {
        assert!(number(row, "validation_loss") > 0.0 && figure(row) <= number(row, "validation_accuracy"));
    }
    let highest = rows.iter().map(figure).fold(0.0, f64::max);
    let best = rows.iter().find(|row| figure(row) == highest).unwrap();
    assert_eq!((rows.len(), &result["best_epoch"]), (7, &best["epoch"]));
    assert_eq!(result["test_accuracy"], best["test_accuracy"], "the weights are those of the best epoch");
    assert_eq!(result["train_loss"], best["train_loss"], "and so is the loss");
    let read = |name: &str| std::fs::read(dir.join("a").join(name)).unwrap();
    assert!(read("best.safetensors") == read("model.safetensors"));
    let files = names(&dir.join("a"));
    let of_epochs: Vec<_> = files.iter().filter(|name| name.starts_with("epoch-")).collect();
    assert_eq!(of_epochs, ["epoch-006.safetensors", "epoch-007.safetensors"]);
    assert!(read("epoch-006.safetensors") != read("epoch-007.safetensors"));
    // Equal runs write equal files, on any number of threads.
    object(&dir, &format!("{line} --out b --threads 1"));
    for name in names(&dir.join("a")) {
        assert!(read(&name) == std::fs::read(dir.join("b").join(&name)).unwrap(), "{name}");
    }
}

#[test]
fn a_training_ends_early_and_says_so() {
    let dir = folder("early");
    tiny(&dir);
    let result =
        object(&dir, "train classifier --data moons --epochs 400 --lr 0.05 --early-stop 1 --out a --json");
    let rows_of = |run: &str| rows(&dir.join(run));
    assert_eq!(
        (&result["stopped_early"], number(&result, "epochs")),
        (&true.into(), rows_of("a").len() as f64)
    );
    assert!(rows_of("a").len() < 400 && number(&result, "best_epoch") == rows_of("a").len() as f64 - 1.0);
    let line = "train autoencoder --data tiny --epochs 3 --early-stop 9 --schedule plateau(patience=0,threshold=0.9)";
    let text = printed(&dir, &format!("{line} --out b"));
    assert!(text.contains("weights         of epoch 3, whose validation_loss, 0."), "{text}");
    let rates: Vec<f64> = rows_of("b").iter().map(|row| number(row, "lr")).collect();
    assert!(rates[1] == rates[0] && rates[2] < 0.2 * rates[0], "{rates:?}");
    assert!(rows_of("b").iter().all(|row| number(row, "validation_loss") > 0.0));
    assert!(rows_of("b")[0].get("validation_accuracy").is_none());
    let page = std::fs::read_to_string(dir.join("a/report.html")).unwrap();
    assert!(page.contains("early stopping") && page.contains("whose weights were kept"));
}

#[test]
fn steps_that_are_not_finite_follow_the_policy() {
    let dir = folder("not-finite");
    let line = "train classifier --data moons --epochs 2 --optimizer sgd --lr 1e30 --out";
    let back = object(&dir, &format!("{line} a --on-non-finite roll-back(factor=1e-16,times=2) --json"));
    assert!(number(&back, "roll_backs") > 0.0 && number(&back, "train_loss").is_finite());
    assert!(back["warnings"].to_string().contains("the training went back"), "{back}");
    let out = ran(&dir, &format!("{line} b --on-non-finite roll-back(factor=1e-16,times=2)"));
    assert!(said(&out).contains("; back to step 0 with a lower learning rate"), "{}", said(&out));
    for policy in ["error", "skip", "roll-back(factor=0.9)"] {
        let text = refusal(&dir, &format!("{line} c --on-non-finite {policy}"), 1);
        assert!(text.contains("not finite") && text.contains("step "), "{policy}: {text}");
        assert!(!dir.join("c").exists());
    }
    let text = refusal(&dir, &format!("{line} c --anomaly"), 1);
    assert!(text.contains(" in layer ") && text.contains("finite"), "{text}");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let dir = folder("steering-refused");
    for (line, why) in [
        ("classifier --monitor validation_robust_accuracy", "name the attack with --validate-attack"),
        ("classifier --validate-attack fgsm", "name its budget with --validate-eps"),
        ("classifier --validate-eps 0.1", "--validate-attack"),
        ("classifier --monitor loss", "train_loss, validation_loss"),
        ("classifier --validation 1.5", "a fraction from 0 to below 1"),
        ("classifier --validation 100000 --keep-best", "some must be left"),
        ("classifier --validation 0 --keep-best --monitor validation_loss", "needs validation images"),
        ("classifier --monitor train_loss", "nothing goes by it"),
        ("autoencoder --monitor validation_loss", "nothing goes by it"),
        ("classifier --validate-n 7", "--validate-attack"),
        ("classifier --early-stop 0", "1 or above"),
        ("classifier --on-non-finite skip(most=0)", "skip.most is 0"),
        ("classifier --schedule sequence(0.5=plateau,1=cosine)", "plateau stands alone"),
        ("autoencoder --monitor validation_accuracy", "an autoencoder has"),
        ("gan --schedule plateau", "a GAN's losses"),
    ] {
        let text = refusal(&dir, &format!("train {line}"), 2);
        assert!(text.contains(why), "{line}: {text}");
    }
}
