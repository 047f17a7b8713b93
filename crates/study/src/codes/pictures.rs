//! What a decoder makes of codes between and beside those of images.

use crate::StudyError;
use sparring_models::ImageCoder;
use sparring_report::grid::{GridSpec, Image, images_from_rows, png_grid};
use sparring_report::html::{Block, Figure, ImageRow, ImageRows};
use sparring_train::decoded;

/// Codes from one image to the other, both ends among them.
const STEPS: usize = 9;

/// The images on the straight way between the codes of each pair, `(first, second)` rows of `codes` `[n, k]`.
pub(super) fn interpolations(
    model: &dyn ImageCoder,
    codes: &[f32],
    pairs: &[(usize, usize)],
    names: impl Fn(usize) -> String,
) -> Result<Block, StudyError> {
    let k = model.code_numbers();
    let row = |&(a, b): &(usize, usize)| -> Result<ImageRow, StudyError> {
        let [from, to] = [a, b].map(|i| &codes[i * k..(i + 1) * k]);
        let between = |s: usize| {
            let t = s as f32 / (STEPS - 1) as f32;
            from.iter().zip(to).map(move |(a, b)| (1.0 - t) * a + t * b)
        };
        let way: Vec<f32> = (0..STEPS).flat_map(between).collect();
        let images = decoded(model, &way);
        let dim = images.len() / STEPS;
        let images = images.chunks(dim).map(|one| Image::new(model.image_shape(), one));
        Ok(ImageRow {
            label: format!("{} to {}", names(a), names(b)),
            alt: "decoded code".into(),
            images: images.collect::<Result<_, _>>().map_err(StudyError::codes)?,
        })
    };
    let caption = "Decoded codes on the straight way from that of one test image to that of another: the first of the set of their classes.";
    Ok(Block::ImageRows(ImageRows {
        caption: caption.into(),
        rows: pairs.iter().map(row).collect::<Result<_, _>>()?,
    }))
}

/// Decoded codes as one picture.
pub(super) fn samples(model: &dyn ImageCoder, codes: &[f32], caption: String) -> Result<Block, StudyError> {
    let images = images_from_rows(model.image_shape(), &decoded(model, codes)).map_err(StudyError::codes)?;
    let png = png_grid(&images, &GridSpec::default()).map_err(StudyError::codes)?;
    Ok(Block::Figures(vec![Figure { png, alt: "Samples".into(), caption }]))
}
