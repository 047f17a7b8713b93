//! Training with candle-nn's AdamW without decay, which is Adam.

use crate::Outcome;
use crate::attack::pgd;
use crate::clock::{Arguments, Pace};
use crate::nets::{Net, free, frozen};
use crate::{digits, streams};
use candle_core::{Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, loss};

const ROWS: [(&str, Net, usize, usize); 8] = [
    ("mlp_train_b128", Net::Mlp, 128, 60_000),
    ("mlp_train_b32", Net::Mlp, 32, 60_000),
    ("cnn_train_b128", Net::Cnn, 128, 16 * 128),
    ("cnn_train_b50", Net::Cnn, 50, 40 * 50),
    ("smallcnn_train_b128", Net::SmallCnn, 128, 100 * 128),
    ("smallcnn_advtrain_b128", Net::SmallCnn, 128, 20 * 128),
    ("ae_train_b32", Net::Autoencoder, 32, 60_000),
    ("ae_train_b256", Net::Autoencoder, 256, 60_000),
];
const GAN: (&str, usize, usize) = ("gan_train_b128", 128, 200 * 128);

pub fn rows() -> Vec<(String, &'static str)> {
    ROWS.iter().map(|r| r.0).chain([GAN.0]).map(|row| (row.to_string(), "step")).collect()
}

fn adam(vars: &[Var], lr: f64, beta1: f64) -> candle_core::Result<AdamW> {
    let params = ParamsAdamW { lr, beta1, weight_decay: 0.0, ..ParamsAdamW::default() };
    AdamW::new(vars.to_vec(), params)
}

/// A permutation of 0..n (Fisher and Yates) from a small generator.
struct Shuffle(u64);
impl Shuffle {
    fn turns(&mut self, n: usize) -> Vec<u32> {
        let mut turns: Vec<u32> = (0..n as u32).collect();
        for i in (1..n).rev() {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            turns.swap(i, ((self.0 >> 33) % (i as u64 + 1)) as usize);
        }
        turns
    }
}

fn batch(turns: &[u32]) -> candle_core::Result<Tensor> {
    Tensor::from_slice(turns, turns.len(), &Device::Cpu)
}

/// A pass is one epoch; the loss is its mean.
pub fn supervised(arguments: &Arguments, pace: &mut Pace<'_>) -> Outcome {
    let (row, net, size, examples) = *ROWS.iter().find(|r| r.0 == arguments.only).ok_or("no such row")?;
    let (x, y) = digits::train(&arguments.data, examples)?;
    let vars = net.parameters(streams::WEIGHTS)?;
    let mut optimizer = adam(&vars, 1e-3, 0.9)?;
    let mut shuffle = Shuffle(1);
    loop {
        let mut total = 0.0;
        for turns in shuffle.turns(examples).chunks(size) {
            let index = batch(turns)?;
            let (mut image, label) = (x.index_select(&index, 0)?, y.index_select(&index, 0)?);
            if row == "smallcnn_advtrain_b128" {
                image = pgd(net, &frozen(&vars), &image, &label, 0.3, 0.075, 7)?;
            }
            let out = net.forward(&free(&vars), &image)?;
            let value = match net {
                Net::Autoencoder => loss::mse(&out, &image)?,
                _ => loss::cross_entropy(&out, &label)?,
            };
            optimizer.backward_step(&value)?;
            total += f64::from(value.to_scalar::<f32>()?) * turns.len() as f64;
        }
        if !pace.lap(examples as f64, || total / examples as f64) {
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
    let (_, size, examples) = GAN;
    let (x, _) = digits::train(&arguments.data, examples)?;
    let (g, d) = (Net::Generator, Net::Discriminator);
    let (vg, vd) = (g.parameters(streams::WEIGHTS)?, d.parameters(streams::DISCRIMINATOR)?);
    let (mut adam_g, mut adam_d) = (adam(&vg, 2e-4, 0.5)?, adam(&vd, 2e-4, 0.5)?);
    let (real, fake) =
        (Tensor::ones((size, 1), x.dtype(), x.device())?, Tensor::zeros((size, 1), x.dtype(), x.device())?);
    let noise = || Tensor::randn(0f32, 1f32, (size, 100), &Device::Cpu);
    let mut shuffle = Shuffle(1);
    loop {
        let mut total = 0.0;
        for turns in shuffle.turns(examples).chunks(size) {
            let image = x.index_select(&batch(turns)?, 0)?;
            let made = g.forward(&frozen(&vg), &noise()?)?;
            let p = free(&vd);
            let of_d = (bce(&d.forward(&p, &image)?, &real)? + bce(&d.forward(&p, &made)?, &fake)?)?;
            adam_d.backward_step(&of_d)?;
            let of_g = bce(&d.forward(&frozen(&vd), &g.forward(&free(&vg), &noise()?)?)?, &real)?;
            adam_g.backward_step(&of_g)?;
            total += f64::from(of_d.to_scalar::<f32>()? + of_g.to_scalar::<f32>()?) * size as f64;
        }
        if !pace.lap(examples as f64, || total / examples as f64) {
            return Ok(());
        }
    }
}
