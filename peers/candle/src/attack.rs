//! PGD, 40 steps by every example; gradients of the input alone.

use crate::nets::{examples, forward, frozen, parameters};
use candle_core::{Result, Tensor, Var};
use candle_nn::loss::cross_entropy;
use peer_terms::clock::{Arguments, Pace};
use peer_terms::nets::Net;
use peer_terms::{Outcome, streams};

const ROWS: [(&str, Net, usize); 3] = [
    ("cnn_pgd40_b250", Net::Cnn, 250),
    ("mlp_pgd40_b1000", Net::Mlp, 1000),
    ("smallcnn_pgd40_b1000", Net::SmallCnn, 1000),
];

pub fn rows() -> Vec<(String, &'static str)> {
    ROWS.iter().map(|r| (r.0.to_string(), "tight")).collect()
}

/// Adversarial examples from a uniform start.
pub fn pgd(
    net: Net,
    p: &[Tensor],
    x: &Tensor,
    y: &Tensor,
    eps: f64,
    step: f64,
    steps: usize,
) -> Result<Tensor> {
    let (low, high) = ((x - eps)?.maximum(0f32)?, (x + eps)?.minimum(1f32)?);
    let start = x.rand_like(-eps, eps)?;
    let mut adv = (x + start)?.clamp(0f32, 1f32)?;
    for _ in 0..steps {
        let input = Var::from_tensor(&adv)?;
        // The mean instead of the sum: the sign is the same.
        let grads = cross_entropy(&forward(net, p, input.as_tensor())?, y)?.backward()?;
        let grad = grads.get(&input).ok_or_else(|| candle_core::Error::Msg("no gradient".into()))?;
        adv = (adv + (grad.sign()? * step)?)?.maximum(&low)?.minimum(&high)?;
    }
    Ok(adv)
}

/// A pass is one batch; the loss is the mean cross-entropy on what came out.
pub fn run(arguments: &Arguments, pace: &mut Pace<'_>) -> Outcome {
    let (_, net, batch) = *ROWS.iter().find(|r| r.0 == arguments.only).ok_or("no such row")?;
    let (x, y) = examples(&arguments.data, batch)?;
    let p = frozen(&parameters(net, streams::WEIGHTS)?);
    loop {
        let adv = pgd(net, &p, &x, &y, 0.3, 0.01, 40)?;
        let loss = || {
            let value = forward(net, &p, &adv).and_then(|z| cross_entropy(&z, &y)?.to_scalar::<f32>());
            value.map_or(f64::NAN, f64::from)
        };
        if !pace.lap(batch as f64, loss) {
            return Ok(());
        }
    }
}
