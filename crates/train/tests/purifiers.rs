//! Purifiers: what they are worth against who does not know of them and against who does.

use sparring_attacks::Threat;
use sparring_datasets::Mnist;
use sparring_models::{ArticleAutoencoder, Autoencoder, ClassifierNet, Gan, GanSpec, Mlp};
use sparring_nn::{Graph, layers};
use sparring_oracle::{Batch, Classifier, Differentiable, OracleError};
use sparring_seed::Key;
use sparring_train::{
    BackwardIdentity, GanProjection, Purifier, PurifierSettings, Recipe, fit, fit_autoencoder,
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
    let of =
        |key| purifier_scores(&classifier, &denoiser.net, &test, &threat, &settings, Key::new(key)).unwrap();
    let found = of(3);
    assert_eq!((found.n, found.eps), (100, 0.1));
    assert!(found.clean_bare > 0.85 && found.clean > 0.5, "{found:?}");
    assert!(found.grey_box > found.bare + 0.1, "it helps against who does not know: {found:?}");
    assert!(found.adaptive < found.grey_box - 0.1, "and not against who does: {found:?}");
    let weakest = found.adaptive.min(found.bpda).min(found.square);
    assert!(found.robust <= weakest && found.robust >= 0.0, "{found:?}");
    assert_eq!(of(3), found);
}
