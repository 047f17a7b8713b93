//! Networks in TOML files: trained, inspected, and filled with weights that PyTorch saved.

use crate::{command, folder, object, printed, refusal, said};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn config(run: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(run.join("config.json")).unwrap()).unwrap()
}

#[test]
fn a_network_in_a_file_is_trained_inspected_and_attacked() {
    let dir = folder("specs-train");
    let net = "input = [2]\nlayers = [{ type = \"flatten\" }, { type = \"Linear\", in_features = 2, out_features = 8, name = \"fc1\" }, { type = \"tanh\" },
        { type = \"linear\", in = 8, out = 3 }]\n";
    fs::write(dir.join("rings.toml"), net).unwrap();
    let seen = object(&dir, "inspect rings.toml --json");
    assert_eq!(
        (&seen["parameters"], &seen["kind"], &seen["tensors"][0]["name"]),
        (&51.into(), &"network".into(), &"fc1.weight".into())
    );
    assert!(printed(&dir, "inspect rings.toml").contains("fc1.weight fc1.bias 3.weight 3.bias"));
    let data = "--data rings(n=300,classes=3) --epochs 2 --json";
    printed(&dir, &format!("train classifier --spec rings.toml {data}"));
    let run = dir.join("runs/rings-1");
    let made = config(&run);
    assert_eq!((&made["arch"], &made["spec_file"]), (&Value::Null, &"rings.toml".into()));
    assert_eq!(made["spec"], seen["spec"]);
    assert!(fs::read_to_string(run.join("report.html")).unwrap().contains("rings.toml"));
    // The run keeps its network: the file may go.
    fs::remove_file(dir.join("rings.toml")).unwrap();
    assert!(object(&dir, "attack runs/rings-1 --eps 0.1 --n 20 --json")["clean"].as_f64().is_some());
    assert_eq!(object(&dir, "inspect runs/rings-1 --json")["model"]["networks"][0]["parameters"], 51);

    let code = net
        .replace("[2]", "[1, 28, 28]")
        .replace("in_features = 2", "in_features = 784")
        .replace("out = 3", "out = 784");
    fs::write(dir.join("code.toml"), code).unwrap();
    let out = command(&dir, "train classifier --spec code.toml --data rings --epochs 1").output().unwrap();
    assert!(said(&out).contains("the network code.toml takes 1 x 28 x 28"), "{}", said(&out));

    fs::write(dir.join("bad.toml"), "input = [2]\nlayers = [{ type = \"linaer\" }]").unwrap();
    for line in
        ["train classifier --spec bad.toml", "attack runs/rings-1 --spec bad.toml", "inspect bad.toml"]
    {
        let e = refusal(&dir, line, 1);
        assert!(
            e.contains("bad.toml") && e.contains("line 2: layer `0`") && e.contains("did you mean `linear`?"),
            "{e}"
        );
    }
    fs::write(dir.join("rings.toml"), net).unwrap();
    assert!(refusal(&dir, "train classifier --spec rings.toml --arch mlp", 2).contains("--arch"));
    assert!(
        refusal(&dir, "train classifier --spec rings.toml --activation silu", 2)
            .contains("--activation belongs to --arch")
    );
    assert!(refusal(&dir, "attack runs/rings-1 --spec rings.toml", 2).contains("leave --spec out"));
    assert!(refusal(&dir, "train classifier --spec none.toml", 1).contains("none.toml"));
}

#[test]
fn bare_weights_of_pytorch_are_attacked_through_a_file() {
    let dir = folder("specs-attack");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/formats");
    for file in ["named.toml", "named.safetensors", "named.npz", "mlp.safetensors"] {
        fs::copy(golden.join(file), dir.join(file)).unwrap();
    }
    let run = "--attack fgsm --eps 0.1 --n 50 --json";
    let truth = object(&dir, &format!("attack named.safetensors --spec named.toml {run} --save adv.npz"));
    let other = object(&dir, &format!("attack named.npz --spec named.toml {run}"));
    assert_eq!((&truth["clean"], &truth["robust_accuracy"]), (&other["clean"], &other["robust_accuracy"]));
    let seen = object(&dir, "inspect adv.npz --json");
    assert_eq!(
        (&seen["kind"], &seen["model"], &seen["checksum"]),
        (&"npz".into(), &"adversarials".into(), &"verified".into())
    );
    let seen = object(&dir, "inspect named.npz --json");
    assert_eq!(
        (&seen["kind"], &seen["ours"], &seen["tensors"][0]["name"]),
        (&"npz".into(), &false.into(), &"block.0.weight".into())
    );
    let e = refusal(&dir, "attack mlp.safetensors --spec named.toml", 1);
    assert!(e.contains("missing feature_extractor.conv1.weight") && e.contains("unexpected 1.bias"), "{e}");
    let e = refusal(&dir, "attack named.npz", 2);
    assert!(e.contains("--spec net.toml"), "{e}");
    fs::write(dir.join("cut.npz"), &fs::read(dir.join("named.npz")).unwrap()[..9000]).unwrap();
    for line in ["inspect cut.npz", "attack cut.npz --spec named.toml"] {
        let e = refusal(&dir, line, 1);
        assert!(e.contains("cut.npz") && e.contains("not a whole .npz file"), "{e}");
    }
}
