//! The shapes that learnt activations have come to have.

use serde::Serialize;
use sparring_activations::{Activation, Sharing};
use sparring_models::ClassifierNet;
use sparring_nn::ParamKind;

/// A learnt activation before and after the training.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LearntShape {
    /// The node's name.
    pub name: String,
    /// The function it began as.
    pub function: String,
    /// Its learnt parameters now, as they are stored: a spline clamps its slopes where it is evaluated.
    pub parameters: Vec<f64>,
    /// (x, f(x) at the start, f(x) now).
    pub points: Vec<(f64, f64, f64)>,
}

/// Where it is looked at: −4 to 4 in steps of 1/16.
const POINTS: i32 = 64;

/// Every activation with learnt parameters that all its elements share.
pub fn learnt_shapes(model: &ClassifierNet) -> Vec<LearntShape> {
    let nodes = &model.spec().nodes;
    let of = |i: usize| {
        let function = nodes[i].layer.as_activation()?;
        let trained = function.trainable::<f64>()?;
        let learnt = model.net.params_of(i).iter().find(|p| p.kind() == ParamKind::Activation)?;
        let parameters: Vec<f64> = learnt.value.as_slice().iter().map(|v| f64::from(*v)).collect();
        if parameters.len() != trained.count() {
            return None;
        }
        let x: Vec<f64> = (-POINTS..=POINTS).map(|k| f64::from(k) / 16.0).collect();
        let mut now = vec![0.0; x.len()];
        trained.forward_with(&parameters, Sharing::WHOLE, &x, &mut now);
        let points = x.iter().zip(now).map(|(&x, now)| (x, function.f(x), now)).collect();
        Some(LearntShape { name: nodes[i].name.clone(), function: function.to_string(), parameters, points })
    };
    (0..nodes.len()).filter_map(of).collect()
}
