//! A sigmoid under a loss on logits: the floor of 1.0064. `cargo run --release --example 09_double_sigmoid -- FILE.html`
//!
//! What one learns: the loss takes its input for a logit. A discriminator that ends in a sigmoid shows it values in (0, 1), so that a real example costs at least ln(1 + 1/e) = 0.3133 and a
//! fake at least ln 2 = 0.6931, however well both are told apart: 1.0064 together, and almost no gradient near there. `Gan::new` refuses such a discriminator.

use sparring::losses::BceWithLogits;
use sparring::nn::Optimizer;
use sparring::optim::{Adam, AnyRule};
use sparring::prelude::*;
use sparring::train::pixels;
use sparring_report::html::{Block, Page, Section};
use sparring_report::svg::{Axis, AxisRange, Chart, HorizontalLine, LineChart, Series};

const BATCH: usize = 128;
const STEPS: usize = 120;

/// Digits above, noise below: what every discriminator tells apart at sight.
fn batch(digits: &Split, step: usize) -> Array<f32> {
    let chosen: Vec<usize> = (0..BATCH).map(|i| (step * BATCH + i) % digits.len()).collect();
    let real = pixels(digits, &chosen);
    let mut noise = Key::new(2).rng(step as u64);
    let fakes = (0..real.len()).map(|_| noise.uniform());
    let both: Vec<f32> = real.as_slice().iter().copied().chain(fakes).collect();
    Array::from_slice([2 * BATCH, 1, 28, 28], &both)
}

/// The discriminator's loss, -ln D(x) - ln(1 - D(G(z))), at each step of a training by Adam; `end` is what stands behind its last layer.
fn losses(digits: &Split, end: Option<AnyLayer>) -> Result<Vec<f64>, Box<dyn std::error::Error>> {
    let leaky = || layers::activation(&"leaky_relu(slope=0.2)".parse().expect("an activation"));
    let mut chain = vec![layers::flatten(), layers::linear(784, 128), leaky(), layers::linear(128, 1)];
    chain.extend(end);
    let mut net: Network<f32> = Graph::chain([1, 28, 28], chain).build(Key::new(1))?;
    let mut optimizer = Optimizer::new(AnyRule::from(Adam::gan()));
    let is_real = Array::from_fn([2 * BATCH, 1], |i| if i < BATCH { 1.0 } else { 0.0 });
    let mut found = Vec::new();
    for step in 0..STEPS {
        let tape = Tape::new();
        let outputs = net.forward(&Cx::train(&tape, Key::new(3), &[]), tape.constant(batch(digits, step)));
        // The mean over both sides is half the sum of their means.
        let loss =
            ops::scale(ops::mean(ops::row_loss(outputs, BceWithLogits::default(), is_real.clone())), 2.0);
        found.push(f64::from(loss.item()));
        let mut gradients = tape.backward(loss, Array::scalar(1.0));
        optimizer.step(&mut net.params, &mut gradients, 1e-3)?;
    }
    Ok(found)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let digits = Mnist::embedded().train;
    let sigmoid: AnyActivation = "sigmoid".parse()?;
    let twice = losses(&digits, Some(layers::activation(&sigmoid)))?;
    let once = losses(&digits, None)?;
    let floor = (1.0 + (-1.0f64).exp()).ln() + 2f64.ln();
    println!("digits against noise, loss of the discriminator after {STEPS} steps:");
    println!("  logits             {:.4}", once[STEPS - 1]);
    println!("  sigmoid of logits  {:.4}, never below {floor:.4}", twice[STEPS - 1]);
    if let Some(path) = std::env::args().nth(1) {
        let line = |name: &str, of: &[f64]| {
            Series::new(name, of.iter().enumerate().map(|(i, y)| ((i + 1) as f64, *y)))
        };
        let chart = Chart::Line(LineChart {
            title: "Loss of a discriminator of digits and noise".into(),
            description: format!(
                "batches of {BATCH} of each, Adam 1e-3; the sigmoid is applied twice where the network ends in one"
            ),
            x: Axis { label: "step".into(), ..Axis::default() },
            y: Axis {
                label: "-ln D(x) - ln(1 - D(G(z)))".into(),
                range: AxisRange::FromZero,
                ..Axis::default()
            },
            series: vec![line("ends in a logit", &once), line("ends in a sigmoid", &twice)],
            horizontal: vec![HorizontalLine { name: format!("{floor:.4}"), y: floor, slot: None }],
            ..LineChart::default()
        });
        let mut section = Section::new("Sigmoid twice");
        section.blocks.push(Block::Chart(chart));
        let (title, subtitle) =
            ("The floor of 1.0064".into(), "`cargo run --release --example 09_double_sigmoid`".into());
        let footer = "Every number on this page was measured by this program.".into();
        Page { title, subtitle, sections: vec![section], footer }.save(&path)?;
        println!("page in {path}");
    }
    Ok(())
}
