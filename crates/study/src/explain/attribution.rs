//! Which pixels a logit rests on.

use super::gradient::{last, weighted_output};
use sparring_models::ClassifierNet;
use sparring_tensor::Array;

/// Integrated gradients: (x − x₀) ∘ ∫₀¹ ∂z_c/∂x (x₀ + t (x − x₀)) dt for the logit z_c of a class, from a baseline x₀. They add up to z_c(x) − z_c(x₀) (completeness).
///
/// The integral is a sum over the middles of equal steps; their number is doubled until it is complete.
///
/// Source: Sundararajan, Taly and Yan 2017, arXiv:1703.01365.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntegratedGradients {
    /// Every pixel of the baseline.
    pub baseline: f32,
    /// Steps of the first sum.
    pub steps: usize,
    /// Most steps of a sum.
    pub most: usize,
    /// How far the sum may be from the difference of the logits.
    pub tolerance: f64,
}

impl Default for IntegratedGradients {
    fn default() -> Self {
        Self { baseline: 0.0, steps: 64, most: 8192, tolerance: 1e-3 }
    }
}

/// What a logit of one example rests on, pixel by pixel.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// The class whose logit it is.
    pub class: usize,
    /// |∂z_c/∂x|, the saliency of Simonyan et al. 2013, arXiv:1312.6034.
    pub saliency: Vec<f32>,
    /// Integrated gradients.
    pub integrated: Vec<f32>,
    /// Their sum.
    pub sum: f64,
    /// z_c(x) − z_c(x₀), which it should be.
    pub difference: f64,
    /// Steps that it took.
    pub steps: usize,
}

impl Attribution {
    /// How far the sum is from what it should be.
    pub fn gap(&self) -> f64 {
        (self.sum - self.difference).abs()
    }
}

/// Most points that pass the network at once; fewer of one that allows fewer.
const CHUNK: usize = 64;

/// Saliency and integrated gradients of the logit of `class` for one example x `[c, h, w]`, values in [0, 1].
///
/// # Panics
/// If x is no example of the network or it has no such class.
#[track_caller]
pub fn integrated_gradients(
    model: &ClassifierNet,
    x: &[f32],
    class: usize,
    settings: &IntegratedGradients,
) -> Attribution {
    let shape @ [c, h, w] = model.spec().input;
    let dim: usize = shape.iter().product();
    assert_eq!(x.len(), dim, "integrated_gradients: {} numbers, an example has {dim}", x.len());
    assert!(class < model.classes(), "integrated_gradients: class {class} of {}", model.classes());
    let node = last(model.spec());
    let mut weights = vec![0.0; model.classes()];
    weights[class] = 1.0;
    let between = |t: f64, i: usize| {
        let (a, b) = (f64::from(settings.baseline), f64::from(x[i]));
        (a + t * (b - a)) as f32
    };
    let at = |points: &[f64]| {
        let x = Array::from_fn([points.len(), c, h, w], |i| between(points[i / dim], i % dim));
        weighted_output(model, node, x, &weights)
    };
    let (ends, gradients) = at(&[0.0, 1.0]);
    let saliency = gradients.as_slice()[dim..].iter().map(|g| g.abs()).collect();
    let difference = ends[1] - ends[0];
    let chunk = CHUNK.min(model.net.cost().map_or(1, |cost| cost.most_examples())).max(1);
    let mut steps = settings.steps.max(1);
    loop {
        let mut sums = vec![0.0f64; dim];
        let middles: Vec<f64> = (0..steps).map(|k| (k as f64 + 0.5) / steps as f64).collect();
        for points in middles.chunks(chunk) {
            let (_, gradients) = at(points);
            for row in gradients.as_slice().chunks_exact(dim) {
                sums.iter_mut().zip(row).for_each(|(s, g)| *s += f64::from(*g));
            }
        }
        let part = |(s, v): (&f64, &f32)| s / steps as f64 * f64::from(*v - settings.baseline);
        let parts: Vec<f64> = sums.iter().zip(x).map(part).collect();
        let sum: f64 = parts.iter().sum();
        if (sum - difference).abs() <= settings.tolerance || 2 * steps > settings.most {
            let integrated = parts.into_iter().map(|p| p as f32).collect();
            return Attribution { class, saliency, integrated, sum, difference, steps };
        }
        steps *= 2;
    }
}
