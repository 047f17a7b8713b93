//! One objective trains a network on the tape and on the compiled engine: the same loss, metrics, gradients and weights.

use sparring_autograd::{Path, Tape, ops};
use sparring_losses::{CrossEntropy, Hinge, LabelSmoothing, NonSaturating};
use sparring_models::Conditioning;
use sparring_nn::{
    Compiled, Cx, Engine, Graph, Mode, Network, Objective, Optimizer, OutputRows, Randomness, Victim, layers,
};
use sparring_optim::{Adam, AnyRule};
use sparring_oracle::{Batch, Bounds, Classifier};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};
use sparring_train::{Classification, Discrimination, MixedLabels, Reconstruction, ToldClasses};
use std::sync::Arc;

/// An even number.
const N: usize = 46;

fn rule() -> AnyRule {
    // Where a gradient is zero but for rounding, Adam with a tiny eps would step by the rounding.
    Adam { eps: 1e-3, ..Adam::default() }.into()
}
fn act(name: &str) -> sparring_nn::AnyLayer {
    layers::activation(&name.parse().unwrap())
}
fn convolutional(outputs: usize) -> Graph {
    let layers = vec![
        layers::conv2d(1, 6, 3, 2, 1),
        layers::batch_norm(6),
        act("relu"),
        layers::flatten(),
        layers::dropout(0.2),
        layers::linear(54, outputs),
    ];
    Graph::chain([1, 5, 6], layers)
}
fn dense(outputs: usize) -> Graph {
    let layers = vec![layers::flatten(), layers::linear(30, 70), act("tanh"), layers::linear(70, outputs)];
    Graph::chain([1, 5, 6], layers)
}

fn discrimination(real: usize, share: f32) -> Discrimination<'static> {
    let (loss, classes) = (NonSaturating::default().into(), ToldClasses::default());
    Discrimination { real, share, loss, classes }
}

#[track_caller]
fn near<E: Elem>(what: &str, a: &[E], b: &[E], tolerance: f64) {
    assert_eq!(a.len(), b.len(), "{what}");
    let size = b.iter().fold(1.0f64, |m, v| m.max(v.abs().to_f64()));
    for (a, b) in a.iter().zip(b) {
        assert!((a.to_f64() - b.to_f64()).abs() <= tolerance * size, "{what}: {a} and {b}");
    }
}

/// Five steps on both.
fn check<E: Elem>(graph: &Graph, objective: &dyn Objective<E>, tolerance: f64) {
    let mut on_tape = graph.build::<E>(Key::new(3)).unwrap();
    let mut compiled = graph.build::<E>(Key::new(3)).unwrap();
    let mut engine = Engine::new(&compiled, rule().into());
    let mut optimizer = Optimizer::new(rule());
    let dim = graph.input.iter().product::<usize>();
    let mut numbers = Key::new(5).rng(0);
    let x: Vec<E> = (0..N * dim).map(|_| E::of(numbers.normal())).collect();
    let row = |i: usize, to: &mut [E]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
    for step in 0..5 {
        let key = Key::new(step);
        let tape = Tape::new();
        let input = tape.constant(Array::from_slice([N, 1, 5, 6], &x));
        let (loss, metrics) = on_tape.loss(&Cx::train(&tape, key, &[]), input, objective);
        assert!((loss.item().to_f64() - metrics[0]).abs() <= tolerance * (1.0 + metrics[0].abs()));
        let mut grads = tape.backward(loss, Array::scalar(E::ONE));
        let got = engine.gradients(N, &row, Randomness { mode: Mode::Train, key, ids: &[] }, objective);
        for (a, b) in got.iter().zip(metrics) {
            assert!((a - b).abs() <= 10.0 * tolerance * (1.0 + b.abs()), "{a} and {b}: {graph:?}");
        }
        for (p, g) in on_tape.params.iter().zip(engine.export_gradients(&compiled.params).unwrap()) {
            if let Some(want) = grads.param(p.id()) {
                near(p.name(), g.as_slice(), want.as_slice(), tolerance);
            }
        }
        optimizer.step(&mut on_tape.params, &mut grads, 1e-2).unwrap();
        engine.update(&compiled.params, 1e-2).unwrap();
    }
    engine.store(&mut compiled.params);
    for (a, b) in compiled.params.iter().zip(&on_tape.params).filter(|(a, _)| a.is_trained()) {
        near(a.name(), a.value.as_slice(), b.value.as_slice(), 5.0 * tolerance);
    }
}

/// Two heads: class logits and a reconstruction, side by side.
struct Both<'a> {
    labels: &'a [usize],
    classes: usize,
}

impl<E: Elem> Objective<E> for Both<'_> {
    fn rows(&self, out: &mut OutputRows<'_, E>) {
        let (n, first) = (self.labels.len() as f64, out.first);
        for (i, (x, y, dy, metrics)) in out.iter_with_inputs().enumerate() {
            let ((z, y), (dz, dy)) = (y.split_at(self.classes), dy.split_at_mut(self.classes));
            let loss = sparring_losses::RowLoss::eval(&CrossEntropy, z, &self.labels[first + i], dz);
            dz.iter_mut().for_each(|d| *d /= E::of(n));
            let squares = sparring_losses::Mse::scaled(E::of(0.5 / n), y, x, dy);
            *metrics = [loss.to_f64() / n + squares.to_f64(), loss.to_f64(), squares.to_f64()];
        }
    }
}

fn two_heads() -> Graph {
    let mut graph = Graph::chain([1, 5, 6], vec![layers::flatten(), layers::linear(30, 20), act("silu")]);
    let code = graph.last();
    graph.push_from(layers::linear(20, 30), &[code]);
    graph.name_last("image");
    graph.push_from(layers::linear(20, 4), &[code]);
    graph.name_last("logits");
    graph.outputs = vec![4, 3];
    graph
}

#[test]
fn one_objective_trains_on_both_engines() {
    let labels: Vec<usize> = (0..N).map(|i| i * 5 % 4).collect();
    let classes = Classification { labels: &labels, smoothing: LabelSmoothing::default(), mixed: None };
    let others: Vec<usize> = (0..N).map(|i| i * 3 % 4).collect();
    let mixed = Some(MixedLabels { others: &others, share: 0.3 });
    let two = Classification { smoothing: LabelSmoothing { smoothing: 0.1 }, mixed, ..classes };
    let (image, game) = (Reconstruction { examples: N }, discrimination(N / 2, 2.0 / N as f32));
    for make in [dense, convolutional] {
        check::<f64>(&make(4), &classes, 1e-12);
        check::<f64>(&make(4), &two, 1e-12);
        check::<f32>(&make(4), &two, 2e-5);
        check::<f64>(&make(30), &image, 1e-12);
        check::<f64>(&make(1), &game, 1e-12);
        let pairs: Vec<usize> = (0..N / 2).map(|i| i % 3).collect();
        for conditioning in [Conditioning::Projection, Conditioning::Auxiliary] {
            let classes = ToldClasses { conditioning, labels: &pairs, weight: 0.5 };
            check::<f64>(&make(4), &Discrimination { classes, loss: Hinge.into(), ..game }, 1e-12);
        }
        check::<f32>(&make(4), &classes, 2e-5);
        check::<f32>(&make(30), &image, 2e-5);
    }
    let both = Both { labels: &labels, classes: 4 };
    check::<f64>(&two_heads(), &both, 1e-12);
    check::<f32>(&two_heads(), &both, 2e-5);
}

/// The value and the gradient of the operation, by both reverse passes, are those of the loss's own operation.
#[test]
fn an_objective_on_a_tape_is_the_operation_of_its_loss() {
    let labels: Vec<usize> = (0..N).map(|i| i * 7 % 4).collect();
    let net: Network<f64> = dense(4).build(Key::new(1)).unwrap();
    let mut numbers = Key::new(2).rng(0);
    let x = Array::from_slice([N, 1, 5, 6], &(0..N * 30).map(|_| numbers.normal()).collect::<Vec<_>>());
    let tape = Tape::new();
    let (cx, x) = (Cx::train(&tape, Key::new(1), &[]), tape.leaf(x));
    let classes = Classification { labels: &labels, smoothing: LabelSmoothing::default(), mixed: None };
    let (loss, [_, right, _]) = net.loss(&cx, x, &classes);
    assert!(right > 0.0 && right.fract() == 0.0);
    let own = ops::mean(ops::row_loss(net.forward(&cx, x), CrossEntropy, Arc::<[usize]>::from(labels)));
    assert!((loss.item() - own.item()).abs() < 1e-14);
    let gradient = |root, path| {
        let grads = tape.backward_by(root, Array::scalar(3.0), path);
        grads.get(x).unwrap().as_slice().to_vec()
    };
    let want = gradient(own, Path::Fast);
    near("fast", &gradient(loss, Path::Fast), &want, 1e-14);
    near("by vjp", &gradient(loss, Path::Definition), &want, 1e-14);
}

#[test]
#[should_panic(expected = "objective: second derivatives are not provided")]
fn an_objective_has_no_second_derivative() {
    let net: Network<f64> = dense(1).build(Key::new(1)).unwrap();
    let tape = Tape::new();
    let x = tape.leaf(Array::zeros([2, 1, 5, 6]));
    let (loss, _) = net.loss(&Cx::train(&tape, Key::new(1), &[]), x, &discrimination(1, 1.0));
    let dx = tape.grad(loss, &[x])[0];
    let _ = tape.grad(ops::sum(ops::square(dx)), &[x]);
}

/// Two heads learn together, are stored with their outputs, and come back; one of them is attacked as a classifier.
#[test]
fn a_network_of_two_heads_learns_and_comes_back() {
    let labels: Vec<usize> = (0..N).map(|i| i % 4).collect();
    let mut numbers = Key::new(8).rng(0);
    // A bright row for each class.
    let pixel = |i: usize, k: usize, noise: f64| {
        (0.3 + 0.5 * f64::from(u8::from(k / 6 == i % 4)) + 0.05 * noise) as f32
    };
    let x: Vec<f32> = (0..N * 30).map(|k| pixel(k / 30, k % 30, numbers.normal())).collect();
    let mut net: Network<f32> = two_heads().build(Key::new(1)).unwrap();
    let mut engine = Engine::new(&net, AnyRule::from(Adam::default()).into());
    let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&x[i * 30..(i + 1) * 30]);
    let objective = Both { labels: &labels, classes: 4 };
    let mut losses = Vec::new();
    for _ in 0..150 {
        losses.push(engine.gradients(N, &row, Randomness::none(), &objective));
        engine.update(&net.params, 1e-2).unwrap();
    }
    let (first, last) = (losses[0], losses[149]);
    assert!((1..3).all(|k| last[k] < 0.2 * first[k]), "{first:?} to {last:?}");
    engine.store(&mut net.params);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("heads.safetensors");
    sparring_store::write(&path, "heads", &[("", &net)], serde_json::Value::Null).unwrap();
    let again = sparring_store::read(&path).unwrap().build("").unwrap();
    assert_eq!(again.graph(), net.graph());
    let outputs = |net: &Network<f32>| {
        let compiled = Compiled::new(net);
        let mut y = vec![0.0; N * compiled.outputs()];
        compiled.forward(&x, &mut y);
        y
    };
    assert_eq!(outputs(&again), outputs(&net));
    assert_eq!(net.graph().output_columns().unwrap(), [0..4, 4..34]);
    let head = again.up_to("logits").unwrap();
    let classes = outputs(&net).chunks(34).flat_map(|row| row[..4].to_vec()).collect::<Vec<_>>();
    assert_eq!(outputs(&head), classes);
    let victim = Victim::new(&head, Bounds::UNIT).unwrap();
    let ids: Vec<u64> = (0..N as u64).collect();
    let mut logits = vec![0.0; 4 * N];
    victim.logits(Batch::new(&x, [1, 5, 6], &ids).unwrap(), &mut logits).unwrap();
    assert_eq!(logits, classes);
}

/// Loss, gradient and right answers of mixed labels as PyTorch has them.
#[test]
fn mixed_labels_are_those_of_pytorch() {
    let file = include_str!("../../../golden/augment/mixed.csv");
    let mut cases = 0;
    for line in file.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let numbers = |i: usize| fields[i].split(' ').map(|v| v.parse().unwrap()).collect::<Vec<f64>>();
        let classes = |i: usize| numbers(i).iter().map(|&v| v as usize).collect::<Vec<_>>();
        let (labels, others, z, want) = (classes(2), classes(3), numbers(4), numbers(6));
        let (smoothing, share) = (LabelSmoothing { smoothing: numbers(0)[0] }, numbers(1)[0]);
        let mixed = Some(MixedLabels { others: &others, share });
        let (mut dz, mut metrics) = (vec![0.0; z.len()], vec![[0.0; 3]; labels.len()]);
        let mut rows = OutputRows::new(&z, &mut dz, &mut metrics, &[]);
        Classification { labels: &labels, smoothing, mixed }.rows(&mut rows);
        let sum = |i: usize| metrics.iter().map(|m| m[i]).sum::<f64>();
        assert!((sum(0) - numbers(5)[0]).abs() < 1e-13, "{line}: {}", sum(0));
        near("gradient", &dz, &want, 1e-13);
        assert_eq!(sum(1), numbers(7)[0], "{line}");
        cases += 1;
    }
    assert!(cases > 3);
}
