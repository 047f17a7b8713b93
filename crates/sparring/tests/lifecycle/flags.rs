//! A flag that changes nothing is a mistake, and so is a name that says something else than what is written.

use crate::{folder, names, object, refusal, tiny};

#[test]
fn a_flag_without_effect_is_refused() {
    let dir = folder("effect");
    for (line, why) in [
        ("train classifier --eps 0.1", "--eps"),
        ("train classifier --defense none --eps 0.1", "--eps"),
        ("train classifier --attack-steps 3", "--attack-steps"),
        ("train classifier --attack-step-size 0.1", "--attack-step-size"),
        ("train classifier --defense fgsm-rs --attack-steps 3", "--attack-steps"),
        ("train autoencoder --arch linear-autoencoder --activation tanh", "--activation"),
        ("train autoencoder --defense pgd", "--defense"),
        ("train gan --arch gan", "--arch"),
        ("generate run -n 4 --columns 9", "--columns"),
        ("fetch mnist --from a --mirror http://b/", "--mirror"),
        ("list activations --seed 3", "--seed"),
        ("demo --eps 0.1", "--eps"),
    ] {
        let text = refusal(&dir, line, 2);
        assert!(text.contains(why), "{line}: {text}");
    }
    assert!(names(&dir).is_empty());
}

#[test]
fn both_spellings_of_a_defence_are_understood() {
    let dir = folder("spelling");
    let text = refusal(&dir, "train classifier --defence fgsm-rs --attack-steps 3", 2);
    assert!(text.contains("--attack-steps") && text.contains("fgsm-rs"), "{text}");
}

#[test]
fn a_name_says_what_is_written() {
    let dir = folder("endings");
    for (line, why) in [
        ("train classifier --data moons --out run.png", "directory"),
        ("train classifier --data moons --out a/model.safetensors", "directory"),
        ("train autoencoder --out page.HTML", "directory"),
        ("train gan --out samples.jpg", "directory"),
        ("demo --out report.pdf", "directory"),
        ("generate run --out grid.jpg", ".png"),
        ("generate run --out grid", ".png"),
        ("attack run --save x.npz", ".safetensors"),
        ("attack run --report a.pdf", ".html"),
    ] {
        let text = refusal(&dir, line, 2);
        let flag = line.split(' ').rfind(|w| w.starts_with("--")).unwrap();
        assert!(text.contains(flag) && text.contains(why), "{line}: {text}");
    }
    for kind in ["train classifier", "train gan", "demo"] {
        let out = crate::command(&dir, kind).args(["--out", ""]).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{kind}: {}", crate::said(&out));
    }
    assert!(names(&dir).is_empty());
    // A dot alone is no ending.
    object(&dir, "train classifier --data moons --epochs 1 --json --out lr-0.01");
    std::fs::write(dir.join("file"), b"mine").unwrap();
    assert!(refusal(&dir, "train classifier --data moons --out file", 1).contains("is a file"));
}

#[test]
fn what_an_attack_cannot_use_is_named() {
    let dir = folder("attack-flags");
    for size in ["1e300", "1e-300", "inf", "0"] {
        let text = refusal(&dir, &format!("attack net --attack pgd --step-size {size}"), 2);
        assert!(text.contains("--step-size") && text.contains(&format!("'{size}'")), "{text}");
    }
    let text = refusal(&dir, "attack net --save one.safetensors --report one.safetensors", 2);
    assert!(text.contains("--save") && text.contains("--report") && text.contains("both"), "{text}");
    if cfg!(unix) {
        let text = refusal(&dir, "attack /dev/zero", 1);
        assert!(text.contains("/dev/zero: not a file"), "{text}");
    }
    object(&dir, "train classifier --data moons --epochs 1 --json --out net");
    let text = refusal(&dir, "attack net --data mnist-10k", 2);
    assert!(text.contains("--data mnist-10k") && text.contains("1 x 28 x 28"), "{text}");
}

#[test]
fn a_picture_is_drawn_under_the_right_name() {
    let dir = folder("picture");
    tiny(&dir);
    object(&dir, "train gan --data tiny --epochs 1 --json --out run");
    object(&dir, "generate run -n 4 --json --out grid.PNG");
    assert!(std::fs::read(dir.join("grid.PNG")).unwrap().starts_with(b"\x89PNG"));
}
