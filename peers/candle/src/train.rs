//! Training with candle-nn's AdamW without decay, which is Adam.

use crate::attack::pgd;
use crate::nets::{examples, forward, free, frozen, parameters};
use candle_core::{Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, loss};
use peer_terms::clock::{Arguments, Pace};
use peer_terms::nets::Net;
use peer_terms::rows::{GAN, Shuffle, TRAIN};
use peer_terms::{Outcome, streams};

pub fn rows() -> Vec<(String, &'static str)> {
    TRAIN.iter().map(|r| r.0).chain([GAN.0]).map(|row| (row.to_string(), "step")).collect()
}

fn adam(vars: &[Var], lr: f64, beta1: f64) -> candle_core::Result<AdamW> {
    let params = ParamsAdamW { lr, beta1, weight_decay: 0.0, ..ParamsAdamW::default() };
    AdamW::new(vars.to_vec(), params)
}

fn batch(turns: &[u32]) -> candle_core::Result<Tensor> {
    Tensor::from_slice(turns, turns.len(), &Device::Cpu)
}

/// A pass is one epoch; the loss is its mean.
pub fn supervised(arguments: &Arguments, pace: &mut Pace<'_>) -> Outcome {
    let (row, net, size, count) = *TRAIN.iter().find(|r| r.0 == arguments.only).ok_or("no such row")?;
    let (x, y) = examples(&arguments.data, count)?;
    let vars = parameters(net, streams::WEIGHTS)?;
    let mut optimizer = adam(&vars, 1e-3, 0.9)?;
    let mut shuffle = Shuffle(1);
    loop {
        let mut total = 0.0;
        for turns in shuffle.turns(count).chunks(size) {
            let index = batch(turns)?;
            let (mut image, label) = (x.index_select(&index, 0)?, y.index_select(&index, 0)?);
            if row == "smallcnn_advtrain_b128" {
                image = pgd(net, &frozen(&vars), &image, &label, 0.3, 0.075, 7)?;
            }
            let out = forward(net, &free(&vars), &image)?;
            let value = match net {
                Net::Autoencoder => loss::mse(&out, &image)?,
                _ => loss::cross_entropy(&out, &label)?,
            };
            optimizer.backward_step(&value)?;
            total += f64::from(value.to_scalar::<f32>()?) * turns.len() as f64;
        }
        if !pace.lap(count as f64, || total / count as f64) {
            return Ok(());
        }
    }
}

/// Binary cross-entropy on logits. candle-nn's takes the logarithm of a rounded sigmoid and ends in NaN within a few hundred steps.
fn bce(z: &Tensor, target: &Tensor) -> candle_core::Result<Tensor> {
    let rest = ((z.abs()?.neg()?.exp()? + 1.0)?).log()?;
    ((z.relu()? - (z * target)?)? + rest)?.mean_all()
}

/// One step of D and one of G a batch; the loss is D's plus G's.
pub fn gan(arguments: &Arguments, pace: &mut Pace<'_>) -> Outcome {
    let (_, size, count) = GAN;
    let (x, _) = examples(&arguments.data, count)?;
    let (g, d) = (Net::Generator, Net::Discriminator);
    let (vg, vd) = (parameters(g, streams::WEIGHTS)?, parameters(d, streams::DISCRIMINATOR)?);
    let (mut adam_g, mut adam_d) = (adam(&vg, 2e-4, 0.5)?, adam(&vd, 2e-4, 0.5)?);
    let (real, fake) =
        (Tensor::ones((size, 1), x.dtype(), x.device())?, Tensor::zeros((size, 1), x.dtype(), x.device())?);
    let noise = || Tensor::randn(0f32, 1f32, (size, 100), &Device::Cpu);
    let mut shuffle = Shuffle(1);
    loop {
        let mut total = 0.0;
        for turns in shuffle.turns(count).chunks(size) {
            let image = x.index_select(&batch(turns)?, 0)?;
            let made = forward(g, &frozen(&vg), &noise()?)?;
            let p = free(&vd);
            let of_d = (bce(&forward(d, &p, &image)?, &real)? + bce(&forward(d, &p, &made)?, &fake)?)?;
            adam_d.backward_step(&of_d)?;
            let of_g = bce(&forward(d, &frozen(&vd), &forward(g, &free(&vg), &noise()?)?)?, &real)?;
            adam_g.backward_step(&of_g)?;
            total += f64::from(of_d.to_scalar::<f32>()? + of_g.to_scalar::<f32>()?) * size as f64;
        }
        if !pace.lap(count as f64, || total / count as f64) {
            return Ok(());
        }
    }
}
