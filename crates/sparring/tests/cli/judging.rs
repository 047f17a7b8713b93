//! How honest an attack's figures are: findings, curves, verdicts of each image, and cards that give the figure again.

use crate::{command, folder, number, object, printed, raised, refusal, said, tiny};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A net trained on `tiny`.
fn net(name: &str) -> std::path::PathBuf {
    let dir = folder(name);
    tiny(&dir);
    printed(&dir, "train classifier --data tiny --epochs 2 --out run");
    dir
}

fn array<'a>(v: &'a Value, key: &str) -> &'a Vec<Value> {
    v[key].as_array().unwrap_or_else(|| panic!("no array `{key}` in {v}"))
}

const IDS: [&str; 16] = [
    "random_output",
    "probabilities",
    "zero_gradient",
    "nan_gradient",
    "tiny_gradient",
    "gradient_mismatch",
    "pgd_not_converged",
    "restarts_not_converged",
    "not_monotone",
    "survives_huge_eps",
    "black_box_stronger",
    "one_step_stronger",
    "noise_stronger",
    "dlr_undefined",
    "units",
    "batch_dependent",
];

#[test]
fn every_check_has_its_row() {
    let dir = net("judging-findings");
    let quick = object(&dir, "attack run --eps 0.05 --json");
    let full = object(&dir, "attack run --eps 0.02,0.05 --diagnose --json");
    let suite = object(&dir, "attack run --eps 0.05 --suite quick --json");
    for report in [&quick, &full, &suite] {
        let rows = array(report, "findings");
        assert_eq!(rows.iter().map(|r| r["id"].as_str().unwrap()).collect::<Vec<_>>(), IDS);
        for row in rows {
            assert!(row["raised"].is_boolean() && row["why"].is_string(), "{row}");
            let unseen = row["why"].as_str().unwrap().starts_with("not examined: ");
            assert_eq!(row["value"].is_null(), unseen, "{row}");
            assert_eq!(row.as_object().unwrap().len(), 4, "{row}");
        }
    }
    let unseen = |report| array(report, "findings").iter().filter(|r| r["value"].is_null()).count();
    assert!(unseen(&quick) >= 7 && unseen(&full) == 0 && unseen(&suite) == 0);
    // What a diagnosis finds changes no figure.
    assert_eq!(full["robust_accuracy"], quick["robust_accuracy"]);
    let told = printed(&dir, "attack run --eps 0.05 --attack pgd --steps 4 --step-size 0.001 --diagnose");
    assert!(told.contains("\n! pgd_not_converged: pgd: its steps together are 0.004 long"), "{told}");
    assert!(told.contains("\nchecks: "), "{told}");
}

#[test]
fn a_curve_above_the_table_is_remarked() {
    let dir = net("judging-remark");
    let of = |curve: &str| {
        object(&dir, &format!("attack run --attack pgd(steps=20) --eps 0.1 --json --curve {curve}"))
    };
    let weak = of("noise(samples=1)");
    let text = weak["curve_remark"].as_str().unwrap_or_else(|| panic!("{weak}"));
    assert!(text.contains("the curve of noise over-reports: at eps 0.1"), "{text}");
    assert!(of("pgd(steps=20)")["curve_remark"].is_null());
    let told = printed(&dir, "attack run --attack pgd(steps=20) --eps 0.1 --curve noise(samples=1)");
    assert!(told.contains("\n! the curve of noise over-reports"), "{told}");
    // Where no attack is named, one that works in the norm runs.
    for (norm, attack) in [("l1", "apgd"), ("l0", "sigma-zero")] {
        let eps = if norm == "l1" { "1" } else { "3" };
        let report = object(&dir, &format!("attack run --norm {norm} --eps {eps} --n 5 --json"));
        assert_eq!(report["attacks"][0]["attack"], attack);
    }
}

#[test]
fn a_curve_comes_from_one_attack() {
    let dir = net("judging-curve");
    let of = |line: &str| object(&dir, &format!("attack run --attack fgsm --json {line}"));
    let fine = of("--eps 0.2 --curve pgd(steps=10)");
    let points = array(&fine, "curve");
    assert_eq!((points.len(), &points[0]["accuracy"]), (21, &fine["clean"]));
    assert_eq!((number(&points[0], "eps"), number(&points[20], "eps")), (0.0, 0.2));
    let falls = points.windows(2).all(|p| number(&p[1], "accuracy") <= number(&p[0], "accuracy"));
    assert!(falls && number(&points[20], "accuracy") < number(&points[0], "accuracy"), "{fine}");
    // The median is where half of the images are left.
    let median = number(&fine, "median_size");
    let left = |eps: f64| points.iter().rfind(|p| number(p, "eps") <= eps).map(|p| number(p, "accuracy"));
    assert!(left(median - 0.011) >= Some(0.5) && left(median + 0.011) <= Some(0.5), "{fine}");
    // Of several budgets the points are those, and each is what a run at that budget says.
    let coarse = of("--eps 0.05,0.1 --curve pgd(steps=10)");
    let runs = object(&dir, "attack run --attack pgd(steps=10) --eps 0.05,0.1 --json");
    let of_curve: Vec<&Value> = array(&coarse, "curve")[1..].iter().map(|p| &p["accuracy"]).collect();
    let of_runs: Vec<&Value> = array(&runs, "attacks").iter().map(|p| &p["accuracy"]).collect();
    assert_eq!(of_curve, of_runs);
    assert!(coarse["median_size"].is_null() || number(&coarse, "median_size") <= 0.1 + 1e-6);
    assert!(runs["curve"].is_null() && runs["median_size"].is_null());
    let told = printed(&dir, "attack run --attack fgsm --eps 0.2 --curve bim");
    assert!(
        told.contains("by the smallest changes of bim")
            && told.contains("median smallest change: at most 0.0700 (bisected over the budgets)"),
        "{told}"
    );
    assert!(
        refusal(&dir, "attack run --norm l0 --eps 3 --attack noise --curve pgd", 2).contains("--curve pgd")
    );
}

#[test]
fn the_verdict_of_each_image_is_written() {
    let dir = net("judging-samples");
    let line = "attack run --eps 0.05 --json";
    let report = object(&dir, &format!("{line} --curve bim --per-sample a.jsonl"));
    object(&dir, &format!("{line} --curve bim --per-sample a.csv"));
    let text = fs::read_to_string(dir.join("a.jsonl")).unwrap();
    let rows: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(rows.len(), 20);
    let share = |f: &dyn Fn(&Value) -> bool| rows.iter().filter(|r| f(r)).count() as f64 / 20.0;
    assert_eq!(share(&|r| r["right"] == true), number(&report, "clean"));
    for (k, name) in ["fgsm", "pgd"].iter().enumerate() {
        let stands = share(&|r| r[format!("fooled_{name}")] == false);
        assert_eq!(stands, number(&array(&report, "attacks")[k], "accuracy"), "{name}");
    }
    assert_eq!(share(&|r| number(r, "margin") > 0.0), number(&report, "robust_accuracy"));
    let last = array(&report, "curve").last().unwrap();
    assert_eq!(share(&|r| r["size"].is_null()), number(last, "accuracy"));
    for row in &rows {
        assert_eq!(row["right"] == true, row["label"] == row["prediction"], "{row}");
        assert!(row["right"] == true || row["fooled_pgd"].is_null() && number(row, "size") == 0.0, "{row}");
    }
    // The same as CSV.
    let csv = fs::read_to_string(dir.join("a.csv")).unwrap();
    let mut lines = csv.lines();
    let header = "id,label,prediction,right,fooled_fgsm,fooled_pgd,margin,size";
    assert_eq!((lines.next(), csv.lines().count()), (Some(header), 21));
    for (line, row) in lines.zip(&rows) {
        let cells = header.split(',').map(|key| match &row[key] {
            Value::Null => String::new(),
            value => value.to_string(),
        });
        assert_eq!(line, cells.collect::<Vec<_>>().join(","));
    }
    // In a cascade an attack is not given what those before it fooled; of several budgets each has its columns.
    object(&dir, &format!("{line} --suite quick --per-sample b.jsonl"));
    let text = fs::read_to_string(dir.join("b.jsonl")).unwrap();
    assert!(text.lines().all(|l| !l.contains("\"fooled_fgsm\":true") || l.contains("\"fooled_pgd\":null")));
    object(&dir, "attack run --eps 0.05,0.1 --json --per-sample c.csv");
    let csv = fs::read_to_string(dir.join("c.csv")).unwrap();
    assert!(
        csv.starts_with("id,label,prediction,right,fooled_fgsm_0.05,fooled_fgsm_0.1,")
            && csv.contains(",margin_0.05,margin_0.1\n"),
        "{csv}"
    );
    assert!(refusal(&dir, "attack run --per-sample a.txt", 2).contains(".csv or .jsonl"));
    assert!(refusal(&dir, "attack run --per-sample a.csv", 1).contains("exists"));
}

fn replay(dir: &Path, file: &str, code: i32) -> (Value, String) {
    let out = command(dir, &format!("replay {file} --json")).output().unwrap();
    assert_eq!(out.status.code(), Some(code), "{file}: {}", said(&out));
    (serde_json::from_slice(&out.stdout).unwrap_or_default(), said(&out))
}

#[test]
fn cards_of_all_kinds_are_replayed() {
    let dir = net("judging-replays");
    let put = |name: &str, value: &Value| fs::write(dir.join(name), value.to_string()).unwrap();
    let report = object(
        &dir,
        "attack run --n 15 --eps 0.05,0.1 --seed 9 --attack pgd(steps=7,restarts=2),noise,pgd-madry-mnist --curve bim --json",
    );
    put("all.json", &report);
    let (whole, _) = replay(&dir, "all.json", 0);
    let replayed = array(&whole, "cards");
    assert_eq!((replayed.len(), &whole["same"]), (7, &Value::Bool(true)));
    for (row, attack) in replayed.iter().zip(array(&report, "attacks")) {
        assert_eq!((&row["attack"], &row["eps"]), (&attack["attack"], &attack["eps"]));
        assert_eq!(number(row, "replay") / 15.0, number(attack, "accuracy"), "{row}");
    }
    // One card alone holds all that it needs, and says what it was.
    let card = &array(&report, "cards")[0];
    for key in ["norm", "eps", "steps", "restarts", "key", "parameters", "forwards", "backwards", "version"] {
        assert!(!card[key].is_null(), "{key}: {card}");
    }
    assert!(
        card["model_sha256"].as_str().unwrap().len() == 64
            && card["model"] == "run"
            && number(card, "n") == 15.0
    );
    put("one.json", card);
    assert_eq!(array(&replay(&dir, "one.json", 0).0, "cards").len(), 1);
    // Another figure on the card is seen, and both are said.
    let (mut other, survivors) = (card.clone(), number(card, "survivors"));
    other["survivors"] = (survivors as u64 + 1).into();
    put("other.json", &other);
    let (differs, told) = replay(&dir, "other.json", 1);
    assert_eq!(differs["same"], false);
    assert!(
        told.contains(&format!("the card says {} of 15 images, the replay {survivors}", survivors + 1.0)),
        "{told}"
    );
    // A cascade is run once for all its cards, and one of its cards alone runs those before it.
    let suite = object(&dir, "attack run --n 15 --eps 0.05 --suite standard --json --save adv.safetensors");
    put("suite.json", &suite);
    put("last.json", &array(&suite, "cards")[2]);
    for (file, cards) in [("suite.json", 4), ("adv.safetensors", 4), ("last.json", 1)] {
        let (found, _) = replay(&dir, file, 0);
        assert_eq!(array(&found, "cards").len(), cards, "{file}");
    }
    // Other weights are named, and so is a file without a card.
    printed(&dir, "train classifier --data tiny --epochs 1 --seed 5 --out other");
    let out = command(&dir, "replay one.json --model other").output().unwrap();
    assert!(said(&out).contains("not as when the card was made: model"), "{}", said(&out));
    for (text, why) in [
        ("{}", "holds no card"),
        ("[]", "holds no card"),
        ("no", "no JSON"),
        ("{\"cards\": [3]}", "holds no card"),
    ] {
        fs::write(dir.join("wrong.json"), text).unwrap();
        assert!(refusal(&dir, "replay wrong.json", 1).contains(why), "{text}");
    }
    other["call"] = "pgd(steps=0)".into();
    put("wrong.json", &other);
    assert!(refusal(&dir, "replay wrong.json", 1).contains("steps"));
    assert_eq!(raised(&suite).iter().filter(|(id, _)| id == "random_output").count(), 0);
}

#[test]
fn the_page_shows_checks_and_curve() {
    let dir = net("judging-page");
    printed(&dir, "attack run --eps 0.1 --curve bim --diagnose --report page.html");
    let page = fs::read_to_string(dir.join("page.html")).unwrap();
    for text in
        ["Accuracy against budget", "smallest changes", "Checks", "batch_dependent", "Half of the images"]
    {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn replay_names_the_networks_that_changed() {
    let dir = folder("replay-changed");
    tiny(&dir);
    for (kind, out, seed) in [
        ("classifier", "run", 1),
        ("classifier", "stand", 2),
        ("classifier", "other", 3),
        ("autoencoder", "before", 1),
        ("autoencoder", "after", 2),
    ] {
        printed(&dir, &format!("train {kind} --data tiny --epochs 1 --seed {seed} --out {out}"));
    }
    let line = "attack run --n 15 --eps 0.05 --attack fgsm --surrogate stand --purifier before --json";
    let report = object(&dir, line);
    fs::write(dir.join("report.json"), report.to_string()).unwrap();
    let mut old = report["cards"][0].clone();
    for key in ["surrogate_sha256", "purifier_sha256"] {
        assert_eq!(old[key].as_str().map(str::len), Some(64), "{old}");
        old.as_object_mut().unwrap().remove(key);
    }
    fs::write(dir.join("old.json"), old.to_string()).unwrap();
    let told = |file: &str| said(&command(&dir, &format!("replay {file}")).output().unwrap());
    assert!(!told("report.json").contains("not as when"));
    for (from, to) in [("other", "stand"), ("after", "before")] {
        let file = |run: &str| dir.join(run).join("model.safetensors");
        fs::copy(file(from), file(to)).unwrap();
    }
    let now = told("report.json");
    assert!(now.contains("made: surrogate") && now.contains("made: purifier"), "{now}");
    assert!(!now.contains("made: model"), "{now}");
    let changed = |line: &str| {
        let out = command(&dir, &format!("replay report.json --json {line}")).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        serde_json::from_str::<Value>(text.trim()).unwrap()["changed"].clone()
    };
    assert_eq!(changed(""), serde_json::json!(["surrogate", "purifier"]));
    // Moved, they are where a flag says.
    fs::rename(dir.join("stand"), dir.join("moved")).unwrap();
    assert!(refusal(&dir, "replay report.json", 1).contains("with --surrogate"));
    assert_eq!(changed("--surrogate moved"), serde_json::json!(["surrogate", "purifier"]));
    fs::rename(dir.join("moved"), dir.join("stand")).unwrap();
    printed(&dir, "attack run --n 5 --eps 0.05 --attack fgsm --save alone.npz");
    assert!(refusal(&dir, "replay alone.npz --purifier before", 2).contains("the card has none"));
    // A card of before, without their hashes.
    assert!(!told("old.json").contains("not as when"));
}
