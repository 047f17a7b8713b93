//! One example forward, and the activations that candle has.

use crate::nets::{examples, forward, frozen, parameters};
use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops;
use peer_terms::clock::{Arguments, Pace, passes};
use peer_terms::rows::LATENCY;
use peer_terms::{Outcome, streams};

const ACTIVATIONS: [&str; 10] =
    ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "mish", "softmax", "log_softmax"];
const SIZES: [(&str, usize); 2] = [("2^16", 1 << 16), ("2^24", 1 << 24)];

pub fn rows() -> Vec<(String, &'static str)> {
    let act = |name: &str| SIZES.map(|(size, _)| (format!("act_{name}_fwd@{size}"), "forward"));
    let latency = LATENCY.map(|(row, _)| (row.to_string(), "forward"));
    ACTIVATIONS.iter().flat_map(|name| act(name)).chain(latency).collect()
}

pub fn run(arguments: &Arguments, pace: &mut Pace<'_>) -> Outcome {
    let row = arguments.only.as_str();
    if let Some((_, net)) = LATENCY.into_iter().find(|l| l.0 == row) {
        let x = examples(&arguments.data, 1)?.0;
        let p = frozen(&parameters(net, streams::WEIGHTS)?);
        return passes(pace, 1.0, || Ok(forward(net, &p, &x)?), |z| mean(z, 1));
    }
    let (name, size) = row.strip_prefix("act_").and_then(|r| r.split_once("_fwd@")).ok_or("no such row")?;
    let n = SIZES.iter().find(|s| s.0 == size).ok_or("no such size")?.1;
    let (rows, every) = if name.ends_with("softmax") { (n / 10, 10) } else { (n, 1) };
    let n = rows * every;
    let shape = if every == 10 { vec![rows, 10] } else { vec![n] };
    let x = Tensor::from_vec(streams::uniform(1, n, -4.0, 4.0), shape, &Device::Cpu)?;
    passes(pace, n as f64, || Ok(activation(name, &x)?), |y| mean(y, every))
}

fn activation(name: &str, x: &Tensor) -> Result<Tensor> {
    match name {
        "sigmoid" => ops::sigmoid(x),
        "tanh" => x.tanh(),
        "relu" => x.relu(),
        "leaky_relu" => ops::leaky_relu(x, 0.01),
        "elu" => x.elu(1.0),
        "gelu" => x.gelu_erf(),
        "silu" => x.silu(),
        "mish" => ops::mish(x),
        "softmax" => ops::softmax_last_dim(x),
        "log_softmax" => ops::log_softmax(x, D::Minus1),
        other => Err(candle_core::Error::Msg(format!("no activation {other}"))),
    }
}

/// The mean of each `every`-th number.
fn mean(x: &Tensor, every: usize) -> f64 {
    let values = x.flatten_all().and_then(|x| x.to_vec1::<f32>()).unwrap_or_default();
    streams::mean(&values.into_iter().step_by(every).collect::<Vec<_>>())
}
