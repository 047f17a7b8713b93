//! How far a clean net falls, by attack and norm. `cargo run --release --example 04_attack`
//!
//! What one learns: random noise of the same size hardly hurts a net that a gradient fools at once, and the accuracy that counts is
//! that of the worst case over all attacks.

use sparring::attacks::{Bim, Fgsm, StepSize, UniformNoise};
use sparring::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = Mnist::embedded();
    let mut net = ClassifierNet::new(FgsmRs::default().spec(), Key::new(1))?;
    fit(&mut net, &data.train, &Recipe { epochs: 3, ..Recipe::default() })?;

    let test = data.test.first(500).all();
    let x = Batch::new(&test.x, test.shape, &test.ids)?;
    let suite: Vec<AnyAttack> = vec![
        UniformNoise::default().into(),
        Fgsm::default().into(),
        Bim { steps: 10, step_size: StepSize::Relative(0.2), ..Bim::default() }.into(),
        Pgd { restarts: 2, ..Pgd::default() }.into(),
    ];
    for threat in [Threat::linf(0.1)?, Threat::l2(1.5)?] {
        // Attacks only propose: box, budget and success are re-checked with fresh logits.
        let report = evaluate(&net.victim(), x, &test.labels, &suite, &threat, Key::new(7))?;
        println!("{report}\n{}\n", report.attacks[3].card);
    }
    Ok(())
}
