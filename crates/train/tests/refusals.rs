//! What cannot be trained is refused in words: recipes, data that do not fit, numbers that stop being finite.

use sparring_datasets::{Mnist, Pixels, Split, synthetic};
use sparring_models::{ArticleAutoencoder, ArticleGan, Autoencoder, ClassifierNet, FgsmRs, Gan, Mlp};
use sparring_nn::{Graph, Network, NnError, layers};
use sparring_optim::{Adam, AnyRule, ClipNorm, ClipValue, Ema, Sgd};
use sparring_seed::Key;
use sparring_tensor::{Array, Precision};
use sparring_train::{
    AnyDefense, Current, Flow, GanRecipe, Observer, Quiet, Recipe, StepMetrics, TrainError, accuracy,
    defenses, fit, fit_autoencoder, fit_gan, fit_with, reconstruction_mse,
};

fn mlp() -> ClassifierNet {
    ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap()
}
fn autoencoder() -> Autoencoder {
    let (spec, encoder) = ArticleAutoencoder::default().spec();
    Autoencoder::new(spec, encoder, Key::new(1)).unwrap()
}
fn gan() -> Gan {
    Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(1)).unwrap()
}
fn digits(n: usize) -> Split {
    Mnist::embedded().train.first(n)
}
fn bits(net: &Network<f32>) -> Vec<u32> {
    let mut all = Vec::new();
    net.params.iter().for_each(|p| all.extend(p.value.as_slice().iter().map(|v| v.to_bits())));
    all
}

#[test]
fn a_recipe_names_the_field_that_makes_no_sense() {
    let good = Recipe::default;
    let fgsm_rs =
        |eps, step_size| AnyDefense::from(defenses::FgsmRsTraining { eps, step_size, warm_up: 0.0 });
    let pgd = |eps, steps, step_size, warm_up| {
        AnyDefense::from(defenses::PgdTraining { eps, steps, step_size, warm_up, ..Default::default() })
    };
    let bad = [
        ("epochs is 0", Recipe { epochs: 0, ..good() }),
        ("batch is 0", Recipe { batch: 0, ..good() }),
        ("lr is 0", Recipe { lr: 0.0, ..good() }),
        ("lr is NaN", Recipe { lr: f64::NAN, ..good() }),
        ("lr is inf", Recipe { lr: f64::INFINITY, ..good() }),
        ("lr is 1000000000", Recipe { lr: 1e39, ..good() }),
        ("lr is 0.0000000", Recipe { lr: 1e-46, ..good() }),
        ("clip-value.limit is -1", Recipe { transforms: vec![ClipValue { limit: -1.0 }.into()], ..good() }),
        ("clip-norm.max is 0", Recipe { transforms: vec![ClipNorm { max: 0.0 }.into()], ..good() }),
        ("adam.beta1 is 1", Recipe { rule: Adam { beta1: 1.0, ..Adam::default() }.into(), ..good() }),
        ("fgsm-rs.eps is 1.5", Recipe { defense: fgsm_rs(1.5, 0.1), ..good() }),
        ("fgsm-rs.eps is NaN", Recipe { defense: fgsm_rs(f32::NAN, 0.1), ..good() }),
        ("fgsm-rs.step_size is 0", Recipe { defense: fgsm_rs(0.3, 0.0), ..good() }),
        ("pgd.steps is 0", Recipe { defense: pgd(0.3, 0, 0.1, 0.0), ..good() }),
        ("pgd.warm_up is 2", Recipe { defense: pgd(0.3, 7, 0.1, 2.0), ..good() }),
        ("precision is bf16", Recipe { precision: Precision::Bf16, ..good() }),
    ];
    let (mut net, data) = (mlp(), digits(10));
    let before = bits(&net.net);
    for (start, recipe) in bad {
        let e = fit(&mut net, &data, &recipe).unwrap_err().to_string();
        assert!(e.starts_with(start) && e.contains(", but must be "), "{start}: {e}");
    }
    assert_eq!(bits(&net.net), before, "a refused training changed the network");
    for (start, recipe) in [
        ("epochs is 0", GanRecipe { epochs: 0, ..GanRecipe::default() }),
        ("batch is 0", GanRecipe { batch: 0, ..GanRecipe::default() }),
        ("lr is -1", GanRecipe { lr: -1.0, ..GanRecipe::default() }),
        ("d_lr is 0", GanRecipe { d_lr: Some(0.0), ..GanRecipe::default() }),
        ("ema.half_life is 2", GanRecipe { ema: Some(Ema { half_life: 2.0 }), ..GanRecipe::default() }),
        ("lr is 1000000000", GanRecipe { lr: 1e39, ..GanRecipe::default() }),
        (
            "adam.beta1 is 1",
            GanRecipe { rule: Adam { beta1: 1.0, ..Adam::default() }.into(), ..GanRecipe::default() },
        ),
    ] {
        let e = fit_gan(&mut gan(), &data, &recipe, &mut Quiet).unwrap_err().to_string();
        assert!(e.starts_with(start) && e.contains(", but must be "), "{start}: {e}");
    }
    let e = fit_autoencoder(&mut autoencoder(), &data, &Recipe { defense: fgsm_rs(0.3, 0.1), ..good() });
    assert!(e.unwrap_err().to_string().starts_with("defense is fgsm-rs"));
}

#[test]
fn data_that_do_not_fit_are_refused() {
    let points = synthetic::rings(20, 2, 0.02, Key::new(1));
    let said = |e: TrainError| match e {
        TrainError::Data(what) => what,
        other => panic!("expected a data error, got: {other}"),
    };
    let recipe = Recipe::default();
    for what in [
        said(fit(&mut mlp(), &points, &recipe).unwrap_err()),
        said(fit_autoencoder(&mut autoencoder(), &points, &recipe).unwrap_err()),
        said(fit_gan(&mut gan(), &points, &GanRecipe::default(), &mut Quiet).unwrap_err()),
        said(accuracy(&mlp(), &points).unwrap_err()),
        said(reconstruction_mse(&autoencoder(), &points).unwrap_err()),
    ] {
        assert!(what.contains("[1, 1, 2]") && what.contains("[1, 28, 28]"), "{what}");
    }
    assert!(said(fit(&mut mlp(), &digits(0), &recipe).unwrap_err()).contains("no training examples"));
    let labels = Split::new(Pixels::U8(vec![0; 784].into()), [1, 28, 28], vec![12]).unwrap();
    let e = said(fit(&mut mlp(), &labels, &recipe).unwrap_err());
    assert!(e.contains("12"), "{e}");
    // Divided by 255 twice, or not at all.
    for (scale, start) in [(1.0 / 255.0, "pixels lie in [0, 0.0039"), (255.0, "pixels lie in [0, 255")] {
        let x: Vec<f32> = digits(20).all().x.iter().map(|v| v * scale).collect();
        let split = Split::new(Pixels::F32(x.into()), [1, 28, 28], vec![0; 20]).unwrap();
        for e in [
            said(fit_autoencoder(&mut autoencoder(), &split, &recipe).unwrap_err()),
            said(fit_gan(&mut gan(), &split, &GanRecipe::default(), &mut Quiet).unwrap_err()),
        ] {
            assert!(e.starts_with(start) && e.contains("expected [0, 1]"), "{e}");
        }
    }
    // Attacks live in the unit box: a defence on other data says so instead of training on nonsense.
    let x = vec![3.0; 784];
    let split = Split::new(Pixels::F32(x.into()), [1, 28, 28], vec![0]).unwrap();
    let e = fit(&mut mlp(), &split, &Recipe { defense: defenses::FgsmRsTraining::new(0.3).into(), ..recipe })
        .unwrap_err();
    assert!(matches!(e, TrainError::Attack(_)) && e.to_string().contains("outside the model's box"), "{e}");
}

#[track_caller]
fn diverges(e: TrainError) {
    let text = e.to_string();
    match e {
        TrainError::NonFinite { epoch, step, loss, ref at } => {
            assert!(epoch >= 1 && step >= 1 && !loss.is_finite() && at.contains("layer"), "{text}");
        }
        TrainError::Network(NnError::NonFinite { ref name, step }) => {
            assert!(step >= 1 && name.contains('.'), "{text}");
        }
        ref other => panic!("expected a word about numbers that are not finite, got: {other}"),
    }
    assert!(text.contains("step") && text.contains("learning rate"), "{text}");
}

#[test]
fn a_learning_rate_of_a_million_ends_in_an_error() {
    let data = digits(256);
    let wild = |rule: AnyRule| Recipe { lr: 1e6, batch: 32, epochs: 20, rule, ..Recipe::default() };
    let sgd: AnyRule = Sgd::default().into();
    diverges(fit(&mut mlp(), &data, &wild(sgd)).unwrap_err());
    let mut conv = ClassifierNet::new(FgsmRs::default().spec(), Key::new(1)).unwrap();
    diverges(fit(&mut conv, &data, &wild(sgd)).unwrap_err());
    let (spec, encoder) = sparring_models::LinearAutoencoder::default().spec();
    let mut linear = Autoencoder::new(spec, encoder, Key::new(1)).unwrap();
    diverges(fit_autoencoder(&mut linear, &data, &wild(sgd)).unwrap_err());
}

#[test]
fn a_broken_weight_is_found_and_its_layer_named() {
    let poison = |net: &mut Network<f32>, at: &str| {
        for p in &mut net.params {
            let name = p.name().to_string();
            if name == at {
                p.value.as_mut_slice()[0] = f32::NAN;
            }
        }
    };
    let mut conv = ClassifierNet::new(FgsmRs::default().spec(), Key::new(1)).unwrap();
    poison(&mut conv.net, "2.weight");
    let e = fit(&mut conv, &digits(70), &Recipe::default()).unwrap_err();
    let second = "epoch 1, step 1: the loss is NaN: weights of layer 2 (conv2d) are not finite";
    assert!(e.to_string().starts_with(second), "{e}");
    // With a defence the attack meets the broken logits first, on tapes nobody has a plan.
    for recipe in [
        Recipe { defense: defenses::FgsmRsTraining::new(0.3).into(), ..Recipe::default() },
        Recipe { transforms: vec![ClipNorm { max: 1.0 }.into()], ..Recipe::default() },
    ] {
        let e = fit(&mut conv, &digits(70), &recipe).unwrap_err();
        assert!(e.to_string().starts_with(second), "{e}");
    }
    let mut model = gan();
    poison(&mut model.generator, "3.weight");
    let e = fit_gan(&mut model, &digits(64), &GanRecipe::default(), &mut Quiet).unwrap_err();
    assert!(
        e.to_string().contains("step 1: ") && e.to_string().contains("in the generator, weights of layer 3"),
        "{e}"
    );
    // Pixels that are not finite never come so far: a split refuses them.
    let nan = Split::new(Pixels::F32(vec![f32::NAN; 784].into()), [1, 28, 28], vec![0]);
    assert!(nan.unwrap_err().to_string().contains("NaN"));
    // Finite pixels whose products are not.
    let huge = Split::new(Pixels::F32(vec![f32::MAX; 784].into()), [1, 28, 28], vec![0]).unwrap();
    diverges(fit(&mut mlp(), &huge, &Recipe::default()).unwrap_err());
}

#[test]
fn a_tensor_of_another_shape_and_a_batch_beyond_memory_are_refused_before_the_first_step() {
    let mut model = mlp();
    for p in &mut model.net.params {
        let name = p.name().to_string();
        if name == "3.bias" {
            p.value = Array::zeros([7]);
        }
    }
    let e = fit(&mut model, &digits(64), &Recipe::default()).unwrap_err().to_string();
    assert!(e.contains("3.bias") && e.contains("[7]"), "{e}");
    let e = accuracy(&model, &digits(64)).unwrap_err().to_string();
    assert!(e.contains("3.bias"), "{e}");

    // Examples of 2^18 pixels, each 22 times between the layers: 2^31 numbers, values and gradients, hold fewer than 200 of them.
    let (size, relu) = (1 << 18, layers::activation(&"relu".parse().unwrap()));
    let layers = [vec![relu; 21], vec![layers::flatten(), layers::linear(size, 2)]].concat();
    let mut wide = ClassifierNet::new(Graph::chain([1, 1, size], layers), Key::new(1)).unwrap();
    let most = wide.cost().most_examples();
    assert!(most < 200, "{most}");
    let pixels = Pixels::U8(vec![0u8; 200 * size].into());
    let split = Split::new(pixels, [1, 1, size], vec![0; 200]).unwrap();
    let e = fit(&mut wide, &split, &Recipe { batch: 1000, ..Recipe::default() }).unwrap_err();
    assert!(matches!(e, TrainError::Network(NnError::Batch { batch: 200, .. })), "{e}");
    assert!(e.to_string().contains(&most.to_string()), "{e}");
}

struct StopAt(u64);
impl Observer<ClassifierNet> for StopAt {
    fn step(&mut self, step: &StepMetrics, _: &mut dyn Current<ClassifierNet>) -> Result<Flow, TrainError> {
        Ok(if step.step == self.0 { Flow::Stop } else { Flow::Continue })
    }
}

struct StopGan;
impl Observer<Gan> for StopGan {
    fn step(&mut self, _: &StepMetrics, _: &mut dyn Current<Gan>) -> Result<Flow, TrainError> {
        Ok(Flow::Stop)
    }
}

#[test]
fn no_buffer_and_no_count_is_as_long_as_a_recipe_says() {
    let (epochs, batch) = (usize::MAX, usize::MAX);
    let done =
        fit_with(&mut mlp(), &digits(40), &Recipe { epochs, batch, ..Recipe::default() }, &mut StopAt(1));
    assert!(done.unwrap().stopped);
    let recipe = GanRecipe { epochs, batch, ..GanRecipe::default() };
    assert!(fit_gan(&mut gan(), &digits(40), &recipe, &mut StopGan).unwrap().stopped);
}

#[test]
fn an_observer_ends_a_training_early() {
    let recipe = Recipe { epochs: 3, batch: 10, ..Recipe::default() };
    let done = fit_with(&mut mlp(), &digits(40), &recipe, &mut StopAt(6)).unwrap();
    assert!(done.stopped && done.epochs.len() == 1);
    let done = fit_with(&mut mlp(), &digits(40), &recipe, &mut StopAt(99)).unwrap();
    assert!(!done.stopped && done.epochs.len() == 3);
}
