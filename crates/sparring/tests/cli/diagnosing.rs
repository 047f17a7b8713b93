//! `sparring diagnose`, and trainings that are looked into.

use crate::{folder, names, number, object, printed, ran, refusal, said, tiny};
use serde_json::Value;

#[test]
fn a_run_is_diagnosed_and_a_verdict_can_fail() {
    let dir = folder("diagnose");
    let train = "train classifier --data moons --epochs 3 --lr 0.05 --validation 1/5 --diagnose";
    printed(&dir, &format!("{train} --out a"));
    let text = std::fs::read_to_string(dir.join("a/diagnosis.jsonl")).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.iter().map(|row| number(row, "epoch")).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
    for layer in rows[0]["layers"].as_array().unwrap() {
        let ratio = layer["weight"]["update_ratio"].as_f64();
        assert!(layer["weight"].is_null() || ratio.is_some_and(|r| r > 0.0), "{layer}");
    }
    let page = std::fs::read_to_string(dir.join("a/report.html")).unwrap();
    assert!(page.contains("Inside the network") && page.contains("Gradient by depth"));
    // Watching changes nothing else, and equal runs write equal files.
    printed(&dir, &format!("{} --out b", train.replace(" --diagnose", "")));
    printed(&dir, &format!("{train} --out c --threads 1"));
    let read = |run: &str, name: &str| std::fs::read(dir.join(run).join(name)).unwrap();
    assert!(read("a", "model.safetensors") == read("b", "model.safetensors"));
    assert!(read("a", "diagnosis.jsonl") == read("c", "diagnosis.jsonl"));
    assert!(!names(&dir.join("b")).contains(&"diagnosis.jsonl".to_string()));

    let found = object(&dir, "diagnose a --n 50 --json");
    assert_eq!((number(&found, "examples"), &found["data"]), (50.0, &"moons".into()));
    let layers = found["layers"].as_array().unwrap();
    let kinds: Vec<_> = layers.iter().map(|l| l["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"linear") && kinds.contains(&"relu"), "{kinds:?}");
    let weight = &layers[0]["weight"];
    assert!(number(weight, "spectral_norm") > 0.0);
    assert!(number(weight, "spectral_bound") >= number(weight, "spectral_norm"));
    assert!(found["few_examples"].as_str().unwrap().contains("fewer than 6.0 %"), "{found}");
    let bounds = &found["lipschitz"];
    assert!(number(bounds, "lower") > 0.0 && number(bounds, "lower") <= number(bounds, "estimate"));
    assert!(number(bounds, "estimate") <= number(bounds, "upper"));
    assert!(number(&found, "linear_regions") >= 1.0 && found["verdicts"].is_array());
    let text = printed(&dir, "diagnose a --out page.html");
    assert!(text.contains("spectral norm") && text.contains("the product of bounds"), "{text}");
    let few = printed(&dir, "diagnose a --n 50");
    assert!(few.contains("figures of ") && few.contains("may count as dead"), "{few}");
    let page = std::fs::read_to_string(dir.join("a/report.html")).unwrap();
    assert!(page.contains("Few examples."), "what is watched is watched on few");
    assert!(std::fs::read_to_string(dir.join("page.html")).unwrap().contains("Gradient by depth"));

    // Large steps: the same network with dead units.
    printed(
        &dir,
        "train classifier --data moons --epochs 3 --optimizer sgd --lr 30 --diagnose --out ill --on-non-finite skip",
    );
    let ill = object(&dir, "diagnose ill --json");
    let words: Vec<_> = ill["verdicts"].as_array().unwrap().iter().map(|v| v["verdict"].clone()).collect();
    assert!(words.contains(&"dead_units".into()), "{words:?}");
    let out = ran(&dir, "diagnose ill --fail-on dead_units");
    assert_eq!(out.status.code(), Some(1));
    assert!(said(&out).contains("--fail-on: there are verdicts of dead_units"), "{}", said(&out));
    assert_eq!(ran(&dir, "diagnose ill --fail-on any").status.code(), Some(1));
    printed(&dir, "diagnose ill --fail-on saturated,not_finite");
}

#[test]
fn what_cannot_be_diagnosed_is_refused() {
    let dir = folder("diagnose-refused");
    tiny(&dir);
    printed(&dir, "train autoencoder --data tiny --epochs 1 --diagnose --out a");
    assert!(object(&dir, "diagnose a --n 5 --json")["lipschitz"]["lower"].is_number());
    for (line, why) in [
        ("diagnose a --fail-on dead", "dead_units, frozen_units"),
        ("diagnose a --n 1000000", "test examples"),
        ("diagnose a --out page.pdf", "must end in .html"),
    ] {
        let text = refusal(&dir, line, 2);
        assert!(text.contains(why), "{line}: {text}");
    }
    std::fs::write(dir.join("a/diagnosis.jsonl"), "{}\n").unwrap();
    let text = refusal(&dir, "diagnose a", 1);
    assert!(text.contains("diagnosis.jsonl: line 1"), "{text}");
}
