//! Autoencoders after their training: images put through them, codes written, samples drawn, and what is told of the codes.

use crate::{folder, number, object, printed, refusal, save_mlp, tiny};
use serde_json::Value;
use sparring::store::{TensorValues, read_tensors};
use std::path::Path;

/// The numbers of an array in a file.
fn floats(dir: &Path, file: &str, name: &str) -> (Vec<usize>, Vec<f32>) {
    let found = read_tensors(dir.join(file)).unwrap();
    let values = found.get(name).unwrap_or_else(|| panic!("no {name}")).clone();
    let shape = values.shape();
    (shape, values.into_f32().unwrap().as_slice().to_vec())
}

fn whole(dir: &Path, file: &str, name: &str) -> (Vec<usize>, Vec<i64>) {
    match read_tensors(dir.join(file)).unwrap().get(name) {
        Some(TensorValues::I64 { shape, numbers }) => (shape.clone(), numbers.clone()),
        other => panic!("{other:?}"),
    }
}

/// Width and height of a PNG.
fn size(dir: &Path, file: &str) -> [u32; 2] {
    let png = std::fs::read(dir.join(file)).unwrap();
    [16, 20].map(|at| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()))
}

/// What a training tells of its codes.
fn told(done: &Value) {
    for key in
        ["explained", "psnr", "bce", "bce_floor", "departure_from_mean", "bits_per_pixel", "stored_psnr"]
    {
        assert!(number(done, key).is_finite(), "{key}");
    }
    assert!(number(done, "bce") > number(done, "bce_floor") && number(done, "bce_floor") > 0.0, "{done}");
    assert!((number(done, "bce") - number(done, "bce_floor") - number(done, "bce_above_floor")).abs() < 1e-9);
    let (mse, mean) = (number(done, "test_mse"), number(done, "mean_image_mse"));
    assert!((number(done, "explained") - (1.0 - mse / mean)).abs() < 1e-4, "{done}");
    assert!((number(done, "psnr") + 10.0 * mse.log10()).abs() < 1e-3, "{done}");
    for key in ["knn_accuracy", "pca_knn_accuracy", "probe_accuracy", "pca_probe_accuracy", "anomaly_auroc"] {
        assert!((0.0..=1.0).contains(&number(done, key)), "{key} of {done}");
    }
    assert!(done["alarms"].is_array() && done["anomalies"].is_string(), "{done}");
}

#[test]
fn an_autoencoder_reconstructs_encodes_and_draws() {
    let dir = folder("coders-autoencoder");
    let done = object(&dir, "train autoencoder --epochs 3 --arch wide-autoencoder(code=8) --json --out ae");
    told(&done);
    assert!(number(&done, "zlib_bits_per_pixel") > number(&done, "bits_per_pixel"), "{done}");
    assert!(number(&done, "anomaly_auroc") > 0.6 && number(&done, "knn_accuracy") > 0.5, "{done}");
    assert_eq!(done["alarms"], serde_json::json!([]), "{done}");
    let page = std::fs::read_to_string(dir.join("ae/report.html")).unwrap();
    for words in
        ["What the code is worth", "Images from codes", "principal axis", "zlib", "AUROC", "Gaussians"]
    {
        assert!(page.contains(words), "{words}");
    }

    // The test images, and a picture of the first: three pairs of rows of ten, 28 doubled pixels and 2 between.
    let seen = object(&dir, "reconstruct ae --out grid.png --shown 25 --columns 10 --json");
    assert!((number(&seen, "mse") - number(&done, "test_mse")).abs() < 1e-9, "{seen}");
    assert!((number(&seen, "explained") - number(&done, "explained")).abs() < 1e-6);
    assert_eq!(size(&dir, "grid.png"), [10 * 58 + 2, 6 * 58 + 2]);
    assert!(refusal(&dir, "reconstruct ae --out grid.png", 1).contains("exists"));
    assert!(refusal(&dir, "reconstruct ae --out grid.jpg", 2).contains("png"));
    assert!(refusal(&dir, "reconstruct ae --fit digit", 2).contains("pictures"));
    // Pictures by name: those of a grid are no single digit, but they are pictures.
    let one = object(&dir, "reconstruct ae grid.png --fit plain --out one.png --json");
    assert_eq!((number(&one, "n"), one["images"][0]["file"].as_str()), (1.0, Some("grid.png")));
    assert_eq!(number(&one, "mse"), number(&one["images"][0], "mse"));
    assert_eq!(size(&dir, "one.png"), [60, 118]);
    assert!(refusal(&dir, "reconstruct ae nothing.png", 1).contains("nothing.png"));

    let coded = object(&dir, "encode ae --first 40 --out codes.npz --json");
    assert_eq!((number(&coded, "n"), number(&coded, "code")), (40.0, 8.0));
    let (shape, codes) = floats(&dir, "codes.npz", "codes");
    assert_eq!(shape, [40, 8]);
    assert!(codes.chunks(8).any(|z| z != &codes[..8]));
    let (shape, labels) = whole(&dir, "codes.npz", "labels");
    let test = sparring::datasets::Mnist::embedded().test.first(40).labels();
    assert_eq!((shape, labels), (vec![40], test.iter().map(|&l| l as i64).collect()));
    // The same codes again on other threads, and as safetensors.
    printed(&dir, "encode ae --first 40 --out codes.safetensors --threads 1");
    assert_eq!(floats(&dir, "codes.safetensors", "codes").1, codes);
    assert!(refusal(&dir, "encode ae --out codes.npz", 1).contains("exists"));
    assert!(refusal(&dir, "encode ae --first 99999 --out x.npz", 2).contains("--first"));

    let drawn = object(&dir, "generate ae -n 12 --components 4 --columns 6 --out a.png --json");
    assert!(drawn["law"].as_str().unwrap().contains("mixture of 4 Gaussians"), "{drawn}");
    assert_eq!(size(&dir, "a.png"), [6 * 58 + 2, 2 * 58 + 2]);
    let bytes = |name: &str| std::fs::read(dir.join(name)).unwrap();
    printed(&dir, "generate ae -n 12 --components 4 --columns 6 --out b.png --threads 3");
    printed(&dir, "generate ae -n 12 --components 4 --columns 6 --out c.png --seed 9");
    assert!(bytes("a.png") == bytes("b.png") && bytes("a.png") != bytes("c.png"));
    assert!(refusal(&dir, "generate ae --components 99999 --out d.png", 2).contains("--components"));
    assert!(refusal(&dir, "generate ae --by-order --out d.png", 2).contains("--by-order"));

    save_mlp(&dir.join("mlp.safetensors"));
    for (command, out) in [("reconstruct", "r.png"), ("encode", "e.npz")] {
        let of = |model: &str| refusal(&dir, &format!("{command} {model} --out {out}"), 1);
        assert!(of("mlp.safetensors").contains("of kind `classifier`"));
        assert!(of("nowhere").contains("nowhere"));
    }
}

#[test]
fn a_vae_too() {
    let dir = folder("coders-vae");
    tiny(&dir);
    let done =
        object(&dir, "train vae --data tiny --arch vae(hidden=32,latent=3) --epochs 40 --json --out vae");
    told(&done);
    let seen = object(&dir, "reconstruct vae --json");
    assert!((number(&seen, "mse") - number(&done, "test_mse")).abs() < 1e-6, "{seen} {done}");
    printed(&dir, "encode vae --split train --out codes.npz");
    let [codes, logvar] = ["codes", "logvar"].map(|name| floats(&dir, "codes.npz", name));
    assert_eq!((codes.0, logvar.0), (vec![60, 3], vec![60, 3]));
    assert!(logvar.1.iter().all(|l| (-10.0..=10.0).contains(l)));
    let drawn = object(&dir, "generate vae -n 4 --out a.png --json");
    assert_eq!(drawn["law"].as_str(), Some("codes from N(0, I)"));
    assert_eq!(size(&dir, "a.png"), [118, 118]);
    assert!(refusal(&dir, "generate vae --components 3 --out b.png", 2).contains("autoencoders"));
    // Judged as its training was, and on what it was trained on.
    let judged = object(&dir, "eval vae --json");
    for (key, of) in
        [("elbo", "test_elbo"), ("kl", "test_kl"), ("mse", "test_mse"), ("active_units", "active_units")]
    {
        assert!((number(&judged, key) - number(&done, of)).abs() < 1e-6, "{key}: {judged} {done}");
    }
    let parts = number(&judged, "reconstruction") + number(&judged, "kl");
    assert!((number(&judged, "elbo") + parts).abs() < 1e-9, "{judged}");
    assert_eq!(number(&object(&dir, "eval vae --split train --first 7 --json"), "n"), 7.0);
    assert!(refusal(&dir, "eval vae --corruptions", 2).contains("for classifiers"));
    assert!(refusal(&dir, "eval vae --arch mlp", 2).contains("says itself how its networks are built"));
}

#[test]
fn one_with_a_codebook_too() {
    let dir = folder("coders-vq-vae");
    tiny(&dir);
    let train =
        "train vq-vae --data tiny --arch vq-vae(entries=16,dim=4) --epochs 200 --batch 10 --json --out";
    let done = object(&dir, &format!("{train} a --threads 1"));
    told(&done);
    assert!(number(&done, "test_mse") < number(&done, "mean_image_mse"), "{done}");
    // A place whose images are always black has one entry: no waste.
    assert!(!done["alarms"].to_string().to_lowercase().contains("dead"), "{done}");
    assert!((1.0..=16.0).contains(&number(&done, "perplexity")) && number(&done, "used") >= 2.0, "{done}");
    assert_eq!((number(&done, "entries"), number(&done, "places")), (16.0, 49.0));
    // At most 4 bits a place.
    assert!(number(&done, "bits_per_pixel") < 49.0 * 6.0 / 784.0, "{done}");
    object(&dir, &format!("{train} b --threads 3"));
    for name in ["metrics.jsonl", "model.safetensors", "report.html", "resume.bin"] {
        let read = |run: &str| std::fs::read(dir.join(run).join(name)).unwrap();
        assert!(read("a") == read("b"), "{name}");
    }
    let seen = object(&dir, "reconstruct a --json");
    assert!((number(&seen, "mse") - number(&done, "test_mse")).abs() < 1e-6, "{seen} {done}");
    printed(&dir, "encode a --out codes.npz");
    let (shape, entries) = whole(&dir, "codes.npz", "entries");
    assert_eq!(shape, [20, 49]);
    assert!(entries.iter().all(|e| (0..16).contains(e)) && entries.iter().any(|e| *e != entries[0]));
    assert_eq!(floats(&dir, "codes.npz", "codes").0, [20, 4 * 49]);
    assert!(refusal(&dir, "generate a --out x.png", 1).contains("no law"));
    let judged = object(&dir, "eval a --json");
    for (key, of) in [("mse", "test_mse"), ("perplexity", "perplexity"), ("used", "used")] {
        assert!((number(&judged, key) - number(&done, of)).abs() < 1e-6, "{key}: {judged} {done}");
    }
    assert!(refusal(&dir, "train vq-vae --decay 1", 2).contains("decay"));
    assert!(refusal(&dir, "train vq-vae --arch vae", 2).contains("no vq-vae"));
}

#[test]
fn alarms_are_raised_in_words() {
    let dir = folder("coders-alarms");
    tiny(&dir);
    // Codes behind a relu that is never on.
    let line = "train autoencoder --data tiny --epochs 60 --arch wide-autoencoder(code=8,code_activation=relu) --variant sparse(l1=10) --json --out dead";
    let dead = object(&dir, line);
    assert_eq!(number(&dead, "dead_numbers"), 8.0, "{dead}");
    let words = dead["warnings"].to_string();
    assert!(
        words.contains("dead code: all 8 numbers") && words.contains("not below that of the mean image"),
        "{words}"
    );
    let page = std::fs::read_to_string(dir.join("dead/report.html")).unwrap();
    assert!(page.contains("dead code: all 8 numbers"));
    // Outliers by name; a set of another shape is refused before anything is trained.
    let other =
        object(&dir, "train autoencoder --data tiny --outliers mnist-10k --epochs 5 --json --out other");
    assert!(
        other["anomalies"].as_str().unwrap().contains("mnist-10k") && number(&other, "anomaly_auroc") > 0.9
    );
    assert!(
        refusal(&dir, "train autoencoder --data tiny --outliers moons --out never", 2).contains("outliers")
    );
    assert!(!dir.join("never").exists());
}
