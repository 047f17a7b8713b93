//! An ONNX file for pictures in [0, 1], attacked by noise and Square: `cargo run --release --example attack -p sparring-ort -- net.onnx 1 28 28 10`
//! (channels, height, width, classes). ONNX Runtime is found by `ORT_DYLIB_PATH`, the path of its library.

use sparring_attacks::{Square, Threat, UniformNoise, AnyBlackBox, evaluate};
use sparring_oracle::{Batch, Bounds, Classifier};
use sparring_ort::OrtModel;
use sparring_seed::Key;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let usage = "usage: attack FILE.onnx CHANNELS HEIGHT WIDTH CLASSES";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, numbers @ ..] = &arguments[..] else { return Err(usage.into()) };
    let numbers: Vec<usize> = numbers.iter().map(|n| n.parse()).collect::<Result<_, _>>()?;
    let &[channels, height, width, classes] = &numbers[..] else { return Err(usage.into()) };
    let shape = [channels, height, width];
    let model = OrtModel::open(path, shape, classes, Bounds::UNIT)?;

    let (n, dim) = (20, shape.iter().product::<usize>());
    let mut random = Key::new(1).named("examples").rng(0);
    let data: Vec<f32> = (0..n * dim).map(|_| random.uniform()).collect();
    let ids: Vec<u64> = (0..n as u64).collect();
    let x = Batch::new(&data, shape, &ids)?;
    // What the net says itself is the truth here: how far are its answers from changing?
    let mut z = vec![0.0; n * classes];
    model.logits(x, &mut z)?;
    let y: Vec<usize> = z.chunks_exact(classes).map(sparring_attacks::predicted).collect();
    let suite: [AnyBlackBox; 2] = [UniformNoise::default().into(), Square { queries: 200, ..Square::default() }.into()];
    println!("{}", evaluate(&model, x, &y, &suite, &Threat::linf(0.1)?, Key::new(7))?);
    Ok(())
}
