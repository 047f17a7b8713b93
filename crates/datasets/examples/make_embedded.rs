//! Makes `embedded/`, the built-in MNIST-10k, from a folder with the whole set:
//! `cargo run -p sparring-datasets --no-default-features --example make_embedded -- FOLDER`
//! The same folder gives the same bytes.

use sparring_datasets::idx::{Idx, IdxValues, Packing, write};
use sparring_datasets::{Mnist, Pixels, Provenance, Split};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder with the four files of MNIST")?;
    let data = Mnist::load(&folder)?;
    if data.provenance != Provenance::Verified("mnist".into()) {
        return Err(format!("{folder} does not hold MNIST as published").into());
    }
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("embedded");
    for (name, split) in [("train", data.train.first(10_000)), ("t10k", data.test.first(2_000))] {
        let images = out.join(format!("{name}-images-idx3-ubyte.gz"));
        write(&images, &Idx::new(vec![split.len(), 28, 28], IdxValues::U8(pixels(&split)))?, Packing::Gzip)?;
        let labels = split.labels().into_iter().map(|l| l as u8).collect();
        let path = out.join(format!("{name}-labels-idx1-ubyte.gz"));
        write(&path, &Idx::new(vec![split.len()], IdxValues::U8(labels))?, Packing::Gzip)?;
        println!("{} {} bytes", images.display(), images.metadata()?.len());
    }
    Ok(())
}

fn pixels(split: &Split) -> Vec<u8> {
    match split.pixels() {
        Pixels::U8(p) => p[..split.len() * split.dim()].to_vec(),
        Pixels::F32(_) => Vec::new(),
    }
}
