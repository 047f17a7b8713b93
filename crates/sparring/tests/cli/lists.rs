//! `sparring list`: every table, for people and for programs.

use crate::{folder, object, printed};
use serde_json::Value;
use sparring::activations::{AnyActivation, AnyRowActivation};
use sparring::attacks::AnyNorm;
use sparring::datasets;
use sparring::math::named::Family;
use sparring::optim::AnySchedule;
use sparring::train::AnyDefense;
use std::path::Path;

fn objects(dir: &Path, what: &str) -> Vec<Value> {
    object(dir, &format!("list {what} --json")).as_array().unwrap().clone()
}

#[test]
fn every_list_holds_its_registry() {
    let dir = folder("lists-list");
    let names = |of: Vec<&str>| of.into_iter().map(String::from).collect::<Vec<_>>();
    let presets = sparring::attacks::PRESETS.iter().map(|p| p.info);
    let attacks = sparring::attacks::AnyAttack::ALL.iter().chain(presets);
    let known = [
        ("activations", names(AnyActivation::TABLE.names().chain(AnyRowActivation::TABLE.names()).collect())),
        ("attacks", names(attacks.map(|a| a.name).collect())),
        ("losses", names(sparring::losses::ALL.iter().map(|l| l.name).collect())),
        ("optimizers", names(sparring::optim::ALL.iter().map(|o| o.name).collect())),
        ("norms", names(AnyNorm::TABLE.names().collect())),
        ("schedules", names(AnySchedule::TABLE.names().collect())),
        ("defenses", names(AnyDefense::TABLE.names().collect())),
        ("layers", names(sparring::nn::layers::tags())),
        ("models", names(sparring::models::ALL.iter().map(|m| m.name).collect())),
        ("inits", names(sparring::nn::AnyInitScheme::TABLE.names().collect())),
        ("augmentations", names(datasets::augment::AnyAugmentation::TABLE.names().collect())),
        ("averages", names(sparring::optim::AnyAverage::TABLE.names().collect())),
        ("datasets", names(datasets::ALL.iter().map(|d| d.name).collect())),
        ("corruptions", names(datasets::corruptions::AnyCorruption::TABLE.names().collect())),
    ];
    for (what, names) in known {
        assert!(!names.is_empty());
        let objects = objects(&dir, what);
        let listed: Vec<_> = objects.iter().map(|o| o["name"].as_str().unwrap().to_string()).collect();
        assert_eq!(listed, names, "{what}");
        let table = printed(&dir, &format!("list {what}"));
        let firsts: Vec<_> = table.lines().filter_map(|l| l.split_whitespace().next()).collect();
        assert!(names.iter().all(|n| firsts.contains(&n.as_str())), "{table}");
        assert!(table.lines().all(|l| l == l.trim_end()), "{table}");
    }
}

#[test]
fn facts_of_a_list_are_numbers() {
    let dir = folder("lists-facts");
    let find = |what: &str, name: &str| objects(&dir, what).into_iter().find(|o| o["name"] == name).unwrap();
    let relu = find("activations", "relu");
    assert_eq!((relu["range"][0].as_f64(), relu["range"][1].is_null()), (Some(0.0), true));
    assert_eq!((relu["lipschitz"].as_f64(), relu["monotone"].as_bool()), (Some(1.0), Some(true)));
    assert_eq!(find("activations", "prelu")["trainable"], true);
    for activation in objects(&dir, "activations") {
        for key in
            ["name", "trainable", "monotone", "range", "lipschitz", "smoothness", "curvature", "source"]
        {
            assert!(activation.get(key).is_some(), "{key}: {activation}");
        }
        assert!(activation.get("gain_forward").is_some() && activation.get("gain_backward").is_some());
        let rows = AnyRowActivation::TABLE.names().any(|name| name == activation["name"]);
        assert_eq!(activation["kind"], if rows { "rows" } else { "elementwise" });
        assert_eq!(activation["monotone"].is_null(), rows, "{activation}");
    }
    let softmax = find("activations", "softmax");
    assert_eq!((&softmax["range"], &softmax["lipschitz"]), (&serde_json::json!([0.0, 1.0]), &0.5.into()));
    assert_eq!(find("activations", "k_wta")["parameters"]["fraction"], 0.1);
    assert_eq!(find("attacks", "pgd")["access"], "white");
    assert_eq!(find("attacks", "noise")["access"], "black");
    assert_eq!(
        ["pgd", "ddn"].map(|name| find("attacks", name)["kind"].clone()),
        ["fixed budget", "minimum norm"]
    );
    assert_eq!(find("optimizers", "adam")["parameters"]["beta2"], 0.999);
    assert_eq!(find("models", "mlp")["parameters"], 109_386);
    let steps = &find("attacks", "pgd")["arguments"][0];
    assert_eq!((&steps["name"], &steps["default"]), (&"steps".into(), &"40".into()));
    assert!(steps["range"].as_str().unwrap().starts_with("a whole number, 1 or above"), "{steps}");
    assert_eq!(find("activations", "leaky_relu")["arguments"][0]["default"], "0.01");
    let pgd = find("defenses", "pgd");
    let step_size = pgd["arguments"].as_array().unwrap().iter().find(|a| a["name"] == "step_size").unwrap();
    assert_eq!(step_size["default"], "2.5 eps / steps, in l2 7.5");
    assert_eq!(find("defenses", "n-fgsm")["arguments"][2]["default"], "eps");
    assert_eq!(find("datasets", "rings")["arguments"][1]["name"], "classes");
    assert_eq!(find("losses", "margin")["arguments"].as_array().map(Vec::len), Some(0));
    std::fs::create_dir_all(dir.join("data/mnist")).unwrap();
    for file in datasets::pinned::MNIST.files {
        assert!(find("datasets", "mnist")["found"].is_null());
        std::fs::write(dir.join(format!("data/mnist/{}.gz", file.name)), b"").unwrap();
    }
    assert_eq!(find("datasets", "mnist")["found"], "data/mnist");
}
