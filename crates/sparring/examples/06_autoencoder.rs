//! An autoencoder against PCA at the same code size. `cargo run --release --example 06_autoencoder`
//!
//! What one learns: PCA is the best a linear code can do, and it is exact, so it is what a trained code has to beat.

use sparring::metrics::Pca;
use sparring::models::{ArticleAutoencoder, Autoencoder};
use sparring::prelude::*;
use sparring::train::{pixels, reconstruction_mse};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = Mnist::embedded();
    let (spec, encoder) = ArticleAutoencoder::default().spec();
    let mut net = Autoencoder::new(spec, encoder, Key::new(1))?;
    let recipe = Recipe { epochs: 10, ..Recipe::default() };
    fit_autoencoder(&mut net, &data.train, &recipe)?;

    let rows = |s: &Split| pixels(s, &(0..s.len()).collect::<Vec<_>>());
    let pca = Pca::fit(rows(&data.train).as_slice(), 784, net.code())?;
    let (own, best_linear) = (reconstruction_mse(&net, &data.test)?, pca.mse(rows(&data.test).as_slice()));
    println!("squared error a pixel on the test images, through {} numbers:", net.code());
    println!("  autoencoder {own:.5}\n  exact PCA   {best_linear:.5}");
    println!("the autoencoder's error is {:.2} times that of PCA after 10 epochs", own / best_linear);
    Ok(())
}
