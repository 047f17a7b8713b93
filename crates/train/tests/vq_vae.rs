//! Autoencoders with a codebook: the straight-through gradient against its definition in plain loops, trainings that learn and use their vectors.

use sparring_datasets::{Mnist, Pixels, Split};
use sparring_metrics::{Pca, mean_image_mse};
use sparring_models::{Arch, VqVae, VqVaeSpec};
use sparring_nn::{Graph, layers};
use sparring_seed::Key;
use sparring_train::{
    Quiet, TrainError, VqVaeRecipe, codes, decoded, fit_vq_vae, pixels, reconstructions, symbols,
    vq_vae_scores, vq_vae_session,
};

const DIM: usize = 4;
const HIDDEN: usize = 3;
/// Two vectors of two numbers a code.
const WIDTH: usize = 2;
const PLACES: usize = 2;
const CODE: usize = WIDTH * PLACES;

fn tiny(key: u64) -> VqVae {
    let net = |input: [usize; 3], widths: [usize; 3]| {
        let tanh = layers::activation(&"tanh".parse().unwrap());
        let all = vec![
            layers::flatten(),
            layers::linear(widths[0], widths[1]),
            tanh,
            layers::linear(widths[1], widths[2]),
        ];
        Graph::chain(input, all)
    };
    let spec = VqVaeSpec {
        encoder: net([1, 1, DIM], [DIM, HIDDEN, CODE]),
        decoder: net([WIDTH, 1, PLACES], [CODE, HIDDEN, DIM]),
        entries: 3,
    };
    let mut model = VqVae::new(spec, Key::new(key)).unwrap();
    // Weights of some size, so that nothing is nearly linear.
    for net in [&mut model.encoder, &mut model.decoder] {
        net.params.iter_mut().for_each(|p| p.value.as_mut_slice().iter_mut().for_each(|w| *w *= 2.0));
    }
    model
}

fn images(pixels: Vec<f32>) -> Split {
    let n = pixels.len() / DIM;
    Split::new(Pixels::F32(pixels.into()), [1, 1, DIM], vec![0; n]).unwrap()
}

fn numbers(net: &sparring_nn::Network<f32>) -> Vec<Vec<f64>> {
    net.params.iter().map(|p| p.value.as_slice().iter().map(|&w| f64::from(w)).collect()).collect()
}

fn affine(w: &[f64], b: &[f64], x: &[f64]) -> Vec<f64> {
    let row = |(w, b): (&[f64], &f64)| w.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + b;
    w.chunks(x.len()).zip(b).map(row).collect()
}

/// Two affine maps with tanh between them.
fn run(net: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    let hidden: Vec<f64> = affine(&net[0], &net[1], x).iter().map(|v| v.tanh()).collect();
    affine(&net[2], &net[3], &hidden)
}

/// What the straight-through estimator is the gradient of: the decoder sees z + (e − z₀), where the entries e and the encodings z₀ they were chosen for stand still; the commitment pulls
/// z to e. Mean over examples.
fn surrogate(
    [encoder, decoder]: [&[Vec<f64>]; 2],
    x: &[f64],
    (fixed, quantised): (&[Vec<f64>], &[Vec<f64>]),
    (precision, commitment): (f64, f64),
) -> f64 {
    let n = x.len() / DIM;
    let mut sum = 0.0;
    for (i, x) in x.chunks(DIM).enumerate() {
        let z = run(encoder, x);
        let seen: Vec<f64> = (0..CODE).map(|j| z[j] + quantised[i][j] - fixed[i][j]).collect();
        let y = run(decoder, &seen);
        let error = y.iter().zip(x).map(|(y, x)| (y - x).powi(2)).sum::<f64>() / DIM as f64;
        let apart = z.iter().zip(&quantised[i]).map(|(z, e)| (z - e).powi(2)).sum::<f64>() / CODE as f64;
        sum += precision * error + commitment * apart;
    }
    sum / n as f64
}

#[test]
fn a_step_is_along_the_straight_through_gradient() {
    let n = 5;
    let pixels: Vec<f32> = {
        let mut rng = Key::new(9).rng(0);
        (0..n * DIM).map(|_| rng.uniform()).collect()
    };
    let x: Vec<f64> = pixels.iter().map(|&v| f64::from(v)).collect();
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let precision = x.len() as f64 / x.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    let data = images(pixels);
    for commitment in [0.25, 2.0] {
        // A first step puts the vectors at encodings; the one looked at is the second, from the state after the first.
        let mut model = tiny(4);
        let recipe = |epochs: usize| VqVaeRecipe {
            epochs,
            batch: n,
            rule: "sgd".parse().unwrap(),
            lr: 0.1,
            commitment,
            seed: 6,
            ..VqVaeRecipe::default()
        };
        fit_vq_vae(&mut model, &data, &recipe(1), &mut Quiet).unwrap();
        let (encoder, decoder) = (numbers(&model.encoder), numbers(&model.decoder));
        let vectors: Vec<f64> = model.vectors().iter().map(|&v| f64::from(v)).collect();
        let mut two = tiny(4);
        let done = fit_vq_vae(&mut two, &data, &recipe(2), &mut Quiet).unwrap();
        let after = [numbers(&two.encoder), numbers(&two.decoder)];
        // Nearest vectors, by plain loops.
        let fixed: Vec<Vec<f64>> = x.chunks(DIM).map(|x| run(&encoder, x)).collect();
        let quantised: Vec<Vec<f64>> = fixed
            .iter()
            .map(|z| {
                let mut e = vec![0.0; CODE];
                for p in 0..PLACES {
                    let far = |k: usize| -> f64 {
                        (0..WIDTH).map(|c| (z[c * PLACES + p] - vectors[k * WIDTH + c]).powi(2)).sum()
                    };
                    let best = (0..3).min_by(|&a, &b| far(a).total_cmp(&far(b))).unwrap();
                    (0..WIDTH).for_each(|c| e[c * PLACES + p] = vectors[best * WIDTH + c]);
                }
                e
            })
            .collect();
        let at = |encoder: &[Vec<f64>], decoder: &[Vec<f64>]| {
            surrogate([encoder, decoder], &x, (&fixed, &quantised), (precision, commitment))
        };
        let loss = at(&encoder, &decoder);
        assert!((done.epochs[1].loss - loss).abs() < 1e-4 * loss, "{} {loss}", done.epochs[1].loss);
        let mut moved = 0;
        for (which, before) in [&encoder, &decoder].into_iter().enumerate() {
            for p in 0..before.len() {
                for i in 0..before[p].len() {
                    let by = |h: f64| {
                        let mut nets = [encoder.clone(), decoder.clone()];
                        nets[which][p][i] += h;
                        at(&nets[0], &nets[1])
                    };
                    let want = (by(1e-5) - by(-1e-5)) / 2e-5;
                    let got = (before[p][i] - after[which][p][i]) / 0.1;
                    assert!((got - want).abs() < 2e-4 * (1.0 + want.abs()), "{which} {p} {i}: {got} {want}");
                    moved += usize::from(want.abs() > 1e-3);
                }
            }
        }
        assert!(moved > 30, "{moved}");
    }
}

#[test]
fn digits_are_learnt_and_vectors_are_used() {
    let data = Mnist::embedded();
    let (train, test) = (data.train.first(1500), data.test.first(300));
    let arch: Arch = "vq-vae(entries=32, dim=8)".parse().unwrap();
    let mut model = VqVae::new(arch.vq_vae().unwrap(), Key::new(1)).unwrap();
    let recipe = VqVaeRecipe { epochs: 5, batch: 32, ..VqVaeRecipe::default() };
    let done = fit_vq_vae(&mut model, &train, &recipe, &mut Quiet).unwrap();
    let found = vq_vae_scores(&model, &test).unwrap();
    let all = |split: &Split| pixels(split, &(0..split.len()).collect::<Vec<_>>());
    let (train_x, test_x) = (all(&train), all(&test));
    // 49 places of 5 bits, 245 bits; what five numbers of 49 bits each would do linearly.
    let pca = Pca::fit(train_x.as_slice(), 784, 5).unwrap().mse(test_x.as_slice());
    assert!(
        found.mse < pca && pca < mean_image_mse(train_x.as_slice(), test_x.as_slice(), 784),
        "{found:?} {pca}"
    );
    assert!(found.used >= 16 && found.perplexity > 8.0 && found.perplexity <= 32.0, "{found:?}");
    let last = done.epochs.last().unwrap();
    assert!(last.mse < done.epochs[0].mse && last.distance > 0.0 && last.used >= 16, "{last:?}");
    // Codes are vectors of the codebook, and decode to the reconstructions.
    let z = codes(&model, &test).unwrap();
    let (entries, most) = symbols(&model, &test).unwrap().unwrap();
    assert_eq!((entries.len(), most), (300 * 49, 32));
    for (at, &e) in entries.iter().enumerate().step_by(997) {
        let (i, p) = (at / 49, at % 49);
        assert!((0..8).all(|c| z[(i * 8 + c) * 49 + p] == model.vectors()[e as usize * 8 + c]));
    }
    let (direct, through) = (decoded(&model, &z), reconstructions(&model, &test).unwrap());
    assert_eq!(direct, through);
    assert!((sparring_metrics::mse(&direct, test_x.as_slice()) - found.mse).abs() < 1e-9);
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let refused = |recipe: VqVaeRecipe, data: &Split| -> TrainError {
        vq_vae_session(&mut tiny(1), data, &recipe).map(|_| ()).unwrap_err()
    };
    let e = refused(VqVaeRecipe::default(), &Mnist::embedded().train.first(8)).to_string();
    assert!(e.contains("[1, 28, 28]"), "{e}");
    assert!(refused(VqVaeRecipe::default(), &images(vec![1e-3; DIM])).to_string().contains("scaled once"));
    let e = refused(VqVaeRecipe { commitment: -1.0, ..VqVaeRecipe::default() }, &images(vec![0.5; DIM]));
    assert!(e.to_string().starts_with("commitment is -1"), "{e}");
}
