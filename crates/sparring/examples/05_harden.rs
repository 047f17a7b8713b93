//! Fast adversarial training, watched. `cargo run --release --example 05_harden`
//!
//! What one learns: an observer watches a training and may end it; clean accuracy alone says nothing about what an attack leaves.

use sparring::prelude::*;
use sparring::train::{Epoch, Flow, Observer, fit_with};

/// Prints a line an epoch and ends the training at 96 %.
struct Watch<'a>(&'a Split);

impl Observer<Classifier> for Watch<'_> {
    fn epoch(&mut self, e: &Epoch, net: &Classifier) -> Flow {
        let clean = accuracy(net, self.0).unwrap_or(f64::NAN);
        println!("epoch {}: loss {:.3}, clean {:.2} %", e.epoch, e.train_loss, 100.0 * clean);
        if clean > 0.96 { Flow::Stop } else { Flow::Continue }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = Mnist::embedded();
    let mut net = Classifier::new(FgsmRs::default().spec(), Key::new(1))?;
    let schedule = "one-cycle".parse()?;
    let recipe =
        Recipe { epochs: 12, lr: 5e-3, schedule, defense: Defense::fgsm_rs(0.3), ..Recipe::default() };
    fit_with(&mut net, &data.train, &recipe, &mut Watch(&data.test))?;

    let test = data.test.first(500).all();
    let x = Batch::new(&test.x, test.shape, &test.ids)?;
    println!(
        "{}",
        evaluate(&net.victim(), x, &test.labels, &suites::quick(), &Threat::linf(0.3)?, Key::new(7))?
    );
    Ok(())
}
