//! Adversarial training, watched. `cargo run --release --example 05_harden`
//!
//! What one learns: an observer watches a training and may end it; clean accuracy alone says nothing about what an attack leaves, and only
//! training on several steps of an attack hardens whatever the seed (docs/results/hardening.md).

use sparring::prelude::*;
use sparring::train::{Epoch, Flow, Observer, TrainError, fit_with};

/// Prints a line an epoch, and ends a training that learns nothing.
struct Watch<'a>(&'a Split);

impl Observer<ClassifierNet> for Watch<'_> {
    fn epoch(&mut self, e: &Epoch, net: &ClassifierNet) -> Result<Flow, TrainError> {
        let clean = accuracy(net, self.0).unwrap_or(f64::NAN);
        println!("epoch {}: loss {:.3}, clean {:.2} %", e.epoch, e.train_loss, 100.0 * clean);
        Ok(if e.epoch == 3 && clean < 0.5 { Flow::Stop } else { Flow::Continue })
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = Mnist::embedded();
    let mut net = ClassifierNet::new(FgsmRs::default().spec(), Key::new(1))?;
    // The recipe that hardens every seed; half its epochs, for an example.
    let recipe = Recipe { epochs: 10, ..Recipe::hardened(defenses::PgdTraining::new(0.3)) };
    fit_with(&mut net, &data.train, &recipe, &mut Watch(&data.test))?;

    let test = data.test.first(500).all();
    let x = Batch::new(&test.x, test.shape, &test.ids)?;
    println!(
        "{}",
        evaluate(&net.victim(), x, &test.labels, &suites::quick(), &Threat::linf(0.3)?, Key::new(7))?
    );
    Ok(())
}
