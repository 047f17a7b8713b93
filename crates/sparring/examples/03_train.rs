//! A classifier from a spec, trained on the embedded digits. `cargo run --release --example 03_train`
//!
//! What one learns: a network is a list of layers, checked before anything is computed; a training is a recipe, and the same recipe
//! gives the same bits.

use sparring::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = Mnist::embedded();

    // A network is data: layers in a list, checked by a dry run when it is built.
    let act = "gelu".parse()?;
    let spec = Graph::chain(
        [1, 28, 28],
        vec![layers::flatten(), layers::linear(784, 128), layers::activation(&act), layers::linear(128, 10)],
    );
    let mut net = ClassifierNet::new(spec, Key::new(1))?;
    println!("{}\n", net.summary());

    let done = fit(&mut net, &data.train, &Recipe { epochs: 3, ..Recipe::default() })?;
    println!("3 epochs in {:.1} s, {:.0} examples/s", done.seconds, done.examples_per_s());
    println!("mean loss of the last epoch {:.4}; a guess has ln 10 = {:.4}", done.train_loss(), 10f64.ln());
    println!("accuracy on the test images {:.2} %", 100.0 * accuracy(&net, &data.test)?);
    Ok(())
}
