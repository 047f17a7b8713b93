//! Images that a unit answers to most.

use super::gradient::weighted_output;
use serde::Serialize;
use sparring_models::ClassifierNet;
use sparring_seed::Key;
use sparring_tensor::Array;

/// Gradient ascent on a(x) − decay · ‖x‖²/2 within [0, 1], from faint noise: steps of fixed Euclidean length along the gradient, the pixels cut back to [0, 1] after each. The last image is the best one seen.
///
/// Source: Erhan et al. 2009; with decay Simonyan et al. 2013, arXiv:1312.6034.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Maximise {
    /// Steps.
    pub steps: usize,
    /// Euclidean length of the first step; it falls to 0 in equal parts.
    pub step_size: f32,
    /// Weight of the penalty: it keeps pixels that do not matter dark.
    pub decay: f32,
}

impl Default for Maximise {
    fn default() -> Self {
        Self { steps: 128, step_size: 1.0, decay: 0.02 }
    }
}

/// An image that a unit answers to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MaximisedUnit {
    /// Position of the node.
    pub node: usize,
    /// The unit: a column, or a channel.
    pub unit: usize,
    /// The image `[c, h, w]`.
    pub image: Vec<f32>,
    /// Activation of the noise it began with.
    pub before: f64,
    /// Activation of the image.
    pub after: f64,
}

/// The image `[c, h, w]` in [0, 1] for a unit of a node, by gradient ascent from the noise that `key` draws; of a channel the mean activation over its places is raised.
///
/// Source: Erhan, Bengio, Courville and Vincent 2009, Visualizing higher-layer features of a deep network.
///
/// # Panics
/// If there is no such node or unit.
#[track_caller]
pub fn maximise(model: &ClassifierNet, node: usize, unit: usize, how: &Maximise, key: Key) -> MaximisedUnit {
    let [c, h, w] = model.spec().input;
    let dims = model.spec().shapes(1).expect("checked when built")[node];
    let units = dims.dims()[1];
    assert!(unit < units, "maximise: unit {unit} of {units}");
    let places = dims.numel() / units;
    let weights: Vec<f32> =
        (0..dims.numel()).map(|i| if i / places == unit { 1.0 / places as f32 } else { 0.0 }).collect();
    let mut numbers = key.rng(0);
    let mut x = Array::from_fn([1, c, h, w], |_| 0.1 * numbers.uniform_f64() as f32);
    let penalty = |x: &Array<f32>| {
        0.5 * f64::from(how.decay) * x.as_slice().iter().map(|v| f64::from(*v).powi(2)).sum::<f64>()
    };
    let mut before = None;
    let mut best: Option<(f64, f64, Array<f32>)> = None;
    for step in 0..=how.steps {
        let (values, mut gradient) = weighted_output(model, node, x.clone(), &weights);
        before.get_or_insert(values[0]);
        let worth = values[0] - penalty(&x);
        if best.as_ref().is_none_or(|(most, _, _)| worth > *most) {
            best = Some((worth, values[0], x.clone()));
        }
        let g = gradient.as_mut_slice();
        g.iter_mut().zip(x.as_slice()).for_each(|(g, v)| *g -= how.decay * v);
        let norm = g.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt() as f32;
        let left = 1.0 - step as f32 / (how.steps + 1) as f32;
        if norm == 0.0 || !norm.is_finite() {
            break;
        }
        let along = how.step_size * left / norm;
        x.as_mut_slice().iter_mut().zip(g.iter()).for_each(|(v, g)| *v = (*v + along * g).clamp(0.0, 1.0));
    }
    let (_, after, image) = best.expect("the first image was seen");
    let before = before.unwrap_or(after);
    MaximisedUnit { node, unit, image: image.as_slice().to_vec(), before, after }
}
