//! Codes of the examples of a set, and images of codes.

use crate::TrainError;
use crate::data::{check_data, pixels};
use crate::parallel::{PART, map_parts};
use sparring_datasets::Split;
use sparring_models::ImageCoder;
use sparring_tensor::Array;

/// Codes of all examples, `[n, code]`, row after row.
///
/// # Errors
/// If there is no example, or its shape is not the model's.
pub fn codes(model: &dyn ImageCoder, split: &Split) -> Result<Vec<f32>, TrainError> {
    check_data(split, model.image_shape())?;
    let parts = map_parts(split.len(), |part| {
        model.codes_of(pixels(split, &part.collect::<Vec<_>>())).as_slice().to_vec()
    });
    Ok(parts.concat())
}

/// Of a model whose codes are entries of a table: those of all examples, row after row, and how many entries there are; `None` of other models.
///
/// # Errors
/// If there is no example, or its shape is not the model's.
pub fn symbols(model: &dyn ImageCoder, split: &Split) -> Result<Option<(Vec<u32>, usize)>, TrainError> {
    check_data(split, model.image_shape())?;
    let parts = map_parts(split.len(), |part| model.symbols_of(pixels(split, &part.collect::<Vec<_>>())));
    let parts: Option<Vec<(Vec<u32>, usize)>> = parts.into_iter().collect();
    Ok(parts.map(|parts| {
        let entries = parts.first().map_or(0, |p| p.1);
        (parts.into_iter().flat_map(|p| p.0).collect(), entries)
    }))
}

/// Reconstructions of all examples, one row of pixels an example.
///
/// # Errors
/// If there is no example, or its shape is not the model's.
pub fn reconstructions(model: &dyn ImageCoder, split: &Split) -> Result<Vec<f32>, TrainError> {
    check_data(split, model.image_shape())?;
    let parts = map_parts(split.len(), |part| {
        model.reconstruction_of(pixels(split, &part.collect::<Vec<_>>())).as_slice().to_vec()
    });
    Ok(parts.concat())
}

/// Images of codes `[n, code]`, one row of pixels a code.
///
/// # Panics
/// If `codes` are not whole codes, or the model cannot [decode](ImageCoder::decodes) them.
#[track_caller]
pub fn decoded(model: &dyn ImageCoder, codes: &[f32]) -> Vec<f32> {
    let numbers = model.code_numbers();
    assert!(codes.len().is_multiple_of(numbers), "decoded: {} numbers for codes of {numbers}", codes.len());
    let parts: Vec<&[f32]> = codes.chunks(PART * numbers).collect();
    let images = map_parts(codes.len() / numbers, |part| {
        let codes = parts[part.start / PART];
        model.images_of(Array::from_slice([codes.len() / numbers, numbers], codes)).as_slice().to_vec()
    });
    images.concat()
}
