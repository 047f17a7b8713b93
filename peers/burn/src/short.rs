//! One example forward, on a device without autodiff.

use crate::nets::{Model, examples};
use burn::tensor::Device;
use peer_terms::clock::{Arguments, Pace, passes};
use peer_terms::rows::LATENCY;
use peer_terms::{Outcome, streams};

pub fn latency(arguments: &Arguments, device: &Device, pace: &mut Pace<'_>) -> Outcome {
    let (_, net) = *LATENCY.iter().find(|r| r.0 == arguments.only).ok_or("no such row")?;
    let model = Model::new(net, streams::WEIGHTS, device);
    let (x, _) = examples(&arguments.data, 1, device)?;
    let call = || Ok(model.forward(x.clone()));
    passes(pace, 1.0, call, |z| streams::mean(&z.to_data().try_to_vec::<f32>().unwrap_or_default()))
}
