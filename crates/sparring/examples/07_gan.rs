//! A GAN on eight blobs in the plane: the game, and the alarms. `cargo run --release --example 07_gan`
//!
//! What one learns: at balance D(x) and D(G(z)) both come to 0.5; diversity near 0 means that the generator draws one point again
//! and again, and the alarms say so.

use sparring::datasets::synthetic;
use sparring::models::{Gan, GanForm, GanSpec};
use sparring::prelude::*;
use sparring::train::{Flow, GanEpoch, Observer, TrainError};

struct Watch;
impl Observer<Gan> for Watch {
    fn epoch(&mut self, e: &GanEpoch, _: &Gan) -> Result<Flow, TrainError> {
        if e.epoch.is_multiple_of(10) {
            println!(
                "epoch {:3}: D(x) {:.2}, D(G(z)) {:.2}, diversity {:.2}",
                e.epoch, e.d_real, e.d_fake, e.diversity
            );
        }
        Ok(Flow::Continue)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = synthetic::blobs(2000, 8, 0.02, Key::new(1));
    let relu: AnyActivation = "relu".parse()?;
    let sigmoid: AnyActivation = "sigmoid".parse()?;
    let chain = |widths: [usize; 4]| {
        let mut layers = vec![layers::flatten()];
        for pair in widths.windows(2) {
            layers.extend([layers::linear(pair[0], pair[1]), layers::activation(&relu)]);
        }
        layers.pop();
        layers
    };
    let mut generator = chain([8, 64, 64, 2]);
    generator.extend([layers::activation(&sigmoid), layers::reshape(&[1, 1, 2])]);
    let spec = GanSpec {
        generator: Graph::chain([1, 1, 8], generator),
        discriminator: Graph::chain([1, 1, 2], chain([2, 64, 64, 1])),
        form: GanForm::default(),
    };
    let mut gan = Gan::new(spec, (0.0, 1.0), Key::new(2))?;
    let done =
        fit_gan(&mut gan, &data, &GanRecipe { epochs: 60, lr: 1e-3, ..GanRecipe::default() }, &mut Watch)?;
    if done.alarms.is_empty() {
        println!("no alarm");
    }
    for alarm in &done.alarms {
        println!("alarm: {alarm}");
    }
    let samples = gan.generate(gan.noise(Key::new(3), &[0, 1, 2, 3]));
    println!("four samples, points of the plane:");
    for point in samples.as_slice().chunks(2) {
        println!("  ({:.2}, {:.2})", point[0], point[1]);
    }
    Ok(())
}
