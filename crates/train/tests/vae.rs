//! Variational autoencoders: gradients against differences of plain loops, bounds against integrals, trainings that learn.

use sparring_datasets::{Mnist, Pixels, Split};
use sparring_models::{MlpVae, Vae, VaeSpec};
use sparring_nn::{Graph, layers};
use sparring_seed::Key;
use sparring_train::{Quiet, TrainError, VaeRecipe, fit_vae, importance_bound, vae_scores, vae_session};

const DIM: usize = 4;
const HIDDEN: usize = 3;

fn tiny(latent: usize, key: u64) -> Vae {
    let net = |widths: [usize; 3]| {
        let tanh = layers::activation(&"tanh".parse().unwrap());
        let all = vec![
            layers::flatten(),
            layers::linear(widths[0], widths[1]),
            tanh,
            layers::linear(widths[1], widths[2]),
        ];
        Graph::chain([1, 1, widths[0]], all)
    };
    let spec = VaeSpec { encoder: net([DIM, HIDDEN, 2 * latent]), decoder: net([latent, HIDDEN, DIM]) };
    let mut model = Vae::new(spec, Key::new(key)).unwrap();
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

/// Weights and biases of both networks.
fn numbers(model: &Vae) -> Vec<Vec<f64>> {
    let of = |net: &sparring_nn::Network<f32>| -> Vec<Vec<f64>> {
        net.params.iter().map(|p| p.value.as_slice().iter().map(|&w| f64::from(w)).collect()).collect()
    };
    [of(&model.encoder), of(&model.decoder)].concat()
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

/// −ln p(x | z).
fn cross_entropy(net: &[Vec<f64>], z: &[f64], x: &[f64]) -> f64 {
    let one = |(l, x): (f64, &f64)| l.max(0.0) + (-l.abs()).exp().ln_1p() - l * x;
    run(&net[4..], z).into_iter().zip(x).map(one).sum()
}

fn loss(net: &[Vec<f64>], x: &[f64], noise: &[f64], latent: usize, recipe: &VaeRecipe) -> f64 {
    let n = x.len() / DIM;
    let (mut nats, mut kl) = (0.0, vec![0.0; latent]);
    for (x, e) in x.chunks(DIM).zip(noise.chunks(latent)) {
        let told = run(net, x);
        let z: Vec<f64> = (0..latent).map(|j| told[j] + (0.5 * told[latent + j]).exp() * e[j]).collect();
        nats += cross_entropy(net, &z, x);
        for (j, kl) in kl.iter_mut().enumerate() {
            let (mu, l) = (told[j], told[latent + j]);
            *kl += 0.5 * (mu * mu + l.exp() - 1.0 - l) / n as f64;
        }
    }
    nats / n as f64 + recipe.beta * kl.iter().map(|kl| kl.max(recipe.free_bits)).sum::<f64>()
}

#[test]
fn a_step_is_along_the_differences_of_the_loss() {
    let (n, latent) = (3, 2);
    let pixels: Vec<f32> = {
        let mut rng = Key::new(9).rng(0);
        (0..n * DIM).map(|_| rng.uniform()).collect()
    };
    let x: Vec<f64> = pixels.iter().map(|&v| f64::from(v)).collect();
    let data = images(pixels);
    for (beta, free_bits) in [(1.0, 0.0), (2.5, 0.0), (1.0, 0.15)] {
        let mut model = tiny(latent, 4);
        let recipe = VaeRecipe {
            epochs: 1,
            batch: n,
            rule: "sgd".parse().unwrap(),
            lr: 1.0,
            beta,
            free_bits,
            seed: 6,
            ..VaeRecipe::default()
        };
        let before = numbers(&model);
        let ids: Vec<u64> = (0..n as u64).collect();
        let noise = model.noise(Key::new(6).named("step").child(1).named("code"), &ids);
        let noise: Vec<f64> = noise.as_slice().iter().map(|&e| f64::from(e)).collect();
        let at = |net: &[Vec<f64>]| loss(net, &x, &noise, latent, &recipe);
        let done = fit_vae(&mut model, &data, &recipe, &mut Quiet).unwrap();
        let epoch = done.epochs[0];
        assert!((epoch.loss - at(&before)).abs() < 1e-5, "{} {}", epoch.loss, at(&before));
        let after = numbers(&model);
        let mut moved = 0;
        for p in 0..before.len() {
            for i in 0..before[p].len() {
                let by = |h: f64| {
                    let mut net = before.clone();
                    net[p][i] += h;
                    at(&net)
                };
                let want = (by(1e-5) - by(-1e-5)) / 2e-5;
                let got = before[p][i] - after[p][i];
                assert!((got - want).abs() < 2e-5 * (1.0 + want.abs()), "beta {beta}, {p} {i}: {got} {want}");
                moved += usize::from(want.abs() > 1e-3);
            }
        }
        assert!(moved > 20, "{moved}");
    }
}

/// ∫ f(z) N(z; 0, 1) dz.
fn integral(f: impl Fn(f64) -> f64) -> f64 {
    let step = 1e-3;
    let one = |i: i32| {
        let z = (f64::from(i) + 0.5) * step;
        f(z) * (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt() * step
    };
    (-9000..9000).map(one).sum()
}

#[test]
fn bounds_are_those_of_the_integrals() {
    let mut model = tiny(1, 5);
    // A code wider than the prior: weights of samples are then bounded, and their mean has a variance.
    model.encoder.params.get_mut("3.weight").unwrap().value.as_mut_slice()[HIDDEN..].fill(0.0);
    model.encoder.params.get_mut("3.bias").unwrap().value.as_mut_slice()[1] = 0.8;
    let net = numbers(&model);
    let x = [1.0, 0.0, 0.0, 1.0];
    let data = images(x.map(|v| v as f32).to_vec());
    let evidence = integral(|z| (-cross_entropy(&net, &[z], &x)).exp()).ln();
    let told = run(&net, &x);
    let (mu, deviation) = (told[0], (0.5 * told[1]).exp());
    let expected = integral(|e| cross_entropy(&net, &[mu + deviation * e], &x));
    let kl = 0.5 * (mu * mu + told[1].exp() - 1.0 - told[1]);
    let draws: Vec<f64> = (0..400)
        .map(|k| {
            let scores = vae_scores(&model, &data, Key::new(k)).unwrap();
            assert!((scores.kl - kl).abs() < 1e-5, "{} {kl}", scores.kl);
            assert!((scores.elbo + scores.reconstruction + scores.kl).abs() < 1e-12);
            scores.reconstruction
        })
        .collect();
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let variance = draws.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / draws.len() as f64;
    let error = (variance / draws.len() as f64).sqrt();
    assert!((mean - expected).abs() < 4.0 * error && error > 1e-4, "{mean} {expected} ± {error}");
    let elbo = -(expected + kl);
    // Mean over keys, and its standard error.
    let bound = |k: usize, keys: u64| {
        let all: Vec<f64> =
            (0..keys).map(|key| importance_bound(&model, &data, k, Key::new(key)).unwrap()).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let variance = all.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / all.len() as f64;
        (mean, (variance / all.len() as f64).sqrt())
    };
    let (one, two, many) = (bound(1, 1000), bound(2, 1000), bound(1000, 40));
    assert!((one.0 - elbo).abs() < 4.0 * one.1, "{one:?} {elbo}");
    assert!(one.0 < two.0 && two.0 < many.0, "{one:?} {two:?} {many:?}");
    assert!((many.0 - evidence).abs() < 4.0 * many.1 + 2e-3 && many.1 < 0.02, "{many:?} {evidence}");
}

#[test]
fn digits_are_learnt_and_numbers_of_the_code_are_used() {
    let data = Mnist::embedded();
    let (train, test) = (data.train.first(3000), data.test.first(500));
    let spec = MlpVae { hidden: 128, ..MlpVae::default() }.spec();
    let mut model = Vae::new(spec, Key::new(1)).unwrap();
    let before = vae_scores(&model, &test, Key::new(2)).unwrap();
    let recipe = VaeRecipe { epochs: 6, batch: 32, ..VaeRecipe::default() };
    let done = fit_vae(&mut model, &train, &recipe, &mut Quiet).unwrap();
    let after = vae_scores(&model, &test, Key::new(2)).unwrap();
    // What the mean image of the training images costs.
    let mean: Vec<f64> = (0..784)
        .map(|j| (0..train.len()).map(|i| f64::from(train.row(i)[j])).sum::<f64>() / train.len() as f64)
        .map(|p| p.clamp(1e-3, 1.0 - 1e-3))
        .collect();
    let nats = |x: &[f32]| -> f64 {
        let one = |(x, p): (&f32, &f64)| -(f64::from(*x) * p.ln() + (1.0 - f64::from(*x)) * (1.0 - p).ln());
        x.iter().zip(&mean).map(one).sum()
    };
    let constant = (0..test.len()).map(|i| nats(&test.row(i))).sum::<f64>() / test.len() as f64;
    assert!(-after.elbo < 0.9 * constant && -before.elbo > constant, "{before:?} {after:?} {constant}");
    let last = done.epochs.last().unwrap();
    assert!(last.kl > 1.0 && (last.loss - last.reconstruction - last.kl).abs() < 1e-3, "{last:?}");
    assert!((2..=20).contains(&after.active_units) && last.active_units >= 2, "{after:?} {last:?}");
    assert!(after.mse < 0.06, "{after:?}");
    // A divergence that counts a hundred times closes the code.
    let mut closed = Vae::new(model.spec().clone(), Key::new(1)).unwrap();
    fit_vae(&mut closed, &train, &VaeRecipe { beta: 100.0, ..recipe }, &mut Quiet).unwrap();
    let closed = vae_scores(&closed, &test, Key::new(2)).unwrap();
    assert!(closed.active_units == 0 && closed.kl < 0.5, "{closed:?}");
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let refused = |recipe: VaeRecipe, data: &Split| -> TrainError {
        let mut model = Vae::new(MlpVae::default().spec(), Key::new(1)).unwrap();
        vae_session(&mut model, data, &recipe).map(|_| ()).unwrap_err()
    };
    let e = refused(VaeRecipe::default(), &images(vec![0.5; DIM])).to_string();
    assert!(e.contains("[1, 1, 4]") && e.contains("[1, 28, 28]"), "{e}");
    let dark = Split::new(Pixels::F32(vec![1e-3; 784].into()), [1, 28, 28], vec![0]).unwrap();
    assert!(refused(VaeRecipe::default(), &dark).to_string().contains("scaled once"));
    let e = refused(VaeRecipe { beta: -1.0, ..VaeRecipe::default() }, &Mnist::embedded().train.first(8));
    assert!(e.to_string().starts_with("beta is -1"), "{e}");
}
