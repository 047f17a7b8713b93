//! Architectures by name: each trains, is saved, loaded, inspected and attacked, with its parameters.

use crate::{command, folder, names, number, object, refusal, said, tiny};
use serde_json::Value;

fn config(run: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(run.join("config.json")).unwrap()).unwrap()
}

#[test]
fn normalised_and_residual_classifiers_from_training_to_attack() {
    let dir = folder("by-name");
    tiny(&dir);
    for (arch, layers, parameters) in [("resnet-small", 31, 77_754), ("madry(norm=batch)", 12, 3_274_826)] {
        let line = format!("train classifier --arch {arch} --data tiny --epochs 1 --batch 20 --json --out");
        assert!(number(&object(&dir, &format!("{line} run --threads 1")), "train_loss").is_finite());
        assert_eq!(
            names(&dir.join("run")),
            ["config.json", "metrics.jsonl", "model.safetensors", "report.html", "resume.bin"]
        );
        assert_eq!(config(&dir.join("run"))["arch"], arch);
        assert_eq!(config(&dir.join("run"))["activation"], "relu");
        let page = std::fs::read_to_string(dir.join("run/report.html")).unwrap();
        for words in ["batch_norm", "multiply-adds", "MiB an example", ">compiled<"] {
            assert!(page.contains(words), "{arch}: no {words} on the page");
        }
        let network = object(&dir, "inspect run --json")["model"]["networks"][0].clone();
        let rows = network["layers"].as_array().unwrap();
        assert_eq!((rows.len(), number(&network, "parameters")), (layers, f64::from(parameters)));
        let sum = |key: &str| rows.iter().map(|r| number(r, key)).sum::<f64>();
        assert_eq!(sum("mul_adds"), number(&network, "mul_adds"));
        assert_eq!(number(&network, "activation_mib"), sum("activations") * 4.0 / 1_048_576.0);
        assert!(rows.iter().all(|r| r["runs"] == "compiled"), "{rows:?}");
        // The running statistics are in the file: an equal run writes an equal one, and the attack starts from the test accuracy.
        object(&dir, &format!("{line} again --threads 2"));
        for file in ["model.safetensors", "metrics.jsonl"] {
            let bytes = |run: &str| std::fs::read(dir.join(run).join(file)).unwrap();
            assert!(bytes("run") == bytes("again"), "{arch}: {file} differs between equal runs");
        }
        let several = refusal(&dir, "attack .", 1);
        assert!(several.contains("holds 2 runs") && several.contains("./again, ./run"), "{several}");
        let rows = std::fs::read_to_string(dir.join("run/metrics.jsonl")).unwrap();
        let row: Value = serde_json::from_str(rows.lines().last().unwrap()).unwrap();
        let report = object(&dir, "attack run --attack fgsm --eps 0.1 --n 20 --json");
        assert_eq!(number(&report, "clean"), number(&row, "test_accuracy"));
        assert!(number(&report, "robust_accuracy") <= number(&report, "clean"));
        std::fs::remove_dir_all(dir.join("run")).unwrap();
        std::fs::remove_dir_all(dir.join("again")).unwrap();
    }
}

#[test]
fn a_flag_is_short_for_a_parameter() {
    let dir = folder("short");
    let line = "train classifier --data moons --epochs 1 --json --out";
    object(&dir, &format!("{line} a --arch mlp(hidden=12) --activation tanh"));
    object(&dir, &format!("{line} b --arch MLP(activation=tanh,hidden=12)"));
    for file in ["model.safetensors", "metrics.jsonl"] {
        let bytes = |run: &str| std::fs::read(dir.join(run).join(file)).unwrap();
        assert!(bytes("a") == bytes("b"), "{file}");
    }
    assert_eq!(config(&dir.join("a"))["arch"], "mlp(hidden=12, activation=tanh)");
    let text = refusal(&dir, "train classifier --arch mlp(activation=tanh) --activation relu", 2);
    assert!(text.contains("--activation") && text.contains("twice"), "{text}");
    for (line, why) in [
        ("train classifier --arch madri", "did you mean `madry`"),
        ("train classifier --arch madry(norm=layer)", "none or batch"),
        ("train autoencoder --arch resnet-small", "linear-autoencoder"),
        ("attack a --arch dcgan", "resnet-small"),
    ] {
        let text = refusal(&dir, line, 2);
        assert!(text.contains("--arch") && text.contains(why), "{line}: {text}");
    }
}

#[test]
fn a_dcgan_trains_and_draws() {
    let dir = folder("dcgan");
    tiny(&dir);
    object(&dir, "train gan --arch dcgan(latent=8) --data tiny --epochs 1 --batch 30 --json --out gan");
    assert_eq!(config(&dir.join("gan"))["arch"], "dcgan(latent=8)");
    let out = command(&dir, "generate gan -n 4 --out grid.png").output().unwrap();
    assert!(out.status.success(), "{}", said(&out));
}

#[test]
fn a_run_of_before_is_read() {
    let dir = folder("before");
    std::fs::create_dir(dir.join("run")).unwrap();
    std::fs::write(dir.join("run/config.json"), r#"{"arch": "madry", "activation": "relu"}"#).unwrap();
    assert_eq!(object(&dir, "inspect run --json")["config"]["arch"], "madry");
}
