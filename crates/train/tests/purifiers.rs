//! Purifiers: what they are worth against who does not know of them and against who does.

use sparring_attacks::Threat;
use sparring_datasets::{Mnist, Pixels, Split};
use sparring_models::{
    ArticleAutoencoder, Autoencoder, ClassifierNet, Conditioning, Gan, GanForm, GanSpec, Mlp,
};
use sparring_nn::{Graph, layers};
use sparring_oracle::{Batch, Classifier, Differentiable, OracleError};
use sparring_seed::Key;
use sparring_train::{
    BackwardIdentity, GanProjection, PurifiedBy, Purifier, PurifierSettings, Recipe, fit, fit_autoencoder,
    purifier_scores, variants,
};

/// Numbers rounded to quarters: a staircase, whose gradient is 0 almost everywhere.
struct Quarters;

impl Purifier for Quarters {
    fn purify(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        out.iter_mut().zip(x.data()).for_each(|(y, x)| *y = (x * 4.0).round() / 4.0);
        Ok(())
    }
}

#[test]
fn gradients_pass_a_staircase_as_if_it_were_not_there() {
    let classifier = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
    let victim = classifier.victim();
    let model = BackwardIdentity { purifier: &Quarters, classifier: &victim };
    let digits = Mnist::embedded().test.first(3).all();
    let x: Vec<f32> = digits.x.iter().map(|v| 0.9 * v + 0.04).collect();
    let rounded: Vec<f32> = x.iter().map(|v| (v * 4.0).round() / 4.0).collect();
    assert_ne!(x, rounded);
    let batch = |x| Batch::new(x, digits.shape, &digits.ids).unwrap();
    let (mut z, mut want) = (vec![0.0; 30], vec![0.0; 30]);
    model.logits(batch(&x), &mut z).unwrap();
    victim.logits(batch(&rounded), &mut want).unwrap();
    assert_eq!(z, want);
    let (mut gradient, mut of_rounded) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let mut fifth = |_: &[f32], d: &mut [f32]| d.iter_mut().skip(5).step_by(10).for_each(|d| *d = 1.0);
    model.pullback(batch(&x), &mut fifth, &mut gradient).unwrap();
    victim.pullback(batch(&rounded), &mut fifth, &mut of_rounded).unwrap();
    assert!(gradient == of_rounded && gradient.iter().any(|g| *g != 0.0));
    let mut both = vec![0.0; 2 * x.len()];
    model.pullbacks(batch(&x), 2, &mut |_, z, d| fifth(z, d), &mut both).unwrap();
    assert!(both[..x.len()] == gradient && both[x.len()..] == gradient);
}

#[test]
fn an_image_that_a_generator_made_is_found_again() {
    let sigmoid = layers::activation(&"sigmoid".parse().unwrap());
    let generator = Graph::chain(
        [1, 1, 3],
        vec![layers::flatten(), layers::linear(3, 16), layers::reshape(&[1, 4, 4]), sigmoid],
    );
    let discriminator = Graph::chain([1, 4, 4], vec![layers::flatten(), layers::linear(16, 1)]);
    let mut gan =
        Gan::new(GanSpec { generator, discriminator, form: Default::default() }, (0.0, 1.0), Key::new(4))
            .unwrap();
    gan.generator.params.iter_mut().for_each(|p| p.value.as_mut_slice().iter_mut().for_each(|w| *w *= 3.0));
    let ids = [7, 8, 9];
    let clean = gan.generate(gan.noise(Key::new(1), &ids));
    let mut rng = Key::new(2).rng(0);
    let noisy: Vec<f32> = clean.as_slice().iter().map(|v| v + 0.1 * rng.normal() as f32).collect();
    let projection =
        GanProjection { steps: 300, starts: 4, step_size: 0.1, ..GanProjection::new(&gan, Key::new(3)) };
    let mut found = vec![0.0; noisy.len()];
    let whole = || GanProjection::new(&gan, Key::new(3));
    for (wrong, field) in [
        (GanProjection { steps: 0, ..whole() }, "steps"),
        (GanProjection { starts: 0, ..whole() }, "starts"),
        (GanProjection { step_size: f32::NAN, ..whole() }, "step_size"),
        (GanProjection { momentum: 1.0, ..whole() }, "momentum"),
    ] {
        let refused = wrong.purify(Batch::new(&noisy, [1, 4, 4], &ids).unwrap(), &mut found);
        assert!(refused.unwrap_err().to_string().contains(field), "{field}");
    }
    projection.purify(Batch::new(&noisy, [1, 4, 4], &ids).unwrap(), &mut found).unwrap();
    let square = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
    // Three directions of sixteen are kept, and about so much of the noise.
    let (before, after) = (square(&noisy, clean.as_slice()), square(&found, clean.as_slice()));
    assert!(after < 0.45 * before, "{after} {before}");
    assert!(square(&found, &noisy) < before, "nearer to the noisy image than the clean one is");
    // Each example by itself.
    let mut one = vec![0.0; 16];
    projection.purify(Batch::new(&noisy[16..32], [1, 4, 4], &ids[1..2]).unwrap(), &mut one).unwrap();
    assert!(square(&one, &found[16..32]) < 1e-9);
    assert!(projection.purify(Batch::new(&noisy, [1, 2, 8], &ids).unwrap(), &mut found).is_err());
}

#[test]
fn a_denoiser_helps_against_who_does_not_know_of_it() {
    let data = Mnist::embedded();
    let train = data.train.first(4000);
    let mut classifier = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
    fit(&mut classifier, &train, &Recipe { epochs: 4, ..Recipe::default() }).unwrap();
    let (spec, encoder) = ArticleAutoencoder::default().spec();
    let mut denoiser = Autoencoder::new(spec, encoder, Key::new(2)).unwrap();
    let variant = variants::Denoising::default().into();
    fit_autoencoder(
        &mut denoiser,
        &train,
        &Recipe { epochs: 16, batch: 32, lr: 2e-3, variant, ..Recipe::default() },
    )
    .unwrap();
    let (test, threat) = (data.test.first(100), Threat::linf(0.1).unwrap());
    let settings = PurifierSettings { steps: 20, queries: 200 };
    let of = |key| {
        let purifier = PurifiedBy::Network(&denoiser.net);
        purifier_scores(&classifier, purifier, &test, &threat, &settings, Key::new(key)).unwrap()
    };
    let found = of(3);
    assert_eq!((found.n, found.eps), (100, 0.1));
    assert!(found.clean_bare > 0.85 && found.clean > 0.5, "{found:?}");
    assert!(found.grey_box > found.bare + 0.1, "it helps against who does not know: {found:?}");
    let adaptive = found.adaptive.unwrap();
    assert!(adaptive < found.grey_box - 0.1, "and not against who does: {found:?}");
    let weakest = adaptive.min(found.bpda).min(found.square);
    assert!(found.robust <= weakest && found.robust >= 0.0, "{found:?}");
    assert_eq!(of(3), found);
}

/// A generator of 4 x 4 images: noise of three numbers moves each of two classes about an image of its own.
fn of_two_classes() -> Gan {
    let form = GanForm { conditioning: Conditioning::Auxiliary, classes: 2, ..GanForm::default() };
    let sigmoid = layers::activation(&"sigmoid".parse().unwrap());
    let chain = vec![layers::flatten(), layers::linear(5, 16), layers::reshape(&[1, 4, 4]), sigmoid];
    let generator = Graph::chain([1, 1, 5], chain);
    let discriminator = Graph::chain([1, 4, 4], vec![layers::flatten(), layers::linear(16, 3)]);
    let mut gan = Gan::new(GanSpec { generator, discriminator, form }, (0.0, 1.0), Key::new(4)).unwrap();
    gan.generator.params.iter_mut().for_each(|p| p.value.as_mut_slice().iter_mut().for_each(|w| *w *= 4.0));
    gan
}

#[test]
fn starts_take_the_classes_in_turn_and_keep_them() {
    let gan = of_two_classes();
    let ids = [0, 1, 2, 3];
    let x = gan.generate(gan.noise_of(Key::new(1), &ids, &[0, 1, 1, 0]));
    let found = |starts, steps| {
        let projection =
            GanProjection { steps, starts, step_size: 0.05, ..GanProjection::new(&gan, Key::new(3)) };
        let mut found = vec![0.0; 64];
        projection.purify(Batch::new(x.as_slice(), [1, 4, 4], &ids).unwrap(), &mut found).unwrap();
        found
    };
    let square = |i: usize, found: &[f32]| {
        let both = x.as_slice()[16 * i..16 * (i + 1)].iter().zip(&found[16 * i..16 * (i + 1)]);
        both.map(|(a, b)| (a - b) * (a - b)).sum::<f32>()
    };
    let (one, two) = (found(1, 600), found(2, 600));
    for i in 0..4 {
        assert!(square(i, &two) < 1e-3, "image {i}: {}", square(i, &two));
    }
    // The only start is of class 0, and stays there.
    assert!(square(0, &one) < 1e-3 && square(1, &one) > 1e-2 && square(2, &one) > 1e-2);
}

#[test]
fn a_projection_is_judged_without_a_gradient() {
    let gan = of_two_classes();
    let mut rng = Key::new(8).rng(0);
    let (n, mut pixels) = (40, Vec::new());
    let labels: Vec<u8> = (0..n).map(|i| (i % 2) as u8).collect();
    for i in 0..n as u64 {
        let image = gan.generate(gan.noise_of(Key::new(5), &[i], &[(i % 2) as usize]));
        pixels.extend(image.as_slice().iter().map(|v| (v + 0.05 * rng.normal() as f32).clamp(0.0, 1.0)));
    }
    let data = Split::new(Pixels::F32(pixels.into()), [1, 4, 4], labels).unwrap();
    let mut classifier = ClassifierNet::new(
        Mlp { input: [1, 4, 4], hidden: vec![16, 16], classes: 2, ..Mlp::default() }.spec(),
        Key::new(1),
    )
    .unwrap();
    fit(&mut classifier, &data, &Recipe { epochs: 60, lr: 0.01, batch: 8, ..Recipe::default() }).unwrap();
    let projection =
        GanProjection { steps: 40, starts: 2, step_size: 0.1, ..GanProjection::new(&gan, Key::new(3)) };
    let settings = PurifierSettings { steps: 8, queries: 20 };
    let of = |eps| {
        let (by, threat) = (PurifiedBy::Projection(&projection), Threat::linf(eps).unwrap());
        purifier_scores(&classifier, by, &data, &threat, &settings, Key::new(2)).unwrap()
    };
    let (small, large) = (of(0.01), of(0.6));
    assert!(small.adaptive.is_none() && small.clean > 0.9 && small.robust > 0.8, "{small:?}");
    assert!(large.robust <= large.bpda.min(large.square) && large.bpda < large.clean, "{large:?}");
    assert_eq!(of(0.6), large);
}
