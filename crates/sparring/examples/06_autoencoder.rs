//! An autoencoder against PCA at the same code size. `cargo run --release --example 06_autoencoder`

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
    println!("autoencoder, code {}: MSE {:.5}", net.code(), reconstruction_mse(&net, &data.test)?);
    println!("PCA, {} directions:   MSE {:.5}", net.code(), pca.mse(rows(&data.test).as_slice()));
    Ok(())
}
