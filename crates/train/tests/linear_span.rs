//! The linear autoencoder on the whole of MNIST: the error of PCA, and its span.
//!
//!     SPARRING_DATA=DIR cargo test -p sparring-train --test all linear_span -- --ignored --nocapture

use sparring_metrics::{Pca, principal_angles};
use sparring_models::{Autoencoder, LinearAutoencoder};
use sparring_seed::Key;
use sparring_train::{Recipe, fit_autoencoder, pixels, reconstruction_mse};

#[test]
#[ignore = "trains on 60,000 images, which are looked up as $SPARRING_DATA/mnist"]
fn a_linear_autoencoder_spans_what_pca_spans() {
    let data = sparring_datasets::find("mnist").expect("whole MNIST: `sparring fetch mnist`");
    let all = |split: &sparring_datasets::Split| pixels(split, &(0..split.len()).collect::<Vec<_>>());
    let (train, test) = (all(&data.train), all(&data.test));
    let pca = Pca::fit(train.as_slice(), 784, 32).unwrap();
    let linear = pca.mse(test.as_slice());
    let (spec, encoder) = LinearAutoencoder::default().spec();
    let mut model = Autoencoder::new(spec, encoder, Key::new(1)).unwrap();
    let schedule = "one-cycle".parse().unwrap();
    let recipe = Recipe { epochs: 40, batch: 128, lr: 3e-3, schedule, ..Recipe::default() };
    fit_autoencoder(&mut model, &data.train, &recipe).unwrap();
    let ours = reconstruction_mse(&model, &data.test).unwrap();
    // The columns of the decoder, [784, 32] as torch.nn has it, one after the other.
    let weight = model.net.params.get("2.weight").unwrap().value.clone();
    let columns: Vec<f64> =
        (0..32 * 784).map(|i| f64::from(weight.as_slice()[i % 784 * 32 + i / 784])).collect();
    let angles = principal_angles(&columns, pca.directions(), 784).unwrap();
    println!("test MSE {ours:.6}, PCA-32 {linear:.6}, quotient {:.5}", ours / linear);
    println!(
        "principal angles in degrees: {:.3?}",
        angles.iter().map(|a| a.to_degrees()).collect::<Vec<_>>()
    );
    let variances = pca.variances();
    println!("variance along direction 32 {:.5}, along direction 33 {:.5}", variances[31], variances[32]);
    assert!(ours < 1.01 * linear, "{ours} {linear}");
    // Two random spans of 32 in 784 dimensions are at right angles but for a few degrees; the last direction competes with the next of nearly the same variance.
    assert!(angles[15] < 0.02 && angles[30] < 0.2, "{angles:?}");
}
