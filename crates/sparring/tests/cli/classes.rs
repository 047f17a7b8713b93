//! Folders of pictures by class: whatever becomes of folder and run, a class is what it is called.

use crate::{folder, names, number, object, printed, ran, refusal, said};
use sparring::seed::Key;
use sparring::store;
use sparring_report::grid::{GridSpec, images_from_rows, png_grid};
use std::fs;
use std::path::Path;

/// Pictures of 8 x 8 pixels: stripes whose direction is the class.
fn stripes(to: &Path, classes: &[&str], n: usize) {
    for (class, step) in classes.iter().zip([(0, 1), (1, 0), (1, 1)]) {
        fs::create_dir_all(to.join(class)).unwrap();
        for k in 0..n {
            let noise = |i: usize| 0.1 * Key::new(k as u64).rng(i as u64).uniform();
            let x: Vec<f32> = (0..64)
                .map(|i| noise(i) + if (i / 8 * step.0 + i % 8 * step.1 + k) % 4 < 2 { 0.85 } else { 0.05 })
                .collect();
            let spec = GridSpec { scale: 1, padding: 0, ..GridSpec::default() };
            let png = png_grid(&images_from_rows([1, 8, 8], &x).unwrap(), &spec).unwrap();
            fs::write(to.join(class).join(format!("{k:02}.png")), png).unwrap();
        }
    }
}

const CLASSES: [&str; 3] = ["across", "down", "slanted"];

/// A run on such pictures that knows them all.
fn trained(dir: &Path, flags: &str) {
    stripes(&dir.join("data"), &CLASSES, 30);
    let done = object(dir, &format!("train classifier --data data --epochs 20 --json --out run {flags}"));
    assert_eq!(number(&done, "test_accuracy"), 1.0, "{done}");
}

#[test]
fn classes_that_moved_are_found_by_their_names_and_strange_ones_are_refused() {
    let dir = folder("classes");
    trained(&dir, "");
    let out = ran(&dir, "eval run");
    assert!(out.status.success() && said(&out).is_empty(), "{}", said(&out));
    // The same classes in another order, fewer of them, and all under other names.
    let data = |name: &str| dir.join(name);
    stripes(&data("again"), &CLASSES, 10);
    fs::create_dir(data("two")).unwrap();
    for class in ["down", "slanted"] {
        fs::rename(data("again").join(class), data("two").join(class)).unwrap();
    }
    for model in ["run", "run/model.safetensors"] {
        let out = ran(&dir, &format!("eval {model} --data two --json"));
        let of: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!((number(&of, "accuracy"), of["per_class"][2]["name"].as_str()), (1.0, Some("slanted")));
        assert!(number(&of["per_class"][0], "examples") == 0.0 && said(&out).contains("matched"), "{of}");
        let of = object(&dir, &format!("attack {model} --data two --attack fgsm --eps 0.01 --json --n 3"));
        assert_eq!(number(&of, "clean"), 1.0);
    }
    fs::rename(dir.join("two/down"), dir.join("two/a-down")).unwrap();
    for line in ["eval run", "eval run/model.safetensors", "attack run"] {
        let text = refusal(&dir, &format!("{line} --data two"), 1);
        assert!(text.contains(r#"two: classes without an equal among the model's: "a-down"; the model knows: "across", "down", "slanted"; rename"#), "{text}");
    }
    // Folders that trade names hold other data than were trained on, which is said.
    fs::rename(dir.join("data/down"), dir.join("data/x")).unwrap();
    fs::rename(dir.join("data/across"), dir.join("data/down")).unwrap();
    fs::rename(dir.join("data/x"), dir.join("data/across")).unwrap();
    for line in ["eval run --json", "attack run --attack fgsm --eps 0.01 --n 3 --json"] {
        let out = ran(&dir, line);
        assert!(
            out.status.success() && said(&out).contains("warning: the data data have changed"),
            "{}",
            said(&out)
        );
    }
}

#[test]
fn weights_know_the_names_of_their_classes() {
    let dir = folder("classes-weights");
    trained(&dir, "--keep-last 1 --keep-best");
    let line = |model: &str| {
        object(&dir, &format!("predict {model} data/slanted/03.png --json"))["images"][0].clone()
    };
    let of_run = line("run");
    assert_eq!(of_run["name"], "slanted");
    printed(&dir, "export run --out there.safetensors");
    printed(&dir, "export run --out there.npz");
    let last = names(&dir.join("run")).into_iter().find(|n| n.starts_with("epoch-")).unwrap();
    fs::copy(dir.join("run/model.safetensors"), dir.join("bare.safetensors")).unwrap();
    for file in
        ["bare.safetensors", "there.safetensors", "there.npz", &format!("run/{last}"), "run/best.safetensors"]
    {
        assert_eq!(line(file)["name"], "slanted", "{file}");
    }
    // A run without its config.json, and one of an older version, whose weights know no names.
    let (config, weights) = (dir.join("run/config.json"), dir.join("run/model.safetensors"));
    let text = fs::read(&config).unwrap();
    fs::remove_file(&config).unwrap();
    assert_eq!(line("run")["name"], "slanted");
    fs::write(&config, text).unwrap();
    let net = store::read(&weights).unwrap().build("").unwrap();
    store::write(&weights, "classifier", &[("", &net)], serde_json::Value::Null).unwrap();
    assert_eq!(
        (line("run")["name"].as_str(), line("run/model.safetensors")["name"].as_str()),
        (Some("slanted"), Some("2"))
    );
    // Digits have numbers, and nothing stands beside their networks.
    printed(&dir, "train classifier --epochs 1 --arch mlp --out digits");
    assert!(object(&dir, "inspect digits/model.safetensors --json")["extra"].is_null());
}

#[test]
fn a_model_with_too_few_classes_says_which_set_does_not_fit() {
    let dir = folder("classes-few");
    trained(&dir, "");
    stripes(&dir.join("more"), &CLASSES, 4);
    let net = store::read(dir.join("run/model.safetensors")).unwrap().build("").unwrap();
    store::write(dir.join("plain.safetensors"), "classifier", &[("", &net)], serde_json::Value::Null)
        .unwrap();
    fs::create_dir(dir.join("more/z")).unwrap();
    for k in 0..4 {
        fs::copy(dir.join(format!("more/down/0{k}.png")), dir.join(format!("more/z/{k}.png"))).unwrap();
    }
    for line in ["eval plain.safetensors --data more", "attack plain.safetensors --data more"] {
        let text = refusal(&dir, line, 2);
        assert!(text.contains("more: labels of its") && text.contains("--data"), "{text}");
    }
}

#[test]
fn data_that_were_moved_are_still_the_run_s_own() {
    let dir = folder("classes-moved");
    trained(&dir, "--validation 9");
    fs::rename(dir.join("data"), dir.join("elsewhere")).unwrap();
    assert!(refusal(&dir, "eval run", 1).contains("name them with --data"));
    let of = object(&dir, "eval run --data elsewhere --split validation --json");
    assert_eq!((number(&of, "n"), of["split"].as_str()), (9.0, Some("validation")));
    let of = object(&dir, "eval run --data elsewhere --split train --json");
    assert_eq!(of["split"], "train");
    stripes(&dir.join("other"), &CLASSES, 12);
    let text = refusal(&dir, "eval run --data other --split validation", 2);
    assert!(text.contains("not known to be a run's own"), "{text}");
}

#[test]
fn what_is_no_finished_run_says_what_it_is() {
    let dir = folder("classes-unfinished");
    trained(&dir, "");
    fs::create_dir(dir.join("cut")).unwrap();
    for line in ["eval", "predict", "export", "attack"] {
        let line = match line {
            "predict" => "predict cut data/down/01.png".to_string(),
            "export" => "export cut --out x.npz".into(),
            line => format!("{line} cut"),
        };
        fs::copy(dir.join("run/config.json"), dir.join("cut/config.json")).unwrap();
        let text = refusal(&dir, &line, 1);
        assert!(
            text.contains("nothing of it was saved; to begin again: sparring train classifier"),
            "{text}"
        );
        fs::copy(dir.join("run/resume.bin"), dir.join("cut/resume.bin")).unwrap();
        let text = refusal(&dir, &line, 1);
        assert!(text.contains("not finished; go on with `sparring resume cut`"), "{text}");
        fs::remove_file(dir.join("cut/resume.bin")).unwrap();
    }
    let grid = "train = \"classifier\"\n[flags]\ndata = \"moons\"\nepochs = 1\n[axes]\nseed = [1]\n";
    fs::write(dir.join("grid.toml"), grid).unwrap();
    printed(&dir, "sweep grid.toml --out swept");
    let text = refusal(&dir, "eval swept", 1);
    assert!(text.contains("the directory of a sweep or study; name one of its runs: swept/cells/"), "{text}");
    // A page of ours is called so.
    let text = refusal(&dir, "inspect run/report.html", 1);
    assert!(text.contains("a page of this program") && text.contains("browser"), "{text}");
    assert!(refusal(&dir, "inspect nowhere.bin", 1).contains("nowhere.bin: no such file"));
}
