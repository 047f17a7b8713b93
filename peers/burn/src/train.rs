//! Training with burn's Adam and its losses.

use crate::nets::{Model, examples};
use burn::module::Module;
use burn::nn::loss::{BinaryCrossEntropyLossConfig, CrossEntropyLossConfig, MseLoss, Reduction};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData};
use peer_terms::clock::{Arguments, Pace};
use peer_terms::nets::Net;
use peer_terms::rows::{GAN, Shuffle, TRAIN};
use peer_terms::{Outcome, streams};

fn adam(beta_1: f32) -> ModuleOptimizer {
    AdamConfig::new().with_beta_1(beta_1).with_epsilon(1e-8).init()
}

/// The examples at these places; the data carry no autodiff, the batch joins the model's.
fn batch(turns: &[u32], device: &Device) -> Tensor<1, Int> {
    let turns: Vec<i64> = turns.iter().map(|&i| i64::from(i)).collect();
    let n = turns.len();
    Tensor::from_data(TensorData::new(turns, [n]), device)
}

/// The model one step down the gradient of `loss`.
fn stepped(optimizer: &mut ModuleOptimizer, rate: f64, model: Model, loss: &Tensor<1>) -> Model {
    let grads = GradientsParams::from_grads(loss.backward(), &model);
    optimizer.step(rate, model, grads)
}

/// A pass is one epoch; the loss is its mean.
pub fn supervised(arguments: &Arguments, device: &Device, pace: &mut Pace<'_>) -> Outcome {
    let (_, net, size, count) = *TRAIN.iter().find(|r| r.0 == arguments.only).ok_or("no such row")?;
    let (x, y) = examples(&arguments.data, count, device)?;
    let training = device.clone().autodiff();
    let mut model = Model::new(net, streams::WEIGHTS, &training);
    let entropy = CrossEntropyLossConfig::new().init(&training);
    let (mut optimizer, mut shuffle) = (adam(0.9), Shuffle(1));
    loop {
        let mut total = 0.0;
        for turns in shuffle.turns(count).chunks(size) {
            let index = batch(turns, device);
            let image = x.clone().select(0, index.clone()).autodiff();
            let out = model.forward(image.clone());
            let loss = match net {
                Net::Autoencoder => MseLoss::new().forward(out, image, Reduction::Mean),
                _ => entropy.forward(out, y.clone().select(0, index).autodiff()),
            };
            model = stepped(&mut optimizer, 1e-3, model, &loss);
            total += f64::from(loss.into_scalar::<f32>()) * turns.len() as f64;
        }
        if !pace.lap(count as f64, || total / count as f64) {
            return Ok(());
        }
    }
}

/// One step of D and one of G a batch; the loss is D's plus G's.
pub fn gan(arguments: &Arguments, device: &Device, pace: &mut Pace<'_>) -> Outcome {
    let (_, size, count) = GAN;
    let (x, _) = examples(&arguments.data, count, device)?;
    let training = device.clone().autodiff();
    let mut g = Model::new(Net::Generator, streams::WEIGHTS, &training);
    let mut d = Model::new(Net::Discriminator, streams::DISCRIMINATOR, &training);
    let entropy = BinaryCrossEntropyLossConfig::new().with_logits(true).init(&training);
    let (real, fake) = (Tensor::ones([size, 1], &training), Tensor::zeros([size, 1], &training));
    let noise = || Tensor::<2>::random([size, 100], Distribution::Normal(0.0, 1.0), device);
    let (mut adam_g, mut adam_d, mut shuffle) = (adam(0.5), adam(0.5), Shuffle(1));
    loop {
        let mut total = 0.0;
        for turns in shuffle.turns(count).chunks(size) {
            let image = x.clone().select(0, batch(turns, device)).autodiff();
            let made = g.valid().forward(noise()).autodiff();
            let of_d = entropy.forward(d.forward(image), real.clone())
                + entropy.forward(d.forward(made), fake.clone());
            d = stepped(&mut adam_d, 2e-4, d, &of_d);
            let judge = d.clone().no_grad();
            let made = g.forward(noise().autodiff());
            let of_g = entropy.forward(judge.forward(made), real.clone());
            g = stepped(&mut adam_g, 2e-4, g, &of_g);
            total += f64::from(of_d.into_scalar::<f32>() + of_g.into_scalar::<f32>()) * size as f64;
        }
        if !pace.lap(count as f64, || total / count as f64) {
            return Ok(());
        }
    }
}
