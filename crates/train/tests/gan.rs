//! Losses, penalties, classes and packs of GAN training: the steps are those of a plain implementation on the tape, whatever the combination, and go on bit for bit.

use sparring_autograd::{Tape, Var, ops};
use sparring_datasets::{Batches, Last, Mnist, Order, Split, synthetic};
use sparring_losses::{AnyGanLoss, GanLoss as _};
use sparring_models::{Conditioning, Dcgan, Gan, GanForm, GanSpec};
use sparring_nn::layers::Parametrization;
use sparring_nn::{AnyLayer, Cx, Graph, layers};
use sparring_optim::Sgd;
use sparring_seed::Key;
use sparring_tensor::Array;
use sparring_train::{GanRecipe, GanSteps, Quiet, Session, StepOutcome, fit_gan, gan_session};

fn act(name: &str) -> AnyLayer {
    layers::activation(&name.parse().unwrap())
}

/// Points of a plane, two clouds.
fn points(n: usize) -> Split {
    synthetic::blobs(n, 2, 0.05, Key::new(5))
}

/// A small GAN of points with smooth layers.
fn gan(form: GanForm) -> Gan {
    gan_with(form, &[])
}

/// The same with these layers, which may add a number, before the discriminator's last.
fn gan_with(form: GanForm, more: &[AnyLayer]) -> Gan {
    let generator = vec![
        layers::flatten(),
        layers::linear(3 + form.classes, 9),
        act("softplus"),
        layers::linear(9, 2),
        act("sigmoid"),
        layers::reshape(&[1, 1, 2]),
    ];
    let seen = (1 + form.planes()) * form.pack;
    let mut discriminator = vec![layers::flatten(), layers::linear(2 * seen, 8), act("softplus")];
    discriminator.extend_from_slice(more);
    discriminator.push(layers::linear(8 + more.len(), form.outputs()));
    let spec = GanSpec {
        generator: Graph::chain([1, 1, 3 + form.classes], generator),
        discriminator: Graph::chain([seen, 1, 2], discriminator),
        form,
    };
    Gan::new(spec, (0.0, 1.0), Key::new(1)).unwrap()
}

fn forms() -> Vec<GanForm> {
    let with = |conditioning| GanForm { classes: 2, conditioning, ..GanForm::default() };
    vec![
        GanForm::default(),
        GanForm { pack: 2, ..GanForm::default() },
        with(Conditioning::Embedding),
        with(Conditioning::Projection),
        with(Conditioning::Auxiliary),
    ]
}

const LOSSES: [&str; 6] =
    ["non-saturating(smooth=0.9)", "minimax", "lsgan", "wasserstein", "hinge", "relativistic"];

fn recipe(loss: &str) -> GanRecipe {
    GanRecipe {
        epochs: 1,
        batch: 8,
        lr: 0.1,
        rule: Sgd::default().into(),
        loss: loss.parse().unwrap(),
        steps: GanSteps::Simultaneous,
        ..GanRecipe::default()
    }
}

/// Weights of both networks.
fn weights(gan: &Gan) -> Vec<f32> {
    let all = gan.generator.params.iter().chain(gan.discriminator.params.iter());
    all.flat_map(|p| p.value.as_slice().to_vec()).collect()
}

/// Those that are trained.
fn trained(gan: &Gan) -> Vec<f32> {
    let all = gan.generator.params.iter().chain(gan.discriminator.params.iter());
    all.filter(|p| p.is_trained()).flat_map(|p| p.value.as_slice().to_vec()).collect()
}

/// The gradient that one step of plain SGD of rate 0.1 was.
fn moved(before: &[f32], after: &[f32]) -> Vec<f64> {
    before.iter().zip(after).map(|(a, b)| (f64::from(*a) - f64::from(*b)) / 0.1).collect()
}

/// The mean loss of a side as a variable, from logits `[rows]` of both.
fn loss_on_tape<'t>(
    loss: AnyGanLoss,
    generator: bool,
    real: Var<'t, f32>,
    fake: Var<'t, f32>,
) -> Var<'t, f32> {
    // By the chain rule: a linear form whose gradient at the logits is that of the loss.
    let n = real.value().len();
    let (r, f) = (real.value(), fake.value());
    let [mut d_real, mut d_fake] = [0; 2].map(|_| vec![0.0; n]);
    for i in 0..n {
        let (r, f) = ([r.as_slice()[i]], [f.as_slice()[i]]);
        let [mut a, mut b] = [[0.0]; 2];
        if generator {
            loss.generator(&r, &f, &mut b);
        } else {
            loss.critic(&r, &f, [&mut a, &mut b]);
        }
        (d_real[i], d_fake[i]) = (a[0] / n as f32, b[0] / n as f32);
    }
    let tape = real.tape();
    let constant = |d: Vec<f32>| tape.constant(Array::from_slice([n], &d));
    ops::sum(real * constant(d_real)) + ops::sum(fake * constant(d_fake))
}

/// One step of both networks by a session, beside gradients made on a tape from the same examples and noise.
#[test]
fn a_step_is_that_of_a_plain_implementation() {
    let data = points(8);
    // Its statistic is that of the real rows, or of the generated ones.
    let stddev = layers::minibatch_stddev();
    let plain = forms().into_iter().map(|form| (form, &[][..]));
    for (form, more) in plain.chain([(GanForm::default(), std::slice::from_ref(&stddev))]) {
        for loss in LOSSES {
            let mut model = gan_with(form, more);
            let before = trained(&model);
            let recipe = recipe(loss);
            fit_gan(&mut model, &data, &recipe, &mut Quiet).unwrap();
            let got = moved(&before, &trained(&model));
            let want = expected((form, more), loss);
            assert_eq!(got.len(), want.len());
            let size = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            assert!(size > 1e-4, "{form:?} {loss}: nothing moves");
            for (i, (a, b)) in got.iter().zip(&want).enumerate() {
                assert!(
                    (a - b).abs() < 2e-4 * size.max(0.05),
                    "{form:?} {loss}, number {i}: {a}, on the tape {b}"
                );
            }
        }
    }
}

/// What the first step of a session of seed 1 on one batch sees.
struct FirstStep {
    real: Vec<f32>,
    labels: Vec<usize>,
    d_noise: Array<f32>,
    g_noise: Array<f32>,
}

fn first_step(model: &Gan, data: &Split) -> FirstStep {
    let batches = Batches::new(data, data.len(), Key::new(1), 1, Order::Shuffled, Last::Keep);
    let batch = batches.into_iter().next().unwrap();
    let labels = if model.spec().form.classes > 0 { batch.labels } else { Vec::new() };
    let (key, ids) = (Key::new(1).named("step").child(1), (0..data.len() as u64).collect::<Vec<_>>());
    let d_noise = model.noise_of(key.named("d noise"), &ids, &labels);
    let g_noise = model.noise_of(key.named("g noise").child(0), &ids, &labels);
    FirstStep { real: batch.x, labels, d_noise, g_noise }
}

/// The gradients of generator and discriminator in the first step of a session on `points(8)` in one batch.
fn expected((form, more): (GanForm, &[AnyLayer]), loss: &str) -> Vec<f64> {
    let model = gan_with(form, more);
    let data = points(8);
    let loss: AnyGanLoss = loss.parse().unwrap();
    let seen = first_step(&model, &data);
    let rows = 8 / form.pack;
    let show = |x: &[f32]| {
        let [c, h, w] = model.spec().discriminator.input;
        let mut all = Array::zeros([rows, c, h, w]);
        for (j, to) in all.as_mut_slice().chunks_exact_mut(c * h * w).enumerate() {
            let mut example = |i: usize, to: &mut [f32]| {
                let i = j * form.pack + i;
                to.copy_from_slice(&x[2 * i..2 * i + 2]);
            };
            model.show(&mut example, seen.labels.get(j).copied(), to);
        }
        all
    };
    let mut read = Array::<f32>::zeros([rows, form.outputs()]);
    for (j, row) in read.as_mut_slice().chunks_exact_mut(form.outputs()).enumerate() {
        form.conditioning.pull(1.0, seen.labels.get(j).copied().unwrap_or(0), row);
    }
    let side = |generator: bool| {
        let tape = Tape::new();
        let cx = Cx::train(&tape, Key::new(0), &[]);
        let noise = if generator { &seen.g_noise } else { &seen.d_noise };
        let fakes = model.generator.forward(&cx, tape.constant(noise.clone()));
        // Packs are neighbours, and planes of classes stand behind the example's channel.
        let fakes_seen = if form.planes() > 0 {
            let planes = show(fakes.value().as_slice());
            let told: Vec<f32> = planes
                .as_slice()
                .chunks_exact(2 * (1 + form.planes()))
                .flat_map(|row| row[2..].to_vec())
                .collect();
            let told = tape.constant(Array::from_slice([rows, form.planes(), 1, 2], &told));
            ops::concat(&[fakes, told], 1)
        } else {
            ops::reshape(fakes, [rows, form.pack, 1, 2])
        };
        let outputs_fake = model.discriminator.forward(&cx, fakes_seen);
        let outputs_real = model.discriminator.forward(&cx, tape.constant(show(&seen.real)));
        let read = tape.constant(read.clone());
        let [real, fake] =
            [outputs_real, outputs_fake].map(|o| ops::reshape(ops::sum_last(o * read), [rows]));
        let mut total = loss_on_tape(loss, generator, real, fake);
        if form.conditioning == Conditioning::Auxiliary {
            let labels: std::sync::Arc<[usize]> = seen.labels.clone().into();
            let [of_real, of_fake] = [outputs_real, outputs_fake].map(|o| {
                let select = Array::from_fn([1 + form.classes, form.classes], |i| {
                    if i / form.classes == i % form.classes + 1 { 1.0 } else { 0.0 }
                });
                let classes = ops::matmul(o, tape.constant(select));
                ops::mean(ops::row_loss(classes, sparring_losses::CrossEntropy, labels.clone()))
            });
            total = total + of_fake;
            if !generator {
                total = total + of_real;
            }
        }
        let grads = tape.backward(total, Array::scalar(1.0));
        let net = if generator { &model.generator } else { &model.discriminator };
        net.params
            .iter()
            .filter(|p| p.is_trained())
            .flat_map(|p| grads.param(p.id()).unwrap().as_slice().to_vec())
            .map(f64::from)
            .collect::<Vec<_>>()
    };
    [side(true), side(false)].concat()
}

/// Every combination runs, stays finite, moves both networks, and goes on bit for bit from a state in the middle.
#[test]
fn every_loss_penalty_and_form_goes_on_from_a_state() {
    let data = points(40);
    let spectral = || {
        let mut model = gan(GanForm::default()).spec().clone();
        let last = layers::Linear {
            inputs: 8,
            outputs: 1,
            parametrization: Parametrization::SpectralNorm,
            ..Default::default()
        };
        model.discriminator = Graph::chain(
            [1, 1, 2],
            vec![layers::flatten(), layers::linear(2, 8), act("softplus"), last.into()],
        );
        model
    };
    let mut cases: Vec<(GanSpec, GanRecipe)> = Vec::new();
    for (i, loss) in LOSSES.iter().enumerate() {
        for (j, form) in forms().into_iter().enumerate() {
            let penalties: &[&str] = [&["wgan-gp"][..], &["r1(gamma=0.5)", "r2"], &[]][(i + j) % 3];
            let penalties = penalties.iter().map(|p| p.parse().unwrap()).collect();
            let (critic_steps, penalty_every) = [(1, 1), (2, 1), (1, 3)][(i + 2 * j) % 3];
            let steps = if critic_steps == 1 && j % 2 == 0 {
                GanSteps::Simultaneous
            } else {
                GanSteps::TwiceGenerator
            };
            let noise = if j == 1 { 0.1 } else { 0.0 };
            let d_transforms =
                if i == 3 { vec!["clip-weights(max=0.3)".parse().unwrap()] } else { Vec::new() };
            let own = GanRecipe {
                penalties,
                critic_steps,
                penalty_every,
                steps,
                instance_noise: noise,
                d_transforms,
                ..recipe(loss)
            };
            cases.push((
                gan(form).spec().clone(),
                GanRecipe { epochs: 2, lr: 0.01, rule: GanRecipe::default().rule, ..own },
            ));
        }
        cases.push((spectral(), GanRecipe { epochs: 2, lr: 0.01, ..recipe(loss) }));
        let stddev = gan_with(GanForm::default(), &[layers::minibatch_stddev()]);
        let penalties = vec!["r1".parse().unwrap()];
        cases.push((stddev.spec().clone(), GanRecipe { epochs: 2, lr: 0.01, penalties, ..recipe(loss) }));
    }
    for (spec, recipe) in cases {
        let what = format!("{:?}, {recipe:?}", spec.form);
        let make = || Gan::new(spec.clone(), (0.0, 1.0), Key::new(7)).unwrap();
        let mut whole = make();
        let start = weights(&whole);
        let done = fit_gan(&mut whole, &data, &recipe, &mut Quiet).unwrap_or_else(|e| panic!("{what}: {e}"));
        let whole = weights(&whole);
        assert!(whole.iter().all(|w| w.is_finite()) && whole != start, "{what}");
        let last = done.epochs.last().unwrap();
        assert!(
            [last.d_loss, last.g_loss, last.logit_gap, last.g_gradient, last.d_gradient]
                .iter()
                .all(|v| v.is_finite()),
            "{what}: {last:?}"
        );
        assert_eq!(last.penalty > 0.0, !recipe.penalties.is_empty(), "{what}: {last:?}");
        let (mut first, mut second) = (make(), make());
        let state = {
            let mut training = gan_session(&mut first, &data, &recipe).unwrap();
            go(&mut training, 3);
            training.state()
        };
        let mut training = gan_session(&mut second, &data, &recipe).unwrap();
        training.restore(&state).unwrap();
        let rest = training.run(&mut Quiet).unwrap();
        drop(training);
        assert_eq!(weights(&second), whole, "{what}");
        assert_eq!(
            rest.epochs.last().map(|e| (e.g_loss, e.d_real)),
            done.epochs.last().map(|e| (e.g_loss, e.d_real)),
            "{what}"
        );
    }
}

fn go<F: sparring_train::Learner>(training: &mut Session<'_, F>, steps: usize) {
    for _ in 0..steps {
        assert_eq!(training.step().unwrap().unwrap().outcome, StepOutcome::Done);
    }
}

#[test]
fn penalties_and_batch_statistics_are_refused_together() {
    let mut spec = gan(GanForm::default()).spec().clone();
    spec.discriminator = Graph::chain(
        [1, 1, 2],
        vec![
            layers::flatten(),
            layers::linear(2, 8),
            layers::batch_norm(8),
            act("relu"),
            layers::linear(8, 1),
        ],
    );
    let mut model = Gan::new(spec, (0.0, 1.0), Key::new(1)).unwrap();
    let with = GanRecipe { penalties: vec!["r1".parse().unwrap()], ..recipe("hinge") };
    let e = fit_gan(&mut model, &points(40), &with, &mut Quiet).unwrap_err().to_string();
    assert!(e.contains("batch_norm") && e.contains("leave the normalisation out"), "{e}");
    // Over pixels too, where one image would be enough for statistics.
    let mut model = Gan::new(Dcgan { width: 2, ..Dcgan::default() }.spec(), (0.0, 1.0), Key::new(1)).unwrap();
    let e =
        fit_gan(&mut model, &Mnist::embedded().train.first(40), &with, &mut Quiet).unwrap_err().to_string();
    assert!(e.contains("batch_norm"), "{e}");
    let few = GanRecipe { critic_steps: 9, steps: GanSteps::Alternating, ..recipe("hinge") };
    let e = fit_gan(&mut gan(GanForm::default()), &points(40), &few, &mut Quiet).unwrap_err().to_string();
    assert!(e.starts_with("critic_steps is 9"), "{e}");
    let packed = GanRecipe { batch: 2, ..recipe("hinge") };
    let e = fit_gan(&mut gan(GanForm { pack: 4, ..GanForm::default() }), &points(40), &packed, &mut Quiet)
        .unwrap_err()
        .to_string();
    assert!(e.starts_with("batch is 2"), "{e}");
}
