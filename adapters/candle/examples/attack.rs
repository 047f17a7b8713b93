//! A small net in candle, attacked by FGSM and PGD: `cargo run --release --example attack -p sparring-candle`.

use candle_core::{DType, Device, Module};
use candle_nn::{VarBuilder, VarMap, linear};
use sparring_attacks::{Threat, evaluate, suites};
use sparring_candle::CandleModel;
use sparring_oracle::{Batch, Bounds, Classifier};
use sparring_seed::Key;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let device = Device::Cpu;
    let (map, dim) = (VarMap::new(), 64);
    let weights = VarBuilder::from_varmap(&map, DType::F32, &device);
    let (hidden, out) = (linear(dim, 32, weights.pp("hidden"))?, linear(32, 4, weights.pp("out"))?);
    let forward = |x: &candle_core::Tensor| out.forward(&hidden.forward(&x.flatten_from(1)?)?.relu()?);
    let model = CandleModel::new(forward, [1, 8, 8], 4, Bounds::UNIT, device);

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
