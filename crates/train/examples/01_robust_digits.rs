//! Trains the FGSM-RS net on the embedded MNIST-10k, clean and hardened, and attacks both with PGD-40.
//!
//! `cargo run --release -p sparring-train --example 01_robust_digits`

use sparring_attacks::{AnyAttack, Pgd, Threat, evaluate};
use sparring_datasets::Mnist;
use sparring_models::{ClassifierNet, FgsmRs};
use sparring_oracle::Batch;
use sparring_seed::Key;
use sparring_train::{AnyDefense, Recipe, accuracy, defenses, fit};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = Mnist::embedded();
    let first = data.test.first(1000).all();
    for defense in [AnyDefense::default(), defenses::PgdTraining::new(0.3).into()] {
        let mut net = ClassifierNet::new(FgsmRs::default().spec(), Key::new(1))?;
        let recipe = Recipe::hardened(defense);
        let done = fit(&mut net, &data.train, &recipe)?;
        println!(
            "{:8} {:.1} s, {:.0} examples/s, clean {:.4}",
            defense.name(),
            done.seconds,
            done.examples_per_s(),
            accuracy(&net, &data.test)?
        );
        let x = Batch::new(&first.x, first.shape, &first.ids)?;
        let pgd = [AnyAttack::from(Pgd::default())];
        println!("{}", evaluate(&net.victim(), x, &first.labels, &pgd, &Threat::linf(0.3)?, Key::new(7))?);
    }
    Ok(())
}
