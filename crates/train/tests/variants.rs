//! Variants of autoencoders: what each does to a training, beside plain loops.

use sparring_datasets::{Mnist, Split};
use sparring_math::named::Family as _;
use sparring_models::{Autoencoder, ClassifierNet, Mlp};
use sparring_seed::Key;
use sparring_train::{
    AnyVariant, CorruptionKind, InputNoise, Recipe, fit_autoencoder, pixels, reconstruct, session,
};

fn digits(n: usize) -> Split {
    Mnist::embedded().train.first(n)
}

fn model(arch: &str) -> Autoencoder {
    let (spec, encoder) = arch.parse::<sparring_models::Arch>().unwrap().autoencoder().unwrap();
    Autoencoder::new(spec, encoder, Key::new(3)).unwrap()
}

fn all(split: &Split) -> sparring_tensor::Array<f32> {
    pixels(split, &(0..split.len()).collect::<Vec<_>>())
}

fn trained(arch: &str, variant: &str, train: &Split) -> (Autoencoder, f64) {
    let mut model = model(arch);
    let variant: AnyVariant = variant.parse().unwrap();
    let recipe = Recipe { epochs: 15, batch: 32, lr: 3e-3, variant, ..Recipe::default() };
    let done = fit_autoencoder(&mut model, train, &recipe).unwrap();
    (model, done.train_loss())
}

/// Mean size of the codes' numbers.
fn size(model: &Autoencoder, split: &Split) -> f64 {
    let code = model.encode(all(split));
    code.as_slice().iter().map(|v| f64::from(v.abs())).sum::<f64>() / code.len() as f64
}

#[test]
fn the_first_loss_is_that_of_plain_loops() {
    // One step on all images: the loss of the epoch is that of the first weights.
    let train = digits(64);
    let arch = "autoencoder(activation=tanh, code_activation=sigmoid)";
    let x = all(&train);
    let usual = AnyVariant::TABLE.at_defaults().into_iter().filter(|v| v.name() != "contractive");
    for variant in usual.chain(["contractive(lambda=1)".parse().unwrap()]) {
        let mut net = model(arch);
        // Weights of some size, so that images and codes are not all alike.
        net.net.params.iter_mut().for_each(|p| p.value.as_mut_slice().iter_mut().for_each(|w| *w *= 3.0));
        let code = net.encode(x.clone());
        let clean = sparring_metrics::mse(&reconstruct(&net, &train).unwrap(), x.as_slice());
        let rows = code.as_slice().chunks(32);
        let want = match variant {
            AnyVariant::Denoising(_) => {
                let corruption = InputNoise { kind: CorruptionKind::Gauss, level: 0.3 };
                let key = Key::new(1).named("step").child(1).named("corruption");
                let (ids, mut noisy) = ((0..64).collect::<Vec<u64>>(), vec![0.0; x.len()]);
                corruption.apply(key, &ids, 784, x.as_slice(), &mut noisy);
                let noisy = sparring_tensor::Array::from_slice([64, 1, 28, 28], &noisy);
                sparring_metrics::mse(net.reconstruct(noisy).as_slice(), x.as_slice())
            }
            AnyVariant::SparseCode(_) => {
                let sum: f64 = code.as_slice().iter().map(|v| f64::from(v.abs())).sum();
                clean + 1e-3 * sum / 64.0
            }
            AnyVariant::SparseCodeKl(_) => {
                let mut means = [0.0; 32];
                rows.for_each(|row| {
                    means.iter_mut().zip(row).for_each(|(m, v)| *m += f64::from(*v) / 64.0);
                });
                let kl = |q: f64| 0.05 * (0.05 / q).ln() + 0.95 * (0.95 / (1.0 - q)).ln();
                clean + 3.0 * means.iter().map(|&q| kl(q)).sum::<f64>()
            }
            AnyVariant::Contractive(_) => {
                // Differences of the code along every pixel.
                let mut sum = 0.0;
                for j in 0..784 {
                    let moved = |by: f32| {
                        let mut x = x.clone();
                        x.as_mut_slice().iter_mut().skip(j).step_by(784).for_each(|v| *v += by);
                        net.encode(x)
                    };
                    let (up, down) = (moved(0.01), moved(-0.01));
                    let slopes =
                        up.as_slice().iter().zip(down.as_slice()).map(|(a, b)| f64::from(a - b) / 0.02);
                    sum += slopes.map(|d| d * d).sum::<f64>();
                }
                clean + sum / 64.0
            }
            _ => clean,
        };
        let recipe = Recipe { epochs: 1, batch: 64, variant, ..Recipe::default() };
        let got = fit_autoencoder(&mut net, &train, &recipe).unwrap().train_loss();
        assert!((got - want).abs() < 3e-4 * want, "{variant}: {got} {want}");
        assert!(variant.is_plain() || (got - clean).abs() > 1e-3 * clean, "{variant}: {got} {clean}");
    }
}

#[test]
fn denoisers_denoise() {
    let (train, test) = (digits(2000), Mnist::embedded().test.first(200));
    let x = all(&test);
    let plain = trained("autoencoder", "plain", &train).0;
    for (variant, kind) in [
        ("denoising", CorruptionKind::Gauss),
        ("denoising(noise=mask)", CorruptionKind::Mask),
        ("denoising(noise=salt_pepper)", CorruptionKind::SaltPepper),
    ] {
        let denoiser = trained("autoencoder", variant, &train).0;
        let (ids, mut noisy) = ((0..200).collect::<Vec<u64>>(), vec![0.0; x.len()]);
        InputNoise { kind, level: 0.3 }.apply(Key::new(77), &ids, 784, x.as_slice(), &mut noisy);
        let noisy = sparring_tensor::Array::from_slice([200, 1, 28, 28], &noisy);
        let error = |model: &Autoencoder| {
            sparring_metrics::mse(model.reconstruct(noisy.clone()).as_slice(), x.as_slice())
        };
        let (with, without) = (error(&denoiser), error(&plain));
        assert!(with < 0.9 * without, "{variant}: {with} {without}");
    }
}

#[test]
fn penalties_do_what_they_say() {
    let train = digits(1000);
    let (plain, sparse) = ("autoencoder", "autoencoder");
    let (loose, tight) = (trained(plain, "plain", &train).0, trained(sparse, "sparse(l1=0.01)", &train).0);
    assert!(size(&tight, &train) < 0.5 * size(&loose, &train));
    let on = "autoencoder(code_activation=sigmoid)";
    let code = |model: &Autoencoder| {
        let code = model.encode(all(&train));
        code.as_slice().iter().map(|&v| f64::from(v)).sum::<f64>() / code.len() as f64
    };
    let (before, after) = (model(on), trained(on, "sparse-kl(beta=0.1)", &train).0);
    assert!((code(&before) - 0.5).abs() < 0.2 && (code(&after) - 0.05).abs() < 0.1, "{}", code(&after));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let train = digits(64);
    let variant: AnyVariant = "sparse-kl".parse().unwrap();
    let recipe = Recipe { epochs: 1, variant, ..Recipe::default() };
    let e = fit_autoencoder(&mut model("autoencoder"), &train, &recipe).unwrap_err().to_string();
    assert!(e.contains("code_activation=sigmoid"), "{e}");
    let mut classifier = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
    let e = session(&mut classifier, &train, &recipe).map(|_| ()).unwrap_err().to_string();
    assert!(e.contains("plain for a classifier"), "{e}");
    for (text, why) in [
        ("denoising(noise=mask, level=1.5)", "probability"),
        ("denoising(noise=snow)", "gauss, mask or salt_pepper"),
        ("sparse(l1=0)", "above 0"),
        ("contractiv", "did you mean"),
    ] {
        let e = text.parse::<AnyVariant>().unwrap_err().to_string();
        assert!(e.contains(why), "{text}: {e}");
    }
    let written = serde_json::to_string(&recipe).unwrap();
    assert!(written.contains(r#""variant":"sparse-kl""#), "{written}");
    assert_eq!(serde_json::from_str::<Recipe>(&written).unwrap(), recipe);
    assert!(!serde_json::to_string(&Recipe::default()).unwrap().contains("variant"));
}
