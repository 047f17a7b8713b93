//! Examples as the loops take them, and what is refused before the first step.

use crate::TrainError;
use crate::parallel::map_parts;
use sparring_datasets::{Last, Split};
use sparring_nn::{Network, NnError};
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

/// Refuses a network that cannot be trained: a tensor of another shape was set, a batch would need more memory than
/// [`Cost`](sparring_nn::Cost) allows, or is too small for a layer that takes statistics over it. It runs `times` as many examples as the batch has in one pass.
pub(crate) fn check_network(
    net: &Network<f32>,
    n: usize,
    (batch, last): (usize, Last),
    times: usize,
) -> Result<(), TrainError> {
    net.params.check().map_err(NnError::from)?;
    let batch = batch.min(n);
    // What is allowed is counted in examples of the batch.
    let most = net.cost().map_err(NnError::from)?.most_examples() / times;
    if batch > most {
        return Err(NnError::Batch { batch, most }.into());
    }
    let (least, node) = net.graph().least_batch().map_err(NnError::from)?;
    let rest = if last == Last::Keep { n % batch.max(1) } else { 0 };
    let smallest = if rest > 0 { rest } else { batch };
    if let (Some(node), true) = (node, smallest < least) {
        let (name, kind) = (&node.name, node.layer.kind());
        let example = if smallest == 1 { "example" } else { "examples" };
        return Err(TrainError::Data(format!(
            "{n} examples in batches of {batch} leave a batch of {smallest} {example}, but layer {name} ({kind}) takes statistics over a batch and \
             needs at least {least}; choose another batch size"
        )));
    }
    Ok(())
}
