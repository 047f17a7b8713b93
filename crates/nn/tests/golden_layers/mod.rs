//! Every case under `golden/layers` against PyTorch, on the tape and on the compiled engine, in `f64` and `f32`.

mod case;
mod more;

use crate::engine::reference::{Steps, pass};
use case::{Case, set};
use safetensors::SafeTensors;
use sparring_activations::{AnyActivation, Prelu};
use sparring_losses::{CrossEntropy, RowLoss};
use sparring_nn::layers::{self, BatchNorm, Conv2d, ConvTranspose2d, LayerNorm, Linear, Pool, Pool2d};
use sparring_nn::{AnyLayer, Engine, Graph, Init, Mode, Network, OutputRows, Params, Randomness, Source};
use sparring_optim::{AnyRule, Sgd};
use sparring_seed::Key;
use sparring_tensor::Elem;
use std::collections::BTreeSet;

fn train<'a>() -> Randomness<'a> {
    Randomness { mode: Mode::Train, ..Randomness::none() }
}

/// Writes this gradient at the outputs.
fn given<E: Elem>(dy: &[E]) -> impl Fn(&mut OutputRows<'_, E>) + Sync {
    move |rows: &mut OutputRows<'_, E>| {
        let (first, cols) = (rows.first, rows.cols);
        for (i, (_, d, metrics)) in rows.iter().enumerate() {
            d.copy_from_slice(&dy[(first + i) * cols..][..cols]);
            *metrics = [0.0; 3];
        }
    }
}

/// PyTorch's output and gradients on a tape, in this mode.
fn on_tape<E: Elem>(case: &Case<'_>, net: &mut Network<E>, at: &str, mode: Mode, tolerance: f64) {
    let [x, dy] = ["x", "dy"].map(|k| case.numbers::<E>(&format!("{at}{k}")));
    let got = pass(net, &x, (mode, Key::new(0), &[]), |_| dy.clone());
    case.near(&format!("{at}y"), &got.y, tolerance);
    case.near(&format!("{at}dx"), &got.dx, tolerance);
    for (p, g) in net.params.iter().zip(&got.grads).filter(|(p, _)| p.is_trained()) {
        case.near(&format!("{at}d/{}", p.name().trim_start_matches("it.")), g, tolerance);
    }
}

/// The same in a training step of the engine, which is left with its gradients.
fn on_engine<E: Elem>(case: &Case<'_>, engine: &mut Engine<E>, params: &Params<E>, at: &str, tolerance: f64) {
    let [x, dy] = ["x", "dy"].map(|k| case.numbers::<E>(&format!("{at}{k}")));
    let dim = engine.compiled().inputs();
    let (mut y, mut dx) = (dy.clone(), x.clone());
    engine.forward_of_batch(&x, train(), &mut y);
    engine.pullback_of_batch(&x, train(), &mut |_, d| d.copy_from_slice(&dy), &mut dx);
    case.near(&format!("{at}y"), &y, tolerance);
    case.near(&format!("{at}dx"), &dx, tolerance);
    let row = |i: usize, to: &mut [E]| to.copy_from_slice(&x[i * dim..][..dim]);
    engine.gradients(x.len() / dim, &row, train(), &given(&dy));
    for (p, g) in params.iter().zip(engine.export_gradients(params).unwrap()).filter(|(p, _)| p.is_trained())
    {
        case.near(&format!("{at}d/{}", p.name().trim_start_matches("it.")), g.as_slice(), tolerance);
    }
}

/// Output and gradient at the input as attacks see them.
fn compiled<E: Elem>(case: &Case<'_>, engine: &Engine<E>, at: &str, tolerance: f64) {
    let [x, dy] = ["x", "dy"].map(|k| case.numbers::<E>(&format!("{at}{k}")));
    let (mut y, mut dx) = (dy.clone(), x.clone());
    engine.compiled().forward(&x, &mut y);
    engine.compiled().pullbacks(&x, 1, &mut |_, _, d| d.copy_from_slice(&dy), &mut dx);
    case.near(&format!("{at}y"), &y, tolerance);
    case.near(&format!("{at}dx"), &dx, tolerance);
}

fn sgd(momentum: f64) -> AnyRule {
    Sgd { momentum, ..Sgd::default() }.into()
}

fn stateless<E: Elem>(case: &Case<'_>, layer: AnyLayer, tolerance: f64) {
    let mut net = case.network::<E>(layer, &case.dims("x")[1..]);
    let mut engine = Engine::new(&net, sgd(0.0).into());
    on_engine(case, &mut engine, &net.params, "", tolerance);
    compiled(case, &engine, "", tolerance);
    on_tape(case, &mut net, "", Mode::Train, tolerance);
    on_tape(case, &mut net, "", Mode::Eval, tolerance);
}

fn layer_of(case: &Case<'_>) -> AnyLayer {
    let (init, bias) = (Init::default(), case.has("bias"));
    let weight = |i: usize| case.dims("weight")[i];
    match case.name.split('/').next().unwrap() {
        "layer_norm" => {
            let eps = case.numbers::<f64>("eps")[0];
            LayerNorm { shape: case.counts("normalized_shape"), eps }.into()
        }
        "prelu" => layers::activation(&AnyActivation::Prelu(Prelu::default())),
        "linear" => Linear { inputs: weight(1), outputs: weight(0), init, bias, ..Linear::default() }.into(),
        "conv2d" => {
            let (kernel, [stride, padding]) =
                ([weight(2), weight(3)], ["stride", "padding"].map(|k| case.pair(k)));
            let (inputs, outputs) = (weight(1), weight(0));
            Conv2d { inputs, outputs, kernel, stride, padding, init, bias, ..Conv2d::default() }.into()
        }
        "conv_transpose2d" => {
            let [stride, padding, output_padding] =
                ["stride", "padding", "output_padding"].map(|k| case.pair(k));
            let (inputs, outputs, kernel) = (weight(0), weight(1), [weight(2), weight(3)]);
            let rest = ConvTranspose2d::default();
            ConvTranspose2d { inputs, outputs, kernel, stride, padding, output_padding, bias, ..rest }.into()
        }
        "avg_pool2d" => {
            let [kernel, stride, padding] = ["kernel_size", "stride", "padding"].map(|k| case.pair(k));
            Pool2d { pool: Pool::Average, kernel, stride, padding }.into()
        }
        "global_avg_pool2d" => layers::global_avg_pool2d(),
        other => panic!("no test for {other}"),
    }
}

/// A batch of `batches` in training, after which running statistics are as PyTorch's.
fn batch_norm<E: Elem>(case: &Case<'_>, tolerance: f64) {
    let [eps, momentum] = ["eps", "momentum"].map(|k| case.numbers::<f64>(k)[0]);
    let dims = case.dims("batches");
    let example = &dims[2..];
    let mut net = case.network::<E>(BatchNorm { channels: example[0], eps, momentum }.into(), example);
    let mut engine = Engine::new(&net, sgd(0.0).into());
    let batches = case.numbers::<E>("batches");
    let (len, dim) = (batches.len() / 10, engine.compiled().inputs());
    let statistics = |params: &Params<E>, after: usize| {
        for key in ["running_mean", "running_var"] {
            let got = &params.get(&format!("it.{key}")).unwrap().value;
            case.near(&format!("{key}_{after}"), got.as_slice(), tolerance);
        }
    };
    on_engine(case, &mut engine, &net.params, "train/", tolerance);
    for (b, x) in batches.chunks(len).enumerate() {
        if b > 0 {
            let row = |i: usize, to: &mut [E]| to.copy_from_slice(&x[i * dim..][..dim]);
            engine.gradients(len / dim, &row, train(), &given(x));
        }
        // A step of length 0: nothing but the statistics moves.
        engine.update(&net.params, 0.0).unwrap();
        if b == 0 {
            statistics(&engine.export_weights(&net.params), 1);
        }
    }
    statistics(&engine.export_weights(&net.params), 10);
    compiled(case, &engine, "eval/", tolerance);

    on_tape(case, &mut net, "train/", Mode::Train, tolerance);
    statistics(&net.params, 1);
    for x in batches.chunks(len).skip(1) {
        pass(&mut net, x, (Mode::Train, Key::new(0), &[]), <[E]>::to_vec);
    }
    statistics(&net.params, 10);
    on_tape(case, &mut net, "eval/", Mode::Eval, tolerance);
}

/// conv, norm, ReLU, conv, norm, + skip, ReLU, flatten, linear; the skip is the input, or a 1x1 convolution and a norm.
fn residual_net(case: &Case<'_>) -> Graph {
    let [inputs, h, w]: [usize; 3] = case.dims("x")[2..].try_into().unwrap();
    let [stride, channels, classes] = ["stride", "channels", "classes"].map(|k| case.counts(k)[0]);
    let relu = || layers::activation(&"relu".parse().unwrap());
    let conv = |inputs, kernel, stride| {
        let (kernel, stride, padding) = ([kernel; 2], [stride; 2], [kernel / 2; 2]);
        Conv2d { inputs, outputs: channels, kernel, stride, padding, bias: false, ..Conv2d::default() }.into()
    };
    let mut graph = Graph::new([inputs, h, w]);
    let mut skip = graph.last();
    let push = |graph: &mut Graph, layer: AnyLayer, name: &str| {
        graph.push(layer);
        graph.name_last(name);
    };
    if case.has("start/skip_conv.weight") {
        push(&mut graph, conv(inputs, 1, stride), "skip_conv");
        push(&mut graph, layers::batch_norm(channels), "skip_bn");
        skip = graph.last();
    }
    graph.push_from(conv(inputs, 3, stride), &[Source::Input]);
    graph.name_last("conv1");
    push(&mut graph, layers::batch_norm(channels), "bn1");
    graph.push(relu());
    push(&mut graph, conv(channels, 3, 1), "conv2");
    push(&mut graph, layers::batch_norm(channels), "bn2");
    let deep = graph.last();
    graph.push_from(layers::add(), &[deep, skip]);
    graph.push(relu());
    graph.push(layers::flatten());
    let numbers = graph.output_shape(1).unwrap().numel();
    push(&mut graph, layers::linear(numbers, classes), "linear");
    graph
}

/// Mean cross-entropy and its gradient at the logits of a batch.
fn loss<E: Elem>(logits: &[E], labels: &[usize], d: &mut [E]) -> f64 {
    let share = E::of(1.0 / labels.len() as f64);
    let cols = logits.len() / labels.len();
    let rows = logits.chunks(cols).zip(d.chunks_mut(cols)).zip(labels);
    rows.map(|((z, d), label)| {
        let loss = CrossEntropy.eval(z, label, d);
        d.iter_mut().for_each(|d| *d *= share);
        (loss * share).to_f64()
    })
    .sum()
}

fn cotangent<E: Elem>(logits: &[E], labels: &[usize]) -> Vec<E> {
    let mut d = logits.to_vec();
    loss(logits, labels, &mut d);
    d
}

fn residual<E: Elem>(case: &Case<'_>, tolerance: f64) {
    let mut start: Network<E> = residual_net(case).build(Key::new(1)).unwrap();
    let names: Vec<String> = start.params.iter().map(|p| p.name().to_string()).collect();
    names.iter().for_each(|name| set(&mut start.params, name, &case.numbers(&format!("start/{name}"))));
    let mut net = start.clone();
    let (x, labels) = (case.numbers::<E>("x"), case.counts("labels"));
    let (n, len) = (labels.len() / 3, x.len() / 3);
    let (dim, losses) = (len / n, case.numbers::<f64>("losses"));
    let [lr, momentum] = ["lr", "momentum"].map(|k| case.numbers::<f64>(k)[0]);
    let mut engine = Engine::new(&start, sgd(momentum).into());
    let mut steps = Steps::new(sgd(momentum), &net);
    for (s, (x, labels)) in x.chunks(len).zip(labels.chunks(n)).enumerate() {
        let want = pass(&mut net, x, (Mode::Train, Key::new(0), &[]), |z| cotangent(z, labels));
        let row = |i: usize, to: &mut [E]| to.copy_from_slice(&x[i * dim..][..dim]);
        if s == 0 {
            case.near("logits", &want.y, tolerance);
            case.near("dx", &want.dx, tolerance);
            let (mut y, mut dx) = (want.y.clone(), x.to_vec());
            engine.forward_of_batch(x, train(), &mut y);
            case.near("logits", &y, tolerance);
            engine.pullback_of_batch(x, train(), &mut |z, d| _ = loss(z, labels, d), &mut dx);
            case.near("dx", &dx, tolerance);
        }
        let objective = |rows: &mut OutputRows<'_, E>| {
            let first = rows.first;
            for (i, (z, d, metrics)) in rows.iter().enumerate() {
                let share = E::of(1.0 / n as f64);
                *metrics = [(CrossEntropy.eval(z, &labels[first + i], d) * share).to_f64(), 0.0, 0.0];
                d.iter_mut().for_each(|d| *d *= share);
            }
        };
        let [found, ..] = engine.gradients(n, &row, train(), &objective);
        let on_tape = loss(&want.y, labels, &mut want.y.clone());
        for got in [found, on_tape] {
            assert!((got - losses[s]).abs() <= tolerance * losses[s].max(1.0), "{got} and {}", losses[s]);
        }
        if s == 0 {
            let grads = engine.export_gradients(&start.params).unwrap();
            for ((p, g), of_tape) in
                start.params.iter().zip(&grads).zip(&want.grads).filter(|((p, _), _)| p.is_trained())
            {
                case.near(&format!("d/{}", p.name()), g.as_slice(), tolerance);
                case.near(&format!("d/{}", p.name()), of_tape, tolerance);
            }
        }
        engine.update(&start.params, lr).unwrap();
        steps.step(&mut net, &want.grads, lr);
    }
    let after = 100.0 * tolerance;
    engine.store(&mut start.params);
    for params in [&net.params, &start.params] {
        params.iter().for_each(|p| case.near(&format!("end/{}", p.name()), p.value.as_slice(), after));
    }
    let (x, labels) = (&x[..len], &labels[..n]);
    let want = pass(&mut net, x, (Mode::Eval, Key::new(0), &[]), |z| cotangent(z, labels));
    let (mut y, mut dx) = (want.y.clone(), x.to_vec());
    engine.compiled().forward(x, &mut y);
    engine.compiled().pullbacks(x, 1, &mut |_, z, d| _ = loss(z, labels, d), &mut dx);
    for (y, dx) in [(&want.y, &want.dx), (&y, &dx)] {
        case.near("eval_logits", y, after);
        case.near("eval_dx", dx, after);
    }
}

/// Calls `check` for each of the `count` cases of a file.
fn each_case(file: &str, count: usize, mut check: impl FnMut(&Case<'_>)) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/layers");
    let bytes = std::fs::read(format!("{folder}/{file}.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let case = |name: &String| name.split('/').take(2).collect::<Vec<_>>().join("/");
    let names: BTreeSet<String> = file.names().into_iter().map(|name| case(&name.to_string())).collect();
    assert_eq!(names.len(), count, "{names:?}");
    names.iter().for_each(|name| check(&Case { file: &file, name }));
}

#[test]
fn every_case_on_both_engines() {
    each_case("layers", 36, |case| match case.name.split('/').next().unwrap() {
        "batch_norm1d" | "batch_norm2d" => {
            batch_norm::<f64>(case, 1e-12);
            batch_norm::<f32>(case, 1e-4);
        }
        "residual" => {
            residual::<f64>(case, 1e-12);
            residual::<f32>(case, 1e-4);
        }
        _ => {
            stateless::<f64>(case, layer_of(case), 1e-12);
            stateless::<f32>(case, layer_of(case), 1e-5);
        }
    });
}
