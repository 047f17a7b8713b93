//! Training and attacking as a user does, on a few epochs: what is written, what is refused, and that equal runs are equal.

use crate::{folder, number, object, printed, raised, refusal, tiny};
use serde_json::Value;
use std::path::Path;

/// Every file of two runs is the same, byte for byte.
fn equal_runs(a: &Path, b: &Path) {
    let names = |dir: &Path| {
        let mut all: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name()).collect();
        all.sort();
        all
    };
    assert_eq!(names(a), names(b));
    for name in names(a) {
        let (x, y) = (std::fs::read(a.join(&name)).unwrap(), std::fs::read(b.join(&name)).unwrap());
        assert!(x == y, "{} differs between equal runs", name.display());
    }
}

#[test]
fn classifier_from_training_to_attack() {
    let dir = folder("runs-classifier");
    let train = "train classifier --epochs 1 --arch fgsm-rs --defense fgsm-rs --eps 0.1 --json --out";
    let done = object(&dir, &format!("{train} a --threads 1"));
    assert!(number(&done, "test_accuracy") > 0.3 && number(&done, "examples_per_s") > 0.0, "{done}");
    assert!(number(&done, "train_loss").is_finite() && number(&done, "seconds") > 0.0);
    assert_eq!((number(&done, "epochs"), done["run"].as_str()), (1.0, Some("a")));
    object(&dir, &format!("{train} b --threads 2"));
    equal_runs(&dir.join("a"), &dir.join("b"));

    let attack = "attack a --attack noise,fgsm,pgd --eps 0.1 --steps 5 --n 64 --json";
    let report =
        object(&dir, &format!("{attack} --threads 1 --batch 7 --save adv.safetensors --report page.html"));
    let rows = report["attacks"].as_array().unwrap();
    assert_eq!((number(&report, "n"), rows.len()), (64.0, 3));
    for row in rows {
        for key in ["eps", "steps", "restarts", "accuracy", "forwards", "backwards", "seconds"] {
            number(row, key);
        }
        assert!(number(row, "accuracy") <= number(&report, "clean"));
        assert!(number(&report, "robust_accuracy") <= number(row, "accuracy"));
    }
    assert_eq!((rows[2]["attack"].as_str(), number(&rows[2], "eps")), (Some("pgd"), 0.1));
    let again = object(&dir, &format!("{attack} --threads 2 --batch 64 --save again.safetensors"));
    assert_eq!(number(&again, "robust_accuracy"), number(&report, "robust_accuracy"));
    let bytes = |name: &str| std::fs::read(dir.join(name)).unwrap();
    assert!(
        bytes("adv.safetensors") == bytes("again.safetensors"),
        "the cut of the batch changed the images"
    );
    assert!(String::from_utf8(bytes("page.html")).unwrap().contains("Accuracy under attack"));

    // Whatever attacks look for their proposals in, f32 is judge; where there are no tiles they look in f32.
    let half = object(&dir, &format!("{attack} --proposal-precision bf16"));
    let fast = sparring::tensor::Precision::Bf16.is_fast();
    assert_eq!(half["proposal_precision"].as_str(), Some(if fast { "bf16" } else { "f32" }));
    assert_eq!(half["cards"][2]["proposals"].as_str(), fast.then_some("bf16"));
    assert!((number(&half, "robust_accuracy") - number(&report, "robust_accuracy")).abs() < 0.04, "{half}");
    assert_eq!(report["proposal_precision"].as_str(), Some("f32"));

    // Attacks that climb another network: the model judges, and of equal networks all is as without one.
    let climbed = object(&dir, &format!("{attack} --surrogate b"));
    assert_eq!(climbed["cards"][2]["proposals"].as_str(), Some("b"));
    assert_eq!(number(&climbed, "robust_accuracy"), number(&report, "robust_accuracy"));
    assert!(refusal(&dir, &format!("{attack} --surrogate nowhere"), 1).contains("nowhere"));
    // An autoencoder in front of the model: attacks go through it, or know nothing of it.
    tiny(&dir);
    object(&dir, "train autoencoder --data tiny --epochs 2 --json --out before");
    let through = object(&dir, &format!("{attack} --purifier before"));
    assert_ne!(number(&through, "clean"), number(&report, "clean"), "{through}");
    assert_eq!(through["cards"][2]["purifier"].as_str(), Some("before"));
    let side = &through["purifier"];
    assert_eq!(
        (number(side, "clean"), number(side, "clean_bare")),
        (number(&through, "clean"), number(&report, "clean"))
    );
    let adaptive = ["adaptive", "bpda", "square"].map(|name| number(side, name));
    assert!(adaptive.iter().all(|&of| number(side, "robust") <= of), "{side}");
    let grey = object(&dir, &format!("{attack} --purifier before --surrogate a"));
    assert_eq!(number(&grey, "clean"), number(&through, "clean"));
    std::fs::write(dir.join("through.json"), through.to_string()).unwrap();
    assert_eq!(object(&dir, "replay through.json --json")["same"], true);
    assert!(
        refusal(&dir, &format!("{attack} --purifier b"), 2).contains("a classifier; it takes an autoencoder")
    );
    // The nearest image of a generator: of few images, with few steps.
    printed(&dir, "train gan --data tiny --arch gan(conditioning=embedding) --epochs 2 --out nearest");
    let short = "--purifier-steps 2 --purifier-queries 4 --projection-steps 5 --projection-starts 2";
    let search = format!("attack a --purifier nearest --n 8 --eps 0.1 {short}");
    let found = object(&dir, &format!("{search} --json --report nearest.html"));
    assert!(found["purifier"]["adaptive"].is_null() && number(&found["purifier"], "n") == 8.0, "{found}");
    assert_eq!(number(&found, "robust_accuracy"), number(&found["purifier"], "robust"));
    assert!(String::from_utf8(bytes("nearest.html")).unwrap().contains("Behind the purifier"));
    assert!(printed(&dir, &search).contains("adaptive: BPDA"));
    assert!(refusal(&dir, &format!("{search} --attack fgsm"), 2).contains("--attack: behind a GAN"));
    // Rotations count within the whole box alone, which is said before anything is attacked.
    let told = refusal(&dir, "attack a --attack spatial --eps 0.1 --n 8", 1);
    assert!(told.contains("give --eps 1"), "{told}");

    // Nothing is written over; a broken file is named; a foreign one wants its architecture.
    assert!(refusal(&dir, &format!("{train} a"), 1).contains("not empty"));
    assert!(refusal(&dir, &format!("{attack} --save adv.safetensors"), 1).contains("exists"));
    let mut broken = bytes("a/model.safetensors");
    let at = broken.len() - 9;
    broken[at] ^= 1;
    std::fs::write(dir.join("broken.safetensors"), broken).unwrap();
    assert!(refusal(&dir, "attack broken.safetensors --n 8", 1).contains("broken.safetensors"));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/attacks/fgsm_rs.safetensors");
    let golden = golden.display();
    assert!(refusal(&dir, &format!("attack {golden} --n 8"), 2).contains("--arch"));
    let foreign = object(&dir, &format!("attack {golden} --arch fgsm-rs --attack fgsm --n 200 --json"));
    assert!(number(&foreign, "clean") > 0.9, "PyTorch's weights are read wrongly: {foreign}");
}

/// Every number of a text with more digits than an f32 has to tell, though it is one: an f32 widened on its way.
fn widened(text: &str) -> Vec<String> {
    let numbers = text.split(|c: char| !(c.is_ascii_digit() || ".-e".contains(c)));
    let long = numbers.filter(|n| n.contains('.') && n.len() > 12);
    long.filter(|n| n.parse::<f64>().is_ok_and(|v| f64::from(v as f32) == v)).map(String::from).collect()
}

#[test]
fn budgets_in_a_list_make_one_table_and_one_curve() {
    let dir = folder("runs-budgets");
    let trained = "train classifier --epochs 1 --defense pgd --eps 0.3 --attack-steps 3 --json --out net";
    object(&dir, trained);
    let text = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
    assert_eq!(widened(&text("net/config.json")), [""; 0]);
    assert!(text("net/config.json").contains("\"eps\": 0.3,"));

    let line = "attack net --n 100 --attack fgsm,pgd --steps 5";
    let object_of = |flags: &str| object(&dir, &format!("{line} {flags} --json"));
    let many = object_of("--eps 0.3,0.1, --report page.html");
    let rows = many["attacks"].as_array().unwrap();
    let at: Vec<_> = rows.iter().map(|r| (r["attack"].as_str().unwrap(), number(r, "eps"))).collect();
    assert_eq!(at, [("fgsm", 0.1), ("pgd", 0.1), ("fgsm", 0.3), ("pgd", 0.3)]);
    // Each budget by itself gives the same figures, in the object of always.
    for (k, eps) in [(0, "0.1"), (1, "0.3")] {
        let one = object_of(&format!("--eps {eps}"));
        assert_eq!(one["budgets"], Value::Null);
        let accuracies = |rows: &[Value]| rows.iter().map(|r| number(r, "accuracy")).collect::<Vec<_>>();
        assert_eq!(accuracies(one["attacks"].as_array().unwrap()), accuracies(&rows[2 * k..2 * k + 2]));
        assert_eq!(number(&one, "robust_accuracy"), number(&many["budgets"][k], "robust_accuracy"));
        assert_eq!(one["cards"][0]["eps"].to_string(), eps);
    }
    assert_eq!(number(&many, "robust_accuracy"), number(&many["budgets"][1], "robust_accuracy"));
    assert_eq!((many["cards"].as_array().unwrap().len(), widened(&many.to_string())), (4, vec![]));
    assert!(text("page.html").contains("Accuracy against budget"));

    // A fraction is its number; the table has a line a figure, with its interval.
    let fraction = object_of("--eps 8/255");
    let same = object_of("--eps 0.03137255");
    let figures = |v: &Value| {
        let rows = v["attacks"].as_array().unwrap().iter();
        rows.map(|r| ["accuracy", "eps", "forwards"].map(|k| number(r, k))).collect::<Vec<_>>()
    };
    assert_eq!(figures(&fraction), figures(&same));
    let shown = printed(&dir, &format!("{line} --eps 0.1,0.3"));
    assert!(shown.contains("95 % interval") && shown.contains("gradients taken"), "{shown}");
    assert_eq!(shown.lines().filter(|l| l.starts_with("pgd ") && l.contains(" – ")).count(), 2, "{shown}");
}

#[test]
fn presets_and_losses_are_run_by_name() {
    let dir = folder("runs-presets");
    object(&dir, "train classifier --epochs 1 --json --out net");
    let line = "attack net --n 100 --eps 0.1 --json";
    let report = object(&dir, &format!("{line} --attack pgd,pgd-madry-mnist --loss margin"));
    let cards = report["cards"].as_array().unwrap();
    let parameters = |k: usize| cards[k]["parameters"].as_str().unwrap();
    assert!(
        parameters(0).contains("step_size=(linf:4,l2:7.5)*eps/steps")
            && parameters(0).contains("loss=margin")
    );
    assert!(parameters(1).contains("step_size=0.01 ") && parameters(1).contains("loss=cross-entropy"));
    assert_eq!(report["attacks"][1]["attack"], "pgd-madry-mnist");
    // 10 steps of eps/30 reach a third of the way, and the command says so.
    let short = object(&dir, &format!("{line} --attack pgd --steps 10 --step-size 0.0033333"));
    let doubts = raised(&short);
    assert!(doubts.len() == 1 && doubts[0].0 == "pgd_not_converged", "{short}");
    assert!(doubts[0].1.contains("more steps, or longer ones"), "{short}");
    let whole = object(&dir, &format!("{line} --attack pgd --steps 10"));
    assert_eq!(raised(&whole), []);
    assert!(number(&whole, "robust_accuracy") < number(&short, "robust_accuracy"));
    // Beyond the diagonal of the box, 28 in L2, nothing lies.
    assert!(object(&dir, "attack net --n 4 --norm l2 --eps 28 --attack fgsm --json")["n"] == 4);
    assert!(refusal(&dir, "attack net --n 4 --norm l2 --eps 29", 2).contains("further apart than 28"));
}

#[test]
fn wrong_usage_names_the_flag() {
    let dir = folder("runs-usage");
    for (line, code, why) in [
        ("train classifier --epochs 0", 2, "--epochs"),
        ("train classifier --lr nan", 2, "--lr"),
        ("train classifier --arch resnet", 2, "fgsm-rs"),
        ("train classifier --arch gan", 2, "no classifier"),
        ("train classifier --activation relux", 2, "relux"),
        ("train classifier --data nowhere", 1, "nowhere"),
        ("train classifier --precision fp8", 2, "split6"),
        ("train classifier --precision bf16", 2, "precision"),
        ("attack . --proposal-precision half", 2, "bf16"),
        ("train classifier --attack-steps 3", 2, "--attack-steps"),
        ("train classifier --defense pgd --eps 30", 2, "eps"),
        ("train autoencoder --arch mlp", 2, "no autoencoder"),
        ("train gan --generator-output tanh", 2, "tanh"),
        ("train gan --discriminator-output sigmoid", 2, "twice"),
        ("attack nowhere", 1, "nowhere"),
        ("attack . --eps 3", 2, "--eps"),
        ("attack . --eps -1", 2, "above 0"),
        ("attack . --eps 0", 2, "above 0"),
        ("attack . --step-size -0.1", 2, "above 0"),
        ("train classifier --lr -1", 2, "above 0"),
        ("attack . --eps 255", 2, "8/255"),
        ("attack . --eps 0.1,0.1", 2, "named twice"),
        ("attack . --eps 0.1,,0.2", 2, "single commas"),
        ("attack . --eps 8/0", 2, "8/255"),
        ("attack . --eps 0.1,0.2 --save x.safetensors", 2, "one --eps"),
        ("attack . --attack pgd,pgd", 2, "pgd is named twice"),
        ("attack . --attack pgd --attack fgsm,pgd", 2, "pgd is named twice"),
        ("attack . --attack fgsm,pgd-madry-mnist --steps 5", 2, "--steps"),
        ("attack . --attack pgd-madry-mnist --loss margin", 2, "--loss"),
        ("attack . --attack pgd-madry-mnist --norm l2", 2, "linf"),
        ("attack . --attack fgsm --step-size 0.1", 2, "--step-size"),
        ("attack . --loss mse", 2, "margin"),
        ("attack . --activation tanh", 2, "--activation"),
        ("attack . --attack fgsm --steps 3", 2, "--steps"),
        ("attack . --attack fgsmm", 2, "fgsmm"),
        ("demo --n 0", 2, "--n"),
        ("demo --threads 0", 2, "--threads"),
    ] {
        let text = refusal(&dir, line, code);
        assert!(text.contains(why), "{line}: {text}");
    }
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0, "a refused command left something behind");
}

#[test]
fn autoencoder_and_gan() {
    let dir = folder("runs-generative");
    let done = object(&dir, "train autoencoder --epochs 2 --json --out ae");
    let (own, pca, mean) =
        (number(&done, "test_mse"), number(&done, "pca_mse"), number(&done, "mean_image_mse"));
    assert!(pca < own && own < mean, "{done}");

    let done = object(&dir, "train gan --epochs 1 --json --out a --threads 1");
    assert!((0.0..=1.0).contains(&number(&done, "d_real")) && (0.0..=1.0).contains(&number(&done, "d_fake")));
    assert!(done["alarms"].is_array() && number(&done, "epochs") == 1.0);
    object(&dir, "train gan --epochs 1 --json --out b --threads 3");
    equal_runs(&dir.join("a"), &dir.join("b"));
    printed(&dir, "generate a -n 9 --out grid.png");
    assert!(std::fs::read(dir.join("grid.png")).unwrap().starts_with(b"\x89PNG"));
    assert!(refusal(&dir, "attack a --n 8", 1).contains("gan"));
}

#[test]
fn variational_autoencoder() {
    let dir = folder("runs-vae");
    let train =
        "train vae --arch vae(hidden=64,latent=8) --epochs 2 --warm-up 0.2 --importance 5 --json --out";
    let done = object(&dir, &format!("{train} a --threads 1"));
    let of = |key: &str| number(&done, key);
    assert!((of("test_elbo") + of("test_reconstruction") + of("test_kl")).abs() < 1e-6, "{done}");
    assert!(of("test_elbo") < of("test_importance_bound") && of("test_importance_bound") < 0.0, "{done}");
    assert!(of("pca_mse") < of("test_mse") && of("test_mse") < of("mean_image_mse"), "{done}");
    assert!(
        (1.0..=8.0).contains(&of("active_units")) && of("latent") == 8.0 && of("epochs") == 2.0,
        "{done}"
    );
    object(&dir, &format!("{train} b --threads 3"));
    equal_runs(&dir.join("a"), &dir.join("b"));
    for name in ["config.json", "metrics.jsonl", "model.safetensors", "report.html", "resume.bin"] {
        assert!(dir.join("a").join(name).is_file(), "{name}");
    }
    assert!(refusal(&dir, "train vae --beta -1", 2).contains("beta"));
    assert!(refusal(&dir, "train vae --arch gan", 2).contains("no vae"));
}

#[test]
fn variants_of_the_autoencoder() {
    let dir = folder("runs-variants");
    let train = "train autoencoder --epochs 3 --json --variant";
    let done = object(&dir, &format!("{train} denoising(noise=mask,level=0.25) --out a"));
    assert!(number(&done, "test_mse") < number(&done, "mean_image_mse"), "{done}");
    let config = std::fs::read_to_string(dir.join("a/config.json")).unwrap();
    assert!(config.contains("denoising(noise=mask, level=0.25)"), "{config}");
    assert!(std::fs::read_to_string(dir.join("a/report.html")).unwrap().contains("clean ones as targets"));
    assert!(refusal(&dir, &format!("{train} sparse-kl"), 1).contains("code_activation=sigmoid"));
    assert!(refusal(&dir, &format!("{train} dropout"), 2).contains("no variant"));
}
