//! The digits that are trained on and attacked.

use sparring_datasets::mnist::{Kind, load_dir};
use sparring_datasets::{Mnist, Pixels, Split};
use std::path::Path;

/// Examples of a pass.
pub const PASS: usize = 60_000;

/// The training split of the four files in `folder`, or the embedded one cycled to [`PASS`] examples.
///
/// # Errors
/// If the folder does not hold the files.
pub fn load(folder: Option<&Path>) -> Result<Split, String> {
    match folder {
        Some(folder) => load_dir(folder, Kind::Any).map(|set| set.train).map_err(|e| e.to_string()),
        None => cycled(&Mnist::embedded().train, PASS),
    }
}

/// The examples of `split` over and over until there are `n`, in memory of their own as a set of that size would be.
fn cycled(split: &Split, n: usize) -> Result<Split, String> {
    let Pixels::U8(bytes) = split.pixels() else { return Err("the embedded set is not bytes".into()) };
    let pixels: Vec<u8> = bytes.iter().copied().cycle().take(n * split.dim()).collect();
    let labels: Vec<u8> = (0..n).map(|i| split.label(i % split.len()) as u8).collect();
    Split::new(Pixels::U8(pixels.into()), split.shape(), labels).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_set_is_cycled() {
        let (whole, ten) = (load(None).unwrap(), Mnist::embedded().train);
        assert_eq!(whole.len(), PASS);
        assert_eq!(whole.row(10_003), ten.row(3));
        assert_eq!(whole.label(59_999), ten.label(9_999));
    }
}
