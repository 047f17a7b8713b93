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
        ("train gan --arch dcgan --activation relu", "--activation"),
        ("train gan --arch dcgan --generator-output tanh", "--generator-output"),
        ("train gan --class-weight 2", "--class-weight"),
        ("train gan --penalty none --penalty-every 4", "--penalty-every"),
        ("train gan --recipe article --penalty-every 4", "--penalty-every"),
        ("attack run --purifier coder --projection-steps 5", "--projection-steps"),
        ("attack run --purifier coder --projection-starts 5", "--projection-starts"),
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
        ("attack run --save x.pt", ".safetensors"),
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
    assert!(text.contains("mnist-10k") && text.contains("--data") && text.contains("1 x 28 x 28"), "{text}");
    // What was not asked for is not blamed: the budget of 2 is a default, as is the network.
    let text = refusal(&dir, "attack net --norm l2", 2);
    assert!(text.contains("default budget") && text.contains("--eps"), "{text}");
    let text = refusal(&dir, "train autoencoder --data moons", 2);
    assert!(text.contains("the network autoencoder") && !text.contains("--arch autoencoder"), "{text}");
}

#[test]
fn a_picture_is_drawn_under_the_right_name() {
    let dir = folder("picture");
    tiny(&dir);
    object(&dir, "train gan --data tiny --epochs 1 --json --out run");
    object(&dir, "generate run -n 4 --json --out grid.PNG");
    assert!(std::fs::read(dir.join("grid.PNG")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn names_have_parameters_on_the_command_line() {
    let dir = folder("grammar");
    fn line(text: &str) -> Vec<&str> {
        text.split('|').map(str::trim).collect()
    }
    let run = |text: &str| {
        let out = crate::command(&dir, "").args(line(text)).output().unwrap();
        assert!(out.status.success(), "{text}: {}", crate::said(&out));
    };
    run(
        "train|classifier|--data|rings(n=64, classes=3)|--epochs|1|--activation|LeakyReLU(slope=1/5)|--optimizer|sgd(momentum=0.9)|--schedule|cosine(warmup=0.1)|--defense|PGD(eps=0.2, steps=3)|--eps-warm-up|0|--out|net",
    );
    let config = std::fs::read_to_string(dir.join("net/config.json")).unwrap();
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    assert_eq!(
        (&config["data"], &config["activation"]),
        (&"rings(n=64, classes=3)".into(), &"leaky_relu(slope=0.2)".into())
    );
    let defense = &config["recipe"]["defense"];
    assert_eq!(
        (&defense["method"], &defense["steps"], &defense["warm_up"]),
        (&"pgd".into(), &3.into(), &0.0.into())
    );
    assert!((defense["step_size"].as_f64().unwrap() - 2.5 * 0.2 / 3.0).abs() < 1e-7, "{defense}");
    run("attack|net|--attack|fgsm, pgd(steps=3, restarts=2)|--step-size|2/255|--norm|L-2|--eps|1|--json");
    for (text, why) in [
        ("attack|net|--attack|pgd(step=3)", "pgd has no parameter `step` (did you mean `steps`?)"),
        ("attack|net|--attack|pgd(steps=3)|--steps|4", "--steps 4: pgd.steps is given twice"),
        ("attack|net|--attack|pgd-madry-mnist(steps=3)", "pgd-madry-mnist has no parameter `steps`"),
        ("attack|net|--attack|pgd-madry-mnits", "did you mean `pgd-madry-mnist`?"),
        ("attack|net|--attack|fgsm|--restarts|2", "--restarts belongs to --attack (one of square, pgd, "),
        ("train|classifier|--activation|rellu", "did you mean `relu`?"),
        ("train|classifier|--schedule|cosine(warmpu=0.1)", "did you mean `warmup`?"),
        (
            "train|classifier|--defense|pgd(eps=8)",
            "pgd.eps is 8, but must be above 0 and at most 1 in linf (norm=l2 takes more)",
        ),
        ("train|classifier|--defense|pdg", "did you mean `pgd`?"),
        (
            "train|classifier|--data|rings(classes=1)",
            "--data: rings.classes is 1, but must be a whole number",
        ),
    ] {
        let out = crate::command(&dir, "").args(line(text)).output().unwrap();
        let said = crate::said(&out);
        assert!(out.status.code() == Some(2) && said.contains(why), "{text}: {said}");
    }
}
