//! MNIST from two gzipped IDX files.

use std::io::Read;
use std::path::Path;

fn bytes(path: &Path, header: usize) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let file = std::fs::File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut all = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut all)?;
    if all.len() < header || all[..3] != [0, 0, 8] {
        return Err(format!("{}: not an IDX file of bytes", path.display()).into());
    }
    Ok(all.split_off(header))
}

/// The first n training examples: the pixels, 784 of each, in [0, 1], and the classes.
pub fn train(folder: &Path, n: usize) -> Result<(Vec<f32>, Vec<u8>), Box<dyn std::error::Error>> {
    let pixels = bytes(&folder.join("train-images-idx3-ubyte.gz"), 16)?;
    let mut labels = bytes(&folder.join("train-labels-idx1-ubyte.gz"), 8)?;
    if labels.len() < n || pixels.len() < n * 784 {
        return Err(format!("{n} training examples are needed, the data have {}", labels.len()).into());
    }
    labels.truncate(n);
    Ok((pixels[..n * 784].iter().map(|&b| f32::from(b) / 255.0).collect(), labels))
}
