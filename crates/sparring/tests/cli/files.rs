//! Files as a user gives them: foreign, hostile, half right, taken, on a full disk.

use crate::{command, folder, gan, mlp, object, printed, ran, refusal, said, save_gan, save_mlp};
use serde_json::{Value, json};
use sparring::nn::{Graph, Network, layers};
use sparring::store::{self, sha256_hex};
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

/// The tensors of a network in a file as another program writes it, each under a new name.
fn foreign(path: &Path, module: &Network<f32>, rename: impl Fn(&str) -> String) {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for p in &module.params {
        let name = p.name();
        let from = data.len();
        data.extend(p.value.as_slice().iter().flat_map(|v| v.to_le_bytes()));
        let shape = p.value.shape().dims().to_vec();
        header.insert(
            rename(name),
            json!({ "dtype": "F32", "shape": shape, "data_offsets": [from, data.len()] }),
        );
    }
    write_raw(path, &Value::Object(header).to_string(), &data);
}

fn write_raw(path: &Path, header: &str, data: &[u8]) {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    fs::write(path, bytes).unwrap();
}

/// A file of ours with a right sum and any spec at all, all its numbers zero: made by hand, since [`store::write`] refuses it.
fn forged(path: &Path, spec: &Graph) {
    let zeros = "0".repeat(64);
    let document = format!(
        r#"{{"format":1,"sha256":"{zeros}","kind":"classifier","networks":[{{"prefix":"","spec":{}}}],"extra":null}}"#,
        serde_json::to_string(spec).unwrap()
    );
    let mut header =
        serde_json::Map::from_iter([("__metadata__".to_string(), json!({ "sparring": document }))]);
    let mut at = 0;
    for (name, shape) in store::layout(spec, "") {
        let end = at + 4 * shape.iter().product::<usize>();
        header.insert(name, json!({ "dtype": "F32", "shape": shape, "data_offsets": [at, end] }));
        at = end;
    }
    write_raw(path, &Value::Object(header).to_string(), &vec![0; at]);
    let mut bytes = fs::read(path).unwrap();
    let place = bytes.windows(64).position(|w| w == zeros.as_bytes()).unwrap();
    let sum = sha256_hex(&bytes);
    bytes[place..place + 64].copy_from_slice(sum.as_bytes());
    fs::write(path, bytes).unwrap();
}

#[test]
fn small_files_that_ask_for_gigabytes_are_refused() {
    let dir = folder("files-gigabytes");
    let conv = |padding| layers::conv2d(1, 1, 1, 1, padding);
    let pool = |window: usize, stride: usize| layers::max_pool2d(window, stride);
    let rest = |n| [layers::flatten(), layers::linear(n, 10)];
    let between = [vec![conv(65_000), pool(65_000, 65_000)], rest(4).to_vec()].concat();
    let batch = [vec![conv(16_000), pool(32_028, 1)], rest(1).to_vec()].concat();
    for (name, layers) in [("between", between), ("batch", batch)] {
        let file = dir.join(format!("{name}.safetensors"));
        forged(&file, &Graph::chain([1, 28, 28], layers));
        assert!(fs::metadata(&file).unwrap().len() < 1100);
        for line in ["attack F -n 1", "attack F --n 20 --attack fgsm", "inspect F"] {
            let line = line.replace('F', &format!("{name}.safetensors")).replace("-n 1", "--n 1");
            let e = refusal(&dir, &line, 1);
            assert!(e.contains("layer 0 (conv2d)") && e.contains("between the layers"), "{e}");
        }
    }
}

/// No line is long, and nothing that a terminal acts on is in it.
fn harmless(line: &str, out: &Output) {
    for stream in [&out.stdout, &out.stderr] {
        let text = String::from_utf8(stream.clone()).expect("text");
        let longest = text.lines().map(|l| l.chars().count()).max().unwrap_or(0);
        assert!(line.contains("--json") || longest <= 2100, "{line}: a line of {longest} characters");
        let bad = text.chars().find(|&c| c != '\n' && store::terminal::is_hidden(c));
        assert_eq!(bad, None, "{line}: {text:?}");
        assert!(!text.contains("panicked"), "{line}: {text}");
    }
}

#[test]
fn text_from_a_file_never_reaches_the_terminal_raw() {
    let dir = folder("files-hostile");
    let evil = "\u{1b}[2J\u{1b}]0;pwned\u{7}evil\r\nline\u{9b}31m\u{202e}\0";
    let long = evil.repeat(4000);
    for (i, t) in [evil, &long].into_iter().enumerate() {
        let tensor = |dtype: &str| json!({ "dtype": dtype, "shape": [1], "data_offsets": [0, 4] });
        let plain = tensor("F32");
        let unknown = json!({ "dtype": "F32", "shape": [1], "data_offsets": [0, 4], t: 1 });
        let files = [
            ("name", json!({ t: plain })),
            ("dtype", json!({ "a": tensor(t) })),
            ("field", json!({ "a": unknown })),
            ("key", json!({ "__metadata__": { t: "v" }, "a": plain })),
            ("value", json!({ "__metadata__": { "k": t }, "a": plain })),
            ("ours", json!({ "__metadata__": { "sparring": t }, "a": plain })),
        ];
        for (name, header) in files {
            let file = format!("{name}-{i}.safetensors");
            write_raw(&dir.join(&file), &header.to_string(), &[0; 4]);
            for line in ["inspect F", "inspect F --json", "attack F --arch mlp", "attack F", "generate F"] {
                let line = line.replace('F', &file);
                harmless(&line, &ran(&dir, &line));
            }
        }
        let run = dir.join(format!("run-{i}"));
        fs::create_dir(&run).unwrap();
        let config = json!({ "command": t, "data": t, "data_from_run": t, "recipe": { t: t, "lr": [t] } });
        fs::write(run.join("config.json"), config.to_string()).unwrap();
        fs::write(run.join("metrics.jsonl"), json!({ t: t }).to_string()).unwrap();
        save_mlp(&run.join("model.safetensors"));
        for line in ["inspect R", "inspect R --json", "attack R --n 2"] {
            let line = line.replace('R', &format!("run-{i}"));
            harmless(&line, &ran(&dir, &line));
        }
        assert!(refusal(&dir, &format!("attack run-{i} --n 2"), 1).contains("config.json"));
        fs::write(dir.join("rules.txt"), t).unwrap();
        let line = "attack name-0.safetensors --arch mlp --rename rules.txt";
        harmless(line, &ran(&dir, line));
    }
    let shown = printed(&dir, "inspect name-0.safetensors");
    assert!(shown.contains("\\u{1b}[2J"), "{shown}");
    assert!(printed(&dir, "inspect name-1.safetensors").len() < 1000);
}

#[test]
fn files_of_other_programs_are_called_by_their_names() {
    let dir = folder("files-formats");
    let mut zip = b"PK\x03\x04".to_vec();
    zip.resize(30, 0);
    zip.extend(b"archive/data.pklFB");
    fs::write(dir.join("model.pt"), &zip).unwrap();
    fs::write(dir.join("net.onnx"), b"\x08\x08\x12\x07pytorch\x1a\x052.2.0:").unwrap();
    fs::write(dir.join("keras.h5"), b"\x89HDF\r\n\x1a\n\0\0\0\0\0").unwrap();
    fs::write(dir.join("x.npy"), b"\x93NUMPY\x01\0v\0{'descr'").unwrap();
    fs::write(dir.join("fake.safetensors"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    fs::create_dir(dir.join("saved")).unwrap();
    fs::write(dir.join("saved/saved_model.pb"), b"\x08\x01").unwrap();
    for (file, what, way) in [
        ("model.pt", "a PyTorch file (zip of pickles)", "safetensors.torch.save_file"),
        ("net.onnx", "an ONNX file", "export FILE --out model.safetensors"),
        ("keras.h5", "an HDF5 file", "save_file"),
        ("x.npy", "one NumPy array", "save_file"),
        ("fake.safetensors", "a PNG picture", "no weights"),
        ("saved", "a TensorFlow SavedModel folder", "save_file"),
    ] {
        // An ONNX file that holds a network is read by the other two.
        let lines = [format!("attack {file}"), format!("inspect {file}"), format!("generate {file}")];
        for line in lines.into_iter().skip(if file == "net.onnx" { 2 } else { 0 }) {
            let e = refusal(&dir, &line, 1);
            assert!(e.contains(file) && e.contains(what) && e.contains(way), "{line}: {e}");
            assert_eq!(e.lines().count(), 1, "{e}");
        }
    }
    assert!(!dir.join("samples.png").exists());
}

#[test]
fn a_pytorch_class_loads_by_rules_and_by_order() {
    let dir = folder("files-names");
    let model = mlp();
    save_mlp(&dir.join("ours.safetensors"));
    let name = |of: &str| of.replace("1.", "fc1.").replace("3.", "fc2.").replace("5.", "fc10.");
    foreign(&dir.join("theirs.safetensors"), &model.net, name);
    foreign(&dir.join("wrapped.safetensors"), &model.net, |n| format!("module.{n}"));
    let run = "--attack fgsm --eps 0.1 --n 100 --json";
    let truth = object(&dir, &format!("attack ours.safetensors {run}"));
    let same = |line: &str| {
        let report = object(&dir, &format!("attack {line} {run}"));
        assert_eq!(
            (&report["clean"], &report["robust_accuracy"]),
            (&truth["clean"], &truth["robust_accuracy"]),
            "{line}"
        );
    };
    fs::write(dir.join("rules.txt"), "# theirs = ours\nfc1 = 1\nfc2 = 3\nfc10 = 5\n").unwrap();
    fs::write(dir.join("rules.json"), r#"{"fc1": "1", "fc2": "3", "fc10": "5"}"#).unwrap();
    same("theirs.safetensors --arch mlp --by-order");
    same("theirs.safetensors --arch mlp --rename rules.txt");
    same("theirs.safetensors --arch mlp --rename rules.json");
    same("wrapped.safetensors --arch mlp");
    let told = said(&ran(&dir, &format!("attack wrapped.safetensors --arch mlp {run}")));
    assert!(told.contains("`module.`"), "{told}");
    let told = said(&ran(&dir, &format!("attack theirs.safetensors --arch mlp --by-order {run}")));
    assert!(told.contains("fc10.bias -> 5.bias"), "{told}");

    let e = refusal(&dir, "attack theirs.safetensors --arch mlp", 1);
    assert!(
        e.contains("fc2.weight [64, 128]   3.weight [64, 128]")
            || e.contains("fc2.weight [64, 128]  3.weight [64, 128]"),
        "{e}"
    );
    assert!(e.contains("sparring attack theirs.safetensors --arch mlp --by-order"), "{e}");
    let e = refusal(&dir, "attack theirs.safetensors --arch fgsm-rs", 1);
    assert!(e.contains("--arch mlp --by-order"), "{e}");
    assert!(refusal(&dir, "attack theirs.safetensors", 2).contains("--arch mlp --by-order"));
    assert!(refusal(&dir, "attack ours.safetensors --by-order", 2).contains("leave --by-order out"));
    assert!(
        refusal(&dir, "attack theirs.safetensors --arch mlp --by-order --rename rules.txt", 2)
            .contains("--rename")
    );
    fs::write(dir.join("wrong.txt"), "fc1 = 1\nfc2 = 3\nfc11 = 5\n").unwrap();
    assert!(refusal(&dir, "attack theirs.safetensors --arch mlp --rename wrong.txt", 1).contains("`fc11`"));
    let e = refusal(&dir, "attack theirs.safetensors --arch gan", 2);
    assert!(e.contains("mlp, fgsm-rs, madry") && !e.contains("autoencoder"), "{e}");

    // The generator of a GAN: alone, and under other names.
    save_gan(&dir.join("gan.safetensors"));
    foreign(&dir.join("g.safetensors"), &gan().generator, |n| format!("layer{n}"));
    printed(&dir, "generate gan.safetensors -n 4 --out a.png");
    printed(&dir, "generate g.safetensors --by-order -n 4 --out b.png");
    assert_eq!(fs::read(dir.join("a.png")).unwrap(), fs::read(dir.join("b.png")).unwrap());
    assert!(refusal(&dir, "generate g.safetensors -n 4 --out c.png", 1).contains("missing"));
}

#[test]
fn new_files_have_the_right_ending_and_are_never_written_over() {
    let dir = folder("files-new-files");
    save_mlp(&dir.join("m.safetensors"));
    for (line, flag) in [
        ("attack m.safetensors --n 4 --save x.pt", "--save"),
        ("attack m.safetensors --n 4 --report a.pdf", "--report"),
        ("generate m.safetensors --out g.jpg", "--out"),
        ("generate m.safetensors --out g", "--out"),
    ] {
        let e = refusal(&dir, line, 2);
        assert!(e.contains(flag) && e.contains("must end in ."), "{e}");
    }
    // Two at once: one wins, the other has its figures and says whose the name is.
    for round in 0..3 {
        let file = format!("adv-{round}.safetensors");
        let line = format!("attack m.safetensors --attack fgsm --n 50 --save {file} --json --seed");
        let start = |seed: u32| {
            let mut c = command(&dir, &format!("{line} {seed}"));
            c.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let outs = [start(1), start(2)].map(|child| child.wait_with_output().unwrap());
        let codes = outs.each_ref().map(|o| o.status.code());
        assert!(codes == [Some(0), Some(1)] || codes == [Some(1), Some(0)], "{codes:?}");
        let loser = &outs[usize::from(codes[1] == Some(1))];
        assert!(said(loser).contains("exists"), "{}", said(loser));
        assert!(store::read_tensors(dir.join(&file)).is_ok());
    }
    let left = fs::read_dir(&dir)
        .unwrap()
        .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(left.count(), 0, "temporary files are left");
}

#[test]
fn a_place_that_takes_no_file_is_found_before_the_work_and_a_later_loss_keeps_the_figures() {
    let dir = folder("files-places");
    save_mlp(&dir.join("m.safetensors"));
    let e = refusal(&dir, "attack m.safetensors --n 4 --save no/such/a.safetensors", 1);
    assert!(e.contains("folder"), "{e}");
    // A leftover of a killed process in the folder is swept by the next write there.
    fs::write(dir.join(".a.safetensors.tmp.4000000.0"), b"cut off").unwrap();
    printed(&dir, "attack m.safetensors --attack fgsm --n 4 --save a.safetensors");
    assert!(!dir.join(".a.safetensors.tmp.4000000.0").exists());
    // The folder goes away while the attack runs, once the trial has come and gone.
    fs::create_dir(dir.join("out")).unwrap();
    let line =
        "attack m.safetensors --attack pgd --eps 0.01 --steps 300 --n 1000 --save out/a.safetensors --json";
    let names = || fs::read_dir(dir.join("out")).unwrap().count();
    // On a busy machine the trial may come and go unseen: then the attack is begun anew.
    let child = (0..20).find_map(|_| {
        let mut child = command(&dir, line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lives = || child.try_wait().unwrap().is_none();
        let seen = [false, true].into_iter().all(|there| {
            while lives() && (names() > 0) == there {}
            lives()
        });
        if !seen {
            child.wait().unwrap();
            fs::remove_dir_all(dir.join("out")).unwrap();
            fs::create_dir(dir.join("out")).unwrap();
        }
        seen.then_some(child)
    });
    let child = child.expect("the trial was not seen");
    fs::remove_dir(dir.join("out")).unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(1), "{}", said(&out));
    let figures: Value = serde_json::from_slice(&out.stdout).expect("the figures are printed");
    assert_eq!(figures["n"], 1000);
    assert!(said(&out).contains("out/a.safetensors"), "{}", said(&out));
}

#[test]
fn a_run_finds_its_data_from_any_folder() {
    use sparring::datasets::idx::{Idx, IdxValues, Packing, write};
    let dir = folder("files-data-path");
    let data = dir.join("here/my-set");
    fs::create_dir_all(&data).unwrap();
    for (name, n) in [("train", 40usize), ("t10k", 20)] {
        let pixels = (0..n * 784).map(|i| (i * 7 % 251) as u8).collect();
        let labels = (0..n).map(|i| (i % 10) as u8).collect();
        let images = Idx::new(vec![n, 28, 28], IdxValues::U8(pixels)).unwrap();
        write(&data.join(format!("{name}-images-idx3-ubyte")), &images, Packing::Raw).unwrap();
        let labels = Idx::new(vec![n], IdxValues::U8(labels)).unwrap();
        write(&data.join(format!("{name}-labels-idx1-ubyte")), &labels, Packing::Raw).unwrap();
    }
    let here = dir.join("here");
    printed(&here, "train classifier --data ./my-set --epochs 1 --out run --json");
    let config: Value = serde_json::from_slice(&fs::read(here.join("run/config.json")).unwrap()).unwrap();
    assert_eq!((&config["data"], &config["data_from_run"]), (&json!("./my-set"), &json!("../my-set")));
    let attack = "--attack fgsm --n 20 --json";
    let truth = object(&here, &format!("attack run {attack}"));
    fs::create_dir_all(dir.join("else/where")).unwrap();
    let far = object(&dir.join("else/where"), &format!("attack ../../here/run {attack}"));
    assert_eq!(far["clean"], truth["clean"]);
    let run = here.join("run");
    let e = refusal(&dir, &format!("attack {} {attack} --n 21", run.display()).replace("--n 20 ", ""), 2);
    assert!(e.contains("20 test images"), "{e}");
    let seen = object(&dir, "inspect here/run --json");
    assert_eq!(seen["config"]["data_from_run"], "../my-set");
    assert_eq!(seen["model"]["networks"][0]["spec"]["layers"][0]["layer"], "flatten");
    fs::rename(&data, dir.join("moved")).unwrap();
    let e = refusal(&dir, &format!("attack here/run {attack}"), 1);
    assert!(e.contains("./my-set") && e.contains("config.json") && e.contains("--data"), "{e}");
    object(&dir, &format!("attack here/run --data ./moved {attack}"));
}
