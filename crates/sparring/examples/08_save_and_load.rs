//! Weights out and in: safetensors with PyTorch's names, the spec, and a checksum.
//! `cargo run --release --example 08_save_and_load`
//!
//! What one learns: a weights file says itself how its network is built, and a changed byte is found.

use sparring::prelude::*;
use sparring::store;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = Mnist::embedded();
    let mut net = ClassifierNet::new(Mlp::default().spec(), Key::new(1))?;
    fit(&mut net, &data.train, &Recipe { epochs: 1, ..Recipe::default() })?;

    let file = std::env::temp_dir().join(format!("sparring-example-{}.safetensors", std::process::id()));
    store::write(&file, "classifier", &[("", &net.net)], Default::default())?;

    // The file says how its network is built; any change to it since it was written is refused.
    let weights = store::read(&file)?;
    let spec = weights.spec("").ok_or("written by another program")?.clone();
    let mut again = ClassifierNet::new(spec, Key::new(99))?;
    weights.load_into("", &mut again.net)?;
    assert_eq!(accuracy(&net, &data.test)?, accuracy(&again, &data.test)?);
    println!(
        "{} tensors written and read again: the same {:.2} % on the test images",
        weights.tensors().len(),
        100.0 * accuracy(&again, &data.test)?
    );
    std::fs::remove_file(&file)?;
    Ok(())
}
