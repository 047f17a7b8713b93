//! Steps of a critic with a gradient penalty (Gulrajani et al. 2017, arXiv:1704.00028), written on the tape as a user would: the gradient of a
//! gradient through two convolutions. `peers/README.md` defines the network, the fakes and the loss.

use crate::classifiers::WEIGHTS;
use crate::numbers::{uniform, within};
use crate::pace::{Metric, Pace};
use crate::row::Row;
use crate::setting::{Outcome, Setting};
use sparring_activations::LeakyRelu;
use sparring_autograd::{Tape, Var, ops};
use sparring_datasets::{Batches, Last, MiniBatch, Order};
use sparring_optim::{Adam, Rule};
use sparring_seed::Key;
use sparring_tensor::{ConvGeometry, Tensor};

/// Examples of a step.
const BATCH: usize = 64;
/// Steps of a pass.
const STEPS: usize = 16;
/// Numbers of an image.
const DIM: usize = 784;
/// Streams of the fakes, and of the places between a fake and its real image.
const FAKES: u32 = 3;
const PLACES: u32 = 4;
/// Weight of the penalty.
const PENALTY: f32 = 10.0;
const LEARNING_RATE: f32 = 1e-4;
/// Weights of the two convolutions and of the linear layer; a bias goes with each.
const SHAPES: [&[usize]; 3] = [&[64, 1, 4, 4], &[128, 64, 4, 4], &[1, 6272]];

/// The row of this file.
pub fn row() -> Row {
    Row::new("wgan_gp_b64", Metric::Rate("images/s"), Box::new(train))
}

fn train(setting: &Setting, pace: &mut Pace) -> Result<Outcome, String> {
    let batch = setting.size(BATCH, 4);
    let data = setting.digits(setting.size(STEPS, 2) * batch)?;
    let mut critic = Critic::new();
    let (fakes, places) = (uniform(FAKES, data.len() * DIM, 0.0, 1.0), uniform(PLACES, data.len(), 0.0, 1.0));
    let mut tape = Tape::new();
    let mut real = MiniBatch::default();
    for pass in 0.. {
        let mut batches = Batches::new(&data, batch, Key::new(1), pass, Order::Shuffled, Last::Keep);
        let mut total = 0.0;
        while batches.fill(&mut real) {
            let rows = || real.x.chunks_exact(DIM).zip(&real.ids).map(|(x, &id)| (x, id as usize));
            let fake_of = |id: usize| &fakes[id * DIM..][..DIM];
            let fake: Vec<f32> = rows().flat_map(|(_, id)| fake_of(id)).copied().collect();
            let between: Vec<f32> = rows()
                .flat_map(|(x, id)| {
                    let place = places[id];
                    x.iter().zip(fake_of(id)).map(move |(x, fake)| place * x + (1.0 - place) * fake)
                })
                .collect();
            total += f64::from(critic.step(&mut tape, [&fake, &real.x, &between])) * real.len() as f64;
        }
        if !pace.lap(data.len() as f64, || total / data.len() as f64) {
            break;
        }
    }
    Ok(Outcome::Done)
}

/// Convolution 4x4 1-64, leaky ReLU 0.2, convolution 4x4 64-128, leaky ReLU 0.2, linear 6272-1, and the state of Adam.
struct Critic {
    parameters: Vec<Tensor>,
    /// First and second moment of each parameter.
    moments: Vec<[Vec<f32>; 2]>,
    steps: u64,
}

impl Critic {
    fn new() -> Self {
        let mut parameters = Vec::new();
        for shape in SHAPES {
            let bound = 1.0 / (shape[1..].iter().product::<usize>() as f32).sqrt();
            for shape in [shape, &shape[..1]] {
                parameters.push(within(bound, shape, WEIGHTS + parameters.len() as u32));
            }
        }
        let moments = parameters.iter().map(|p| [(); 2].map(|()| vec![0.0; p.len()])).collect();
        Self { parameters, moments, steps: 0 }
    }

    /// One step on fake images, real images and images between them; returns mean D(fake) − mean D(real) + 10 mean (‖∇D(between)‖ − 1)².
    fn step(&mut self, tape: &mut Tape<f32>, [fake, real, between]: [&[f32]; 3]) -> f32 {
        let n = (real.len() / DIM) as f32;
        let images = |x: &[f32]| Tensor::from_slice([x.len() / DIM, 1, 28, 28], x);
        let (loss, gradients) = {
            let p: Vec<_> = self.parameters.iter().map(|p| tape.leaf(p.clone())).collect();
            let between = tape.leaf(images(between));
            let gradient = tape.grad(ops::sum(scores(&p, between)), &[between])[0];
            let norm = ops::sqrt(ops::sum_last(ops::square(ops::reshape(gradient, [n as usize, DIM]))));
            let penalty = ops::mean(ops::square(ops::offset(norm, -1.0)));
            let of = |x| ops::sum(scores(&p, tape.constant(images(x))));
            let loss = ops::scale(of(fake) - of(real), 1.0 / n) + ops::scale(penalty, PENALTY);
            let mut gradients = tape.backward(loss, Tensor::scalar(1.0));
            (loss.item(), p.iter().map(|&p| gradients.take(p)).collect::<Vec<_>>())
        };
        tape.reset();
        self.steps += 1;
        let adam = Adam { beta1: 0.0, beta2: 0.9, ..Adam::default() };
        for ((p, moments), gradient) in self.parameters.iter_mut().zip(&mut self.moments).zip(gradients) {
            // The last bias does not reach the loss: it is in both means.
            if let Some(gradient) = gradient {
                let mut slots = moments.each_mut().map(Vec::as_mut_slice);
                adam.update(self.steps, LEARNING_RATE, p.as_mut_slice(), gradient.as_slice(), &mut slots);
            }
        }
        loss
    }
}

/// One score for each image.
fn scores<'t>(p: &[Var<'t, f32>], x: Var<'t, f32>) -> Var<'t, f32> {
    let geometry = ConvGeometry { stride: [2; 2], padding: [1; 2] };
    let leaky = |x| ops::activation(x, LeakyRelu { slope: 0.2 });
    let x = leaky(ops::conv2d(x, p[0], Some(p[1]), geometry));
    let x = leaky(ops::conv2d(x, p[2], Some(p[3]), geometry));
    let n = x.shape().dims()[0];
    ops::linear(ops::reshape(x, [n, 6272]), p[4], Some(p[5]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_steps_on_one_batch_follow_pytorch() {
        // Images of this test: x from stream 5, fakes from 6, places all 1/4. The losses are those of the step of `peers/python/torch_gan.py`, PyTorch 2.15.
        let (x, fake) = (uniform(5, 4 * DIM, 0.0, 1.0), uniform(6, 4 * DIM, 0.0, 1.0));
        let between: Vec<f32> = x.iter().zip(&fake).map(|(x, f)| 0.25 * x + 0.75 * f).collect();
        let (mut critic, mut tape) = (Critic::new(), Tape::new());
        let losses = [(); 4].map(|()| critic.step(&mut tape, [&fake, &x, &between]));
        for (got, want) in losses.into_iter().zip([8.266_171f32, 8.136_453, 7.989_642, 7.841_098]) {
            assert!((got - want).abs() < 1e-4, "{losses:?}");
        }
    }
}
