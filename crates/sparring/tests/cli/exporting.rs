//! A trained model leaves in the formats of others, and comes back the same.

use crate::{folder, gan, number, object, printed, refusal, save_mlp};
use serde_json::Value;
use std::fs;

#[test]
fn a_run_leaves_as_npz_safetensors_and_toml() {
    let dir = folder("export");
    printed(&dir, "train classifier --data moons --epochs 2 --out run");
    let made = object(&dir, "export run --out net.npz --json");
    assert_eq!((&made["kind"], &made["networks"][0]), (&"classifier".into(), &"".into()));
    assert_eq!(number(&made, "bytes"), fs::metadata(dir.join("net.npz")).unwrap().len() as f64);
    assert!(printed(&dir, "export run --out net.safetensors").contains("load_state_dict"));
    // The copy is the file of the run, to the byte.
    let read = |name: &str| fs::read(dir.join(name)).unwrap();
    assert!(read("net.safetensors") == read("run/model.safetensors"));
    let tried = |what: &str| object(&dir, &format!("attack {what} --data moons --eps 0.1 --n 50 --json"));
    let (run, npz) = (tried("run"), tried("net.npz"));
    assert_eq!(
        (&run["clean"], &run["attacks"][0]["accuracy"]),
        (&npz["clean"], &npz["attacks"][0]["accuracy"])
    );
    let said = printed(&dir, "export run --out net.toml");
    assert!(said.contains("--spec net.toml"), "{said}");
    let spec = |line: &str| -> Value { object(&dir, line)["spec"].clone() };
    assert_eq!(
        spec("inspect net.toml --json")["nodes"],
        object(&dir, "inspect run --json")["config"]["spec"]["nodes"]
    );
    printed(&dir, "train classifier --spec net.toml --data moons --epochs 1 --out again");
}

#[test]
fn what_cannot_be_exported_is_named() {
    let dir = folder("export-refused");
    save_mlp(&dir.join("mlp.safetensors"));
    sparring::store::write(
        dir.join("gan.safetensors"),
        "gan",
        &[("generator", &gan().generator), ("discriminator", &gan().discriminator)],
        Value::Null,
    )
    .unwrap();
    for (line, code, words) in [
        ("export mlp.safetensors --out mlp.safetensors", 1, "exists"),
        ("export mlp.safetensors --out mlp.onx", 2, ".safetensors or .npz or .toml"),
        ("export mlp.safetensors --out no/such.npz", 1, "folder does not exist"),
        ("export mlp.safetensors --network a --out a.toml", 2, "leave --network out"),
        ("export gan.safetensors --out a.toml", 2, "--network generator or discriminator"),
        ("export gan.safetensors --network x --out a.toml", 2, "holds generator or discriminator"),
        ("export gan.safetensors --network generator --out a.npz", 2, "goes with a .toml"),
        ("export nothing --out a.npz", 1, "no such file"),
    ] {
        let text = refusal(&dir, line, code);
        assert!(text.contains(words), "{line}: {text}");
    }
    let said = printed(&dir, "export gan.safetensors --network generator --out g.toml");
    assert!(said.contains("inspect g.toml"), "{said}");
    assert_eq!(object(&dir, "inspect g.toml --json")["kind"], "network");
    assert_eq!(object(&dir, "export gan.safetensors --out g.npz --json")["networks"][1], "discriminator");
}
