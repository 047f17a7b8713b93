//! Rows 22 and 23: files as people really have them.

use super::checks::{Checks, Tried};
use super::inputs::{gzip, idx_set, zip};
use super::trained::Context;

/// The first bytes of a pickle of protocol 2 as `torch.save` wrote it before 1.6: a magic number, a protocol version.
const PICKLE: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.";
/// The beginning of an ONNX model: IR version 8, producer `pytorch` 2.0, an empty graph, one import of an operator set.
const ONNX: &[u8] = b"\x08\x08\x12\x07pytorch\x1a\x032.0:\x0a\x12\x08main_graB\x02\x10\x11";
/// The signature of HDF5 and the version of its superblock.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0";
/// An array of two numbers as NumPy stores it.
const NPY: &[u8] = b"\x93NUMPY\x01\0\x46\0{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }           \n\0\0\0\0\0\0\0\0";

/// Row 22.
pub fn of_other_programs(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    let archive = zip("archive/data.pkl", b"\x80\x02}q\0.");
    let keras = zip("metadata.json", b"{\"keras_version\": \"3.0\"}");
    let arrays = zip("a.npy", NPY);
    let torch: &[&str] = &["pytorch"];
    let files: [(&str, &[u8], &[&str]); 8] = [
        ("model.pt", &archive, torch),
        ("model.pth", &archive, torch),
        ("old.pt", PICKLE, torch),
        ("net.h5", HDF5, &["hdf5", "keras"]),
        ("net.keras", &keras, &["keras", "zip"]),
        ("a.npy", NPY, &["numpy", "npy"]),
        // The wrong name does not help.
        ("renamed.safetensors", &archive, torch),
        ("renamed-h5.safetensors", HDF5, &["hdf5", "keras"]),
    ];
    for (name, bytes, words) in files {
        std::fs::write(sandbox.file(name), bytes)?;
        for command in ["attack", "inspect", "attack --arch mlp"] {
            let ended = sandbox.run(&format!("{command} {name}"))?;
            let sound =
                ended.refused() && ended.says(words) && ended.says(&["safetensors"]) && ended.says(&[name]);
            checks.ended(&format!("{command} {name}"), &ended, sound && !ended.says(&["header wants"]));
        }
    }
    // ONNX files are read; this one is empty.
    std::fs::write(sandbox.file("net.onnx"), ONNX)?;
    for command in ["attack", "inspect"] {
        let ended = sandbox.run(&format!("{command} net.onnx"))?;
        let sound = ended.refused() && ended.says(&["net.onnx"]) && ended.says(&["no output", "no input"]);
        checks.ended(&format!("{command} net.onnx"), &ended, sound);
    }
    // Archives of NumPy are read; this one breaks off in an array's header.
    std::fs::write(sandbox.file("a.npz"), arrays)?;
    for command in ["attack", "inspect", "attack --arch mlp"] {
        let ended = sandbox.run(&format!("{command} a.npz"))?;
        let sound = ended.refused() && ended.says(&["a.npz"]) && ended.says(&["header"]);
        checks.ended(&format!("{command} a.npz"), &ended, sound);
    }
    Ok(checks)
}

/// Row 23.
pub fn names_and_padding(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    let set = sandbox.file("padded");
    idx_set(&set, 20)?;
    for name in sandbox.left("padded") {
        let mut packed = gzip(&std::fs::read(set.join(&name))?)?;
        packed.resize(packed.len() + 512, 0);
        std::fs::write(set.join(format!("{name}.gz")), packed)?;
        std::fs::remove_file(set.join(name))?;
    }
    idx_set(&sandbox.file("dots-packed"), 20)?;
    for name in sandbox.left("dots-packed") {
        let (from, dotted) = (sandbox.file("dots-packed").join(&name), name.replacen("-idx", ".idx", 1));
        std::fs::write(
            sandbox.file("dots-packed").join(format!("{dotted}.gz")),
            gzip(&std::fs::read(&from)?)?,
        )?;
        std::fs::remove_file(from)?;
    }
    for data in ["cases/idx-dots", "padded", "dots-packed"] {
        let ended = sandbox.run(&format!(
            "train classifier --data {data} --epochs 1 --json --out run-{}",
            checks.all.len()
        ))?;
        checks.ended(&format!("train --data {data}"), &ended, ended.object().is_ok());
    }
    for file in ["cases/idx-dots/train-images.idx3-ubyte", "padded/train-images-idx3-ubyte.gz"] {
        let ended = sandbox.run(&format!("inspect {file}"))?;
        checks.ended(&format!("inspect {file}"), &ended, ended.code == Some(0));
    }
    Ok(checks)
}
