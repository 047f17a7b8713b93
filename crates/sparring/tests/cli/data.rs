//! Listed data can be used, and a training that learnt nothing says so.

use crate::{folder, names, number, object, refusal, tiny};

#[test]
fn points_of_the_plane_are_learnt_and_attacked() {
    let dir = folder("points");
    for (data, classes, eps) in [("moons", 2, 0.05), ("blobs", 3, 0.2), ("rings", 2, 0.05)] {
        let done = object(&dir, &format!("train classifier --data {data} --json --out {data}"));
        // A guess is right on one in `classes`.
        assert!(number(&done, "test_accuracy") > 0.95, "{data}: {done}");
        assert_eq!(done["warnings"].as_array().unwrap().len(), 0, "{done}");
        let shown = object(&dir, &format!("inspect {data}/model.safetensors --json"));
        assert!(shown.to_string().contains(&format!("[{classes},64]")), "{shown}");
        let report = object(
            &dir,
            &format!(
                "attack {data} --attack fgsm,pgd --eps {eps} --n 100 --json --report {data}.html --save {data}.safetensors"
            ),
        );
        assert!(number(&report, "robust_accuracy") < number(&report, "clean"), "{report}");
    }
    let hard = object(&dir, "train classifier --data moons --defense pgd --eps 0.05 --json --out hard");
    assert!(number(&hard, "test_accuracy") > 0.9, "{hard}");
    assert!(names(&dir).iter().any(|n| n == "moons.html"));
}

#[test]
fn a_training_that_learnt_nothing_says_so() {
    let dir = folder("nothing");
    tiny(&dir);
    let wild = object(&dir, "train classifier --data tiny --lr 1e6 --epochs 3 --batch 16 --json --out wild");
    let warning = wild["warnings"][0].as_str().unwrap();
    assert!(
        number(&wild, "train_loss") > 2.302 && warning.contains("never fell below that of a guess"),
        "{wild}"
    );
    let out =
        crate::command(&dir, "train classifier --data tiny --lr 1e6 --epochs 3 --out text").output().unwrap();
    assert!(crate::said(&out).contains("warning: "));
    let wild = object(&dir, "train autoencoder --data tiny --lr 1e4 --epochs 2 --json --out blind");
    assert!(wild["warnings"][0].as_str().unwrap().contains("mean image"), "{wild}");
    let sound = object(&dir, "train classifier --data tiny --epochs 20 --batch 16 --json --out sound");
    assert_eq!(sound["warnings"].as_array().unwrap().len(), 0, "{sound}");
}

#[test]
fn what_was_learnt_under_attack_is_not_called_nothing() {
    let dir = folder("something");
    let line = "train classifier --data moons --epochs 1 --accumulate 4 --defense fgsm-rs --json";
    let moons = object(&dir, &format!("{line} --out moons"));
    assert!(number(&moons, "test_accuracy") > 0.7 && number(&moons, "train_loss") > 0.69, "{moons}");
    let about = |of: &serde_json::Value| of["warnings"].to_string().contains("nothing was learnt");
    assert!(!about(&moons), "{moons}");
    let chance = object(&dir, &format!("{line} --lr 1e-9 --seed 2 --out chance"));
    assert_eq!(number(&chance, "test_accuracy") < 0.55, about(&chance), "{chance}");
}

#[test]
fn a_loss_that_is_not_finite_names_layer_and_step() {
    let dir = folder("layer");
    tiny(&dir);
    for arch in ["mlp", "fgsm-rs"] {
        let line = format!("train classifier --data tiny --arch {arch} --lr 1e30 --optimizer sgd --epochs 9");
        let text = refusal(&dir, &line, 1);
        assert!(text.contains("step") && text.contains("layer") && !text.contains("leaf"), "{text}");
    }
    let line = "train classifier --data tiny --defense pgd --eps 0.1 --lr 1e30 --optimizer sgd --epochs 9";
    let text = refusal(&dir, line, 1);
    assert!(text.contains("step") && !text.contains("leaf"), "{text}");
}
