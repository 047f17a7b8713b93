//! One step of every variant of an autoencoder is along the differences of its loss, computed by plain loops in f64. Of the contractive one that is a gradient of a gradient.

use sparring_datasets::{Pixels, Split};
use sparring_models::Autoencoder;
use sparring_nn::{Graph, layers};
use sparring_seed::Key;
use sparring_train::{AnyVariant, InputNoise, Recipe, fit_autoencoder};

const DIM: usize = 4;
const HIDDEN: usize = 3;
const CODE: usize = 2;
const N: usize = 5;

/// 4-3-2-4, tanh, then a sigmoid code and sigmoid pixels.
fn model() -> Autoencoder {
    let act = |name: &str| layers::activation(&name.parse().unwrap());
    let all = vec![
        layers::flatten(),
        layers::linear(DIM, HIDDEN),
        act("tanh"),
        layers::linear(HIDDEN, CODE),
        act("sigmoid"),
        layers::linear(CODE, DIM),
        act("sigmoid"),
    ];
    let mut model = Autoencoder::new(Graph::chain([1, 1, DIM], all), 5, Key::new(4)).unwrap();
    model.net.params.iter_mut().for_each(|p| p.value.as_mut_slice().iter_mut().for_each(|w| *w *= 2.0));
    model
}

fn numbers(model: &Autoencoder) -> Vec<Vec<f64>> {
    let all = model.net.params.iter();
    all.map(|p| p.value.as_slice().iter().map(|&w| f64::from(w)).collect()).collect()
}

fn affine(w: &[f64], b: &[f64], x: &[f64]) -> Vec<f64> {
    let row = |(w, b): (&[f64], &f64)| w.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + b;
    w.chunks(x.len()).zip(b).map(row).collect()
}

fn sigmoid(v: Vec<f64>) -> Vec<f64> {
    v.into_iter().map(|v| 1.0 / (1.0 + (-v).exp())).collect()
}

/// ‖∂ code / ∂ x‖²_F of the encoder: the rows of diag(c (1 − c)) W₂ diag(1 − h²) W₁.
fn jacobian(net: &[Vec<f64>], hidden: &[f64], code: &[f64]) -> f64 {
    let mut sum = 0.0;
    for k in 0..CODE {
        for i in 0..DIM {
            let through = |j: usize| net[2][k * HIDDEN + j] * (1.0 - hidden[j].powi(2)) * net[0][j * DIM + i];
            sum += (code[k] * (1.0 - code[k]) * (0..HIDDEN).map(through).sum::<f64>()).powi(2);
        }
    }
    sum
}

/// The loss of images `x` of which the network sees `seen`.
fn loss(net: &[Vec<f64>], variant: AnyVariant, x: &[f64], seen: &[f64]) -> f64 {
    let (mut error, mut penalty, mut means) = (0.0, 0.0, [0.0; CODE]);
    for (x, seen) in x.chunks(DIM).zip(seen.chunks(DIM)) {
        let hidden: Vec<f64> = affine(&net[0], &net[1], seen).iter().map(|v| v.tanh()).collect();
        let code = sigmoid(affine(&net[2], &net[3], &hidden));
        let y = sigmoid(affine(&net[4], &net[5], &code));
        error += y.iter().zip(x).map(|(y, x)| (y - x).powi(2)).sum::<f64>() / (N * DIM) as f64;
        penalty += match variant {
            AnyVariant::SparseCode(of) => of.l1 * code.iter().map(|c| c.abs()).sum::<f64>(),
            AnyVariant::Contractive(of) => of.lambda * jacobian(net, &hidden, &code),
            _ => 0.0,
        } / N as f64;
        means.iter_mut().zip(&code).for_each(|(m, c)| *m += c / N as f64);
    }
    if let AnyVariant::SparseCodeKl(of) = variant {
        let kl = |q: f64| of.rho * (of.rho / q).ln() + (1.0 - of.rho) * ((1.0 - of.rho) / (1.0 - q)).ln();
        penalty += of.beta * means.iter().map(|&q| kl(q)).sum::<f64>();
    }
    error + penalty
}

#[test]
fn a_step_is_along_the_differences_of_the_loss() {
    let pixels: Vec<f32> = {
        let mut rng = Key::new(9).rng(0);
        (0..N * DIM).map(|_| rng.uniform()).collect()
    };
    let wide = |x: &[f32]| x.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
    let data = Split::new(Pixels::F32(pixels.clone().into()), [1, 1, DIM], vec![0; N]).unwrap();
    let variants = [
        "plain",
        "denoising",
        "denoising(noise=mask)",
        "sparse(l1=0.1)",
        "sparse-kl(rho=0.2, beta=0.5)",
        "contractive(lambda=0.5)",
    ];
    for text in variants {
        let variant: AnyVariant = text.parse().unwrap();
        let seen = match variant {
            AnyVariant::Denoising(of) => {
                let corruption = InputNoise { kind: of.noise, level: of.level };
                let key = Key::new(6).named("step").child(1).named("corruption");
                let mut noisy = vec![0.0; pixels.len()];
                corruption.apply(key, &(0..N as u64).collect::<Vec<_>>(), DIM, &pixels, &mut noisy);
                noisy
            }
            _ => pixels.clone(),
        };
        let (x, seen) = (wide(&pixels), wide(&seen));
        let mut net = model();
        let before = numbers(&net);
        let recipe = Recipe {
            epochs: 1,
            batch: N,
            rule: "sgd".parse().unwrap(),
            lr: 1.0,
            variant,
            seed: 6,
            ..Recipe::default()
        };
        let done = fit_autoencoder(&mut net, &data, &recipe).unwrap();
        let want = loss(&before, variant, &x, &seen);
        assert!((done.train_loss() - want).abs() < 1e-5 * want, "{text}: {} {want}", done.train_loss());
        let (after, mut moved) = (numbers(&net), 0);
        for p in 0..before.len() {
            for i in 0..before[p].len() {
                let by = |h: f64| {
                    let mut net = before.clone();
                    net[p][i] += h;
                    loss(&net, variant, &x, &seen)
                };
                let (want, got) = ((by(1e-5) - by(-1e-5)) / 2e-5, before[p][i] - after[p][i]);
                assert!((got - want).abs() < 1e-5 * (0.1 + want.abs()), "{text}, {p} {i}: {got} {want}");
                moved += usize::from(want.abs() > 1e-4);
            }
        }
        assert!(moved > 20, "{text}: {moved}");
    }
}
