//! A small net in burn, attacked by FGSM and PGD: `cargo run --release --example attack -p sparring-burn`.

use burn::nn::LinearConfig;
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use sparring_attacks::{Threat, evaluate, suites};
use sparring_burn::BurnModel;
use sparring_oracle::{Batch, Bounds, Classifier};
use sparring_seed::Key;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (device, dim) = (Device::flex().autodiff(), 64);
    let (hidden, out) = (LinearConfig::new(dim, 32).init(&device), LinearConfig::new(32, 4).init(&device));
    let forward = |x: Tensor<4>| out.forward(relu(hidden.forward(x.flatten::<2>(1, 3))));
    let model = BurnModel::new(forward, [1, 8, 8], 4, Bounds::UNIT, device);

    let mut random = Key::new(1).named("examples").rng(0);
    let data: Vec<f32> = (0..100 * dim).map(|_| random.uniform()).collect();
    let ids: Vec<u64> = (0..100).collect();
    let x = Batch::new(&data, [1, 8, 8], &ids)?;
    // What the net says itself is the truth here: how far are its answers from changing?
    let mut z = vec![0.0; 400];
    model.logits(x, &mut z)?;
    let y: Vec<usize> = z.chunks_exact(4).map(sparring_attacks::predicted).collect();
    println!("{}", evaluate(&model, x, &y, &suites::quick(), &Threat::linf(0.05)?, Key::new(7))?);
    Ok(())
}
