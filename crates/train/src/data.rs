//! Examples as the loops take them, and what is refused before the first step.

use crate::TrainError;
use crate::parallel::map_parts;
use sparring_datasets::Split;
use sparring_tensor::Array;

/// Examples as `[n, c, h, w]`.
///
/// # Panics
/// If an index is not below the number of examples.
pub fn pixels(split: &Split, indices: &[usize]) -> Array<f32> {
    let [c, h, w] = split.shape();
    let mut x = Array::stale([indices.len(), c, h, w]);
    split.to_f32(indices, x.as_mut_slice());
    x
}

/// Data and network agree, and there is something to learn from.
pub(crate) fn check_data(train: &Split, input: [usize; 3]) -> Result<(), TrainError> {
    if train.is_empty() {
        return Err(TrainError::Data("no training examples".into()));
    }
    if train.shape() != input {
        let shape = train.shape();
        return Err(TrainError::Data(format!(
            "examples are {shape:?} (channels, height, width), the network takes {input:?}"
        )));
    }
    Ok(())
}

/// Values lie in `range` and are not scaled twice: a largest one below a fiftieth of the range's end is what x/255/255 leaves, on
/// which any network that puts out almost nothing looks perfect.
pub(crate) fn check_range(split: &Split, range: (f64, f64)) -> Result<(), TrainError> {
    let ends = map_parts(split.len(), |part| {
        let x = pixels(split, &part.collect::<Vec<_>>());
        x.as_slice().iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(lo, hi), &v| (lo.min(v), hi.max(v)))
    });
    let (lo, hi) =
        ends.into_iter().fold((f32::INFINITY, f32::NEG_INFINITY), |a, b| (a.0.min(b.0), a.1.max(b.1)));
    let inside = f64::from(lo) >= range.0 && f64::from(hi) <= range.1;
    if inside && f64::from(hi.abs().max(lo.abs())) >= 0.02 * range.1.abs().max(range.0.abs()) {
        Ok(())
    } else {
        let (a, b) = range;
        Err(TrainError::Data(format!("pixels lie in [{lo}, {hi}]; expected [{a}, {b}], scaled once")))
    }
}
