//! Classifiers trained on samples of generators, too.

use crate::{folder, number, object, printed, refusal, said, tiny};
use std::path::Path;

/// A GAN with classes and a variational autoencoder of the tiny set.
fn generators(dir: &Path) {
    tiny(dir);
    let gan = "train gan --data tiny --arch gan(conditioning=embedding) --epochs 2 --seed 4";
    printed(dir, &format!("{gan} --out g"));
    printed(dir, "train vae --data tiny --epochs 4 --arch vae(hidden=16,latent=2) --out v");
}

#[test]
fn a_classifier_learns_from_samples_of_a_gan_and_of_a_vae() {
    let dir = folder("generated");
    generators(&dir);
    let train = "train classifier --data tiny --epochs 3 --validation 10 --json";
    let plain = object(&dir, &format!("{train} --out plain"));
    assert!(plain["generated"].is_null());
    let bytes = |run: &str| std::fs::read(dir.join(run).join("model.safetensors")).unwrap();
    for (run, flags) in [
        ("a", "--generated g"),
        ("b", "--generated v --generated-components 2"),
        ("c", "--generated g --generated-share 0.25 --generated-images 30 --defense pgd --epochs 3"),
    ] {
        let line = format!("train classifier --data tiny --validation 10 --json {flags}");
        let line = if flags.contains("epochs") { line } else { format!("{line} --epochs 3") };
        let done = object(&dir, &format!("{line} --threads 1 --out {run}"));
        assert_eq!(number(&done, "epochs"), 3.0, "as long as without them");
        let page = std::fs::read_to_string(dir.join(run).join("report.html")).unwrap();
        assert!(page.contains("generated examples") && bytes(run) != bytes("plain"));
        let config: serde_json::Value =
            serde_json::from_slice(&std::fs::read(dir.join(run).join("config.json")).unwrap()).unwrap();
        assert_eq!(config["generated"], done["generated"]);
        assert_eq!(config["validation"], 10);
        object(&dir, &format!("{line} --threads 2 --out {run}-again"));
        assert!(bytes(run) == bytes(&format!("{run}-again")));
    }
    let of = |run: &str| {
        let config = std::fs::read(dir.join(run).join("config.json")).unwrap();
        serde_json::from_slice::<serde_json::Value>(&config).unwrap()["generated"].clone()
    };
    // 50 images, half of the places of three epochs; and what was asked for.
    assert_eq!((&of("a")["images"], &of("a")["kind"]), (&75.into(), &"gan".into()));
    assert_eq!((&of("c")["images"], &of("c")["share"]), (&30.into(), &0.25.into()));
    assert_eq!((&of("b")["kind"], &of("b")["components"]), (&"vae".into(), &2.into()));
}

#[test]
fn what_makes_no_labelled_samples_of_these_data_is_refused() {
    let dir = folder("generated-refused");
    generators(&dir);
    printed(&dir, "train gan --data tiny --recipe article --epochs 1 --out u");
    printed(&dir, "train vq-vae --data tiny --epochs 1 --arch vq-vae(entries=8,dim=2) --batch 20 --out q");
    printed(&dir, "train classifier --data tiny --epochs 1 --out c");
    let told = |flags: &str, status| refusal(&dir, &format!("train classifier {flags}"), status);
    assert!(told("--data tiny --generated u", 2).contains("without classes"));
    assert!(told("--data tiny --generated q", 2).contains("of kind `vq-vae`"));
    assert!(told("--data tiny --generated c", 2).contains("of kind `classifier`"));
    assert!(told("--data tiny --generated nowhere", 1).contains("nowhere"));
    assert!(told("--data moons --generated g", 2).contains("1 x 28 x 28"));
    for share in ["1", "-0.5", "x"] {
        assert!(told(&format!("--data tiny --generated g --generated-share={share}"), 2).contains("below 1"));
    }
    assert!(told("--data tiny --generated-share 0.5", 2).contains("--generated"));
    assert!(told("--data tiny --generated g --generated-components 3", 2).contains("without classes"));
    let many = told("--data tiny --generated g --generated-images 1000000000", 2);
    assert!(many.contains("at most 342392"), "{many}");
    assert!(!dir.join("runs").exists(), "nothing was begun");
}

#[test]
fn another_generator_is_refused_when_a_training_goes_on() {
    let dir = folder("generated-resumed");
    generators(&dir);
    let line = "train classifier --data tiny --generated g --epochs 30 --batch 20 --seed 3";
    printed(&dir, &format!("{line} --out whole"));
    crate::resuming::interrupted(&dir, &format!("{line} --out cut --save-every 5"), "-INT", 2);
    // Another one in its place, and then its own again.
    std::fs::rename(dir.join("g"), dir.join("kept")).unwrap();
    assert!(said(&crate::ran(&dir, "resume cut")).contains('g'));
    printed(&dir, "train gan --data tiny --arch gan(conditioning=embedding) --epochs 2 --seed 5 --out g");
    let told = refusal(&dir, "resume cut", 1);
    assert!(told.contains("the generator, ") && told.contains("has other weights"), "{told}");
    // Other instructions draw other last bits of the same samples.
    let copy = crate::command(&dir, "resume cut").env("SPARRING_ISA", "baseline").output().unwrap();
    assert!(crate::said(&copy).contains("has other weights"), "another generator there, too");
    std::fs::remove_dir_all(dir.join("g")).unwrap();
    std::fs::rename(dir.join("kept"), dir.join("g")).unwrap();
    printed(&dir, "resume cut");
    crate::resuming::same(&dir.join("whole"), &dir.join("cut"));
    crate::resuming::interrupted(&dir, &format!("{line} --out moved --save-every 5"), "-INT", 2);
    let moved = crate::command(&dir, "resume moved").env("SPARRING_ISA", "baseline").output().unwrap();
    assert!(moved.status.success(), "{}", crate::said(&moved));
}

#[test]
fn a_sweep_takes_the_flags() {
    let dir = folder("generated-sweep");
    generators(&dir);
    let text = "train = \"classifier\"\n[flags]\ndata = \"tiny\"\nepochs = 1\ngenerated = \"g\"\n[axes]\ngenerated-share = [0.25, 0.5]\n";
    std::fs::write(dir.join("g.toml"), text).unwrap();
    printed(&dir, "sweep g.toml --out o");
    let table = std::fs::read_to_string(dir.join("o/results.csv")).unwrap();
    assert!(table.lines().count() == 3 && table.contains("0.25") && table.contains("0.5"), "{table}");
}
