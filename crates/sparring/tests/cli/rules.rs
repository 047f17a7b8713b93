//! Rules, groups of parameters, the settings of a GAN, and the search for a learning rate.

use crate::{folder, names, number, object, refusal, tiny};
use serde_json::{Value, json};
use std::path::Path;

fn recipe(run: &Path) -> Value {
    let config: Value =
        serde_json::from_str(&std::fs::read_to_string(run.join("config.json")).unwrap()).unwrap();
    config["recipe"].clone()
}

#[test]
fn groups_transformations_and_sequences_are_written_and_told() {
    let dir = folder("rules");
    tiny(&dir);
    let flags = "--optimizer muon --group activation(lr=0.1) --group weight(decay=none) --transform lookahead(k=2) --schedule sequence(0.5=linear,1=cosine)";
    for (kind, arch) in [("classifier", "mlp"), ("autoencoder", "autoencoder")] {
        object(
            &dir,
            &format!("train {kind} --arch {arch} --data tiny --epochs 1 {flags} --json --out {kind}"),
        );
        let recipe = recipe(&dir.join(kind));
        assert_eq!(recipe["groups"], json!(["activation(lr=0.1)", "weight(decay=none)"]));
        assert_eq!(recipe["schedule"]["sequence"]["stretches"][0][0], 0.5);
        let page = std::fs::read_to_string(dir.join(kind).join("report.html")).unwrap();
        for told in ["parameters apart", "activation(lr=0.1), weight(decay=none)", "lookahead(k=2)", "muon"] {
            assert!(page.contains(told), "{kind}: {told}");
        }
    }
    for (flag, why) in [
        ("--group slopes", "no kind of parameters is called `slopes`"),
        ("--group bias(decay=2)", "group.decay is 2, but must be kept or none"),
        ("--group bias --group norm|bias", "kinds that no group before it has"),
        ("--schedule sequence(0.5=linear)", "the ends do not rise to 1"),
        ("--schedule multistep(at=0.5|0.2)", "no rising fractions"),
    ] {
        let told = refusal(&dir, &format!("train classifier --data tiny {flag}"), 2);
        assert!(told.contains(why), "{flag}: {told}");
    }
}

#[test]
fn a_gan_takes_any_rule_for_each_network() {
    let dir = folder("rules-gan");
    tiny(&dir);
    let train = |flags: &str, out: &str| {
        object(&dir, &format!("train gan --data tiny --epochs 1 --batch 20 --json {flags} --out {out}"));
        recipe(&dir.join(out))
    };
    let usual = train("--recipe article", "usual");
    assert_eq!((&usual["rule"]["adam"]["beta1"], &usual["lr"]), (&json!(0.5), &json!(2e-4)));
    assert!(usual.get("d_lr").is_none() && usual.get("ema").is_none());
    let beta = train("--beta1 0.3", "beta");
    assert_eq!(beta["rule"]["adam"]["beta1"], 0.3);
    let own = train(
        "--optimizer optimistic-adam --beta1 0.3 --d-optimizer sgd(momentum=0.9) --ema 0.1 --clip-norm 1 --schedule cosine --group bias(lr=2)",
        "own",
    );
    assert_eq!(own["rule"]["optimistic-adam"]["beta1"], 0.3);
    assert!((number(&own, "d_lr") - 0.01).abs() < 1e-12 && own["ema"]["half_life"] == 0.1);
    let page = std::fs::read_to_string(dir.join("own/report.html")).unwrap();
    for told in [
        "optimistic-adam(beta1=0.3)",
        "optimizer of the discriminator",
        "clip-norm",
        "average of the generator",
    ] {
        assert!(page.contains(told), "{told}");
    }
    let told = refusal(&dir, "train gan --data tiny --optimizer sgd --beta1 0.3", 2);
    assert!(
        told.contains("--beta1 belongs to --optimizer (one of adam, ") && told.contains("not to sgd"),
        "{told}"
    );
}

#[test]
fn a_learning_rate_is_found_and_drawn() {
    let dir = folder("lr-find");
    tiny(&dir);
    let found = object(&dir, "lr-find --data tiny --batch 20 --json --out found");
    let lr = number(&found, "suggestion");
    assert!(lr > 1e-5 && lr < 1.0, "{lr}");
    assert_eq!(names(&dir.join("found")), ["config.json", "lr-find.jsonl", "report.html"]);
    let rows = std::fs::read_to_string(dir.join("found/lr-find.jsonl")).unwrap();
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert_eq!(rows.len() as f64, number(&found, "steps"));
    assert!(rows.windows(2).all(|pair| number(&pair[0], "lr") < number(&pair[1], "lr")));
    assert!(rows.iter().any(|row| (number(row, "lr") - lr).abs() < 1e-12));
    let page = std::fs::read_to_string(dir.join("found/report.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("Loss by learning rate"));
    let net =
        "input = [1, 28, 28]\nlayers = [{ type = \"flatten\" }, { type = \"linear\", in = 784, out = 10 }]\n";
    std::fs::write(dir.join("net.toml"), net).unwrap();
    object(&dir, "lr-find --data tiny --spec net.toml --json --out written");
    let config: Value =
        serde_json::from_str(&std::fs::read_to_string(dir.join("written/config.json")).unwrap()).unwrap();
    assert_eq!(config["spec_file"], "net.toml");
    // What is next is a training of the very same kind.
    let flags = "--data tiny --seed 3 --activation tanh --optimizer sgd(momentum=0.5) --clip-norm 1 --transform l1 --group norm";
    let told = crate::said(&crate::ran(
        &dir,
        &format!("lr-find {flags} --steps 20 --lowest=1e-5 --highest 1 --threads 2 --out next"),
    ));
    let next = told
        .lines()
        .find_map(|line| line.split("next: sparring ").nth(1))
        .unwrap_or_else(|| panic!("{told}"));
    let (asked, rate) = next.split_once(" --lr ").unwrap();
    let quoted = flags.replace("sgd(momentum=0.5)", "'sgd(momentum=0.5)'");
    assert_eq!(asked, format!("train classifier {quoted} --batch 128"));
    object(
        &dir,
        &format!("train classifier {flags} --batch 128 --lr {rate} --epochs 1 --json --out trained"),
    );
    let config = |run: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(dir.join(run).join("config.json")).unwrap()).unwrap()
    };
    let (found, trained) = (config("next"), config("trained"));
    assert_eq!((&found["spec"], &found["data"]), (&trained["spec"], &trained["data"]));
    for key in ["rule", "batch", "seed", "transforms", "groups"] {
        assert_eq!(found["recipe"][key], trained["recipe"][key], "{key}");
    }
    let told = refusal(&dir, "lr-find --data tiny --lowest 1 --highest 0.1", 2);
    assert!(told.contains("highest is 1e-1, but must be above `lowest`"), "{told}");
}
