//! A method on the engine: groups, clipping, accumulation and averages are those of the tape and of plain loops.

use crate::engine::reference;
use sparring_autograd::{Tape, ops};
use sparring_losses::Mse;
use sparring_nn::{
    Cx, Decay, Engine, Graph, Group, Learned, Method, Mode, Network, Optimizer, OutputRows, ParamKind,
    Randomness, Victim, layers,
};
use sparring_optim::{
    AdamW, AnyRule, AnyTransform, ClipLayer, ClipNorm, ClipValue, L1Penalty, L2Penalty, Lookahead, MaxNorm,
    Sgd, WeightDecay,
};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable};
use sparring_seed::Key;
use sparring_tensor::Array;

/// Matmuls, a convolution, a normalisation and a learnt activation: every kind of parameter.
fn graph() -> Graph {
    let act = |name: &str| layers::activation(&name.parse().unwrap());
    let layers = vec![
        layers::conv2d(1, 3, 3, 1, 1),
        layers::batch_norm(3),
        act("prelu"),
        layers::flatten(),
        layers::linear(48, 7),
        act("silu"),
        layers::linear(7, 4),
    ];
    Graph::chain([1, 4, 4], layers)
}

/// The same without what spans the batch.
fn by_example() -> Graph {
    let mut graph = graph();
    graph.nodes[1].layer = layers::layer_norm(&[3, 4, 4]);
    graph
}

fn numbers(n: usize, salt: u64) -> Vec<f64> {
    let mut rng = Key::new(salt).rng(0);
    (0..n).map(|_| rng.normal()).collect()
}

fn flat(net: &Network<f64>) -> Vec<f64> {
    net.params.iter().flat_map(|p| p.value.as_slice().to_vec()).collect()
}

#[track_caller]
fn near(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{i}: {a} and {b}");
    }
}

const N: usize = 9;
const COLS: usize = 4;

/// Σ (y − t)² / 2 over all outputs, divided by the batch; the pass begins at example `from` of the whole batch.
fn pull(targets: &[f64], from: usize) -> impl Fn(&mut OutputRows<'_, f64>) + Sync {
    move |rows: &mut OutputRows<'_, f64>| {
        let first = rows.first + from;
        for (i, (y, d, metrics)) in rows.iter().enumerate() {
            let t = &targets[(first + i) * COLS..][..COLS];
            d.iter_mut().zip(y).zip(t).for_each(|((d, y), t)| *d = (y - t) / N as f64);
            *metrics = [0.0; 3];
        }
    }
}

fn step(engine: &mut Engine<f64>, x: &[f64], rows: std::ops::Range<usize>, targets: &[f64]) {
    let first = rows.start;
    let row = |i: usize, to: &mut [f64]| to.copy_from_slice(&x[(first + i) * 16..][..16]);
    let draw = Randomness { mode: Mode::Train, ..Randomness::none() };
    engine.gradients(rows.len(), &row, draw, &pull(targets, first));
}

#[test]
fn groups_and_clipping_are_those_of_the_tape() {
    let rule: AnyRule = AdamW { weight_decay: 0.3, ..AdamW::default() }.into();
    let quiet = Group {
        kinds: vec![ParamKind::Bias, ParamKind::Norm, ParamKind::Activation],
        lr: 0.5,
        decay: Decay::None,
    };
    let weights = Group { kinds: vec![ParamKind::Weight], lr: 2.0, decay: Decay::Kept };
    let groups = vec![quiet, weights];
    let mut seen = Vec::new();
    let chain = |text: &str| text.split(" > ").map(|t| t.parse().unwrap()).collect();
    for transforms in [
        vec![],
        vec![ClipValue { limit: 0.01 }.into()],
        vec![ClipNorm { max: 0.05 }.into()],
        vec![ClipLayer { max: 0.02 }.into()],
        vec![ClipValue { limit: 0.02 }.into(), ClipNorm { max: 0.03 }.into()],
        vec![ClipNorm { max: 0.03 }.into(), ClipValue { limit: 0.005 }.into()],
        vec![
            L1Penalty { weight: 0.01 }.into(),
            L2Penalty { weight: 0.1 }.into(),
            WeightDecay { rate: 2.0 }.into(),
        ],
        vec![
            ClipNorm { max: 0.1 }.into(),
            L2Penalty { weight: 0.5 }.into(),
            ClipLayer { max: 0.03 }.into(),
            L1Penalty { weight: 0.02 }.into(),
            ClipNorm { max: 0.05 }.into(),
        ],
        chain("lookahead(k=2)"),
        chain("clip-norm(max=0.03) > lookahead(k=3, alpha=0.2)"),
        chain("agc(clipping=0.01)"),
        chain("clip-norm(max=0.1) > orthogonal(weight=0.5) > clip-layer(max=0.03)"),
        chain("max-norm(max=0.4) > lookahead(k=2)"),
    ] {
        steps_are_those_of_the_tape(&graph(), Method { rule, transforms, groups: groups.clone() }, &mut seen);
    }
    for (rule, transforms) in [
        ("lamb(weight_decay=0.1)", vec![]),
        ("lamb", chain("clip-value(limit=0.02) > max-norm(max=0.5)")),
        ("muon", vec![]),
        ("muon(momentum=0.5, nesterov=false)", chain("clip-norm(max=0.05) > lookahead(k=2)")),
    ] {
        let rule = rule.parse().unwrap();
        // A bias before a batch norm has a gradient of 0, whose rounding LAMB would bring to the size of the weights.
        steps_are_those_of_the_tape(
            &by_example(),
            Method { rule, transforms, groups: groups.clone() },
            &mut seen,
        );
    }
}

/// Five steps on the tape and on the engine; nothing else in `seen` reaches these weights.
#[track_caller]
fn steps_are_those_of_the_tape(graph: &Graph, method: Method, seen: &mut Vec<Vec<f64>>) {
    let (x, targets) = (numbers(N * 16, 1), numbers(N * COLS, 2));
    let mut net: Network<f64> = graph.build(Key::new(3)).unwrap();
    let mut stored = graph.build(Key::new(3)).unwrap();
    let mut engine = Engine::new(&stored, method.clone());
    let mut optimizer = Optimizer::new(method.clone());
    for _ in 0..5 {
        let (tape, learned) = (Tape::new(), Learned::default());
        let cx = Cx::train(&tape, Key::new(0), &[]).learning(&learned);
        let y = net.forward(&cx, tape.constant(Array::from_slice([N, 1, 4, 4], &x)));
        let target = Array::from_slice([N, COLS], &targets);
        // The mean over a row's numbers, with gradient 2 / COLS: brought to that of `pull`.
        let loss =
            ops::scale(ops::sum(ops::row_loss(y, Mse::default(), target)), COLS as f64 / 2.0 / N as f64);
        let mut grads = tape.backward(loss, Array::scalar(1.0));
        optimizer.step(&mut net.params, &mut grads, 0.01).unwrap();
        drop(tape);
        step(&mut engine, &x, 0..N, &targets);
        engine.update(&stored.params, 0.01).unwrap();
    }
    engine.store(&mut stored.params);
    let trained = |net: &Network<f64>| {
        let all = net.params.iter().filter(|p| p.is_trained());
        all.flat_map(|p| p.value.as_slice().to_vec()).collect::<Vec<_>>()
    };
    near(&trained(&stored), &trained(&net), 1e-9);
    assert!(seen.iter().all(|s| *s != trained(&net)), "{method:?} changed nothing");
    seen.push(trained(&net));
}

#[test]
fn a_group_without_decay_stays_where_its_gradient_is_zero() {
    let rule: AnyRule = Sgd { weight_decay: 0.5, ..Sgd::default() }.into();
    let norms = Group { kinds: vec![ParamKind::Norm], lr: 1.0, decay: Decay::None };
    let net: Network<f64> = graph().build(Key::new(3)).unwrap();
    let mut engine = Engine::new(&net, Method { groups: vec![norms], ..Method::from(rule) });
    let x = numbers(N * 16, 1);
    let row = |i: usize, to: &mut [f64]| to.copy_from_slice(&x[i * 16..][..16]);
    let draw = Randomness { mode: Mode::Train, ..Randomness::none() };
    let zero = |rows: &mut OutputRows<'_, f64>| {
        rows.iter().for_each(|(_, d, metrics)| {
            d.fill(0.0);
            *metrics = [0.0; 3];
        });
    };
    engine.gradients(N, &row, draw, &zero);
    engine.update(&net.params, 0.1).unwrap();
    let after = engine.export_weights(&net.params);
    for (before, after) in net.params.iter().zip(&after).filter(|(p, _)| p.is_trained()) {
        let factor = if before.kind() == ParamKind::Norm { 1.0 } else { 0.95 };
        let want: Vec<f64> = before.value.as_slice().iter().map(|w| w * factor).collect();
        near(after.value.as_slice(), &want, 1e-14);
    }
}

#[test]
fn slow_weights_begin_before_any_transformation() {
    let net: Network<f64> = graph().build(Key::new(3)).unwrap();
    let slow = Lookahead { k: 1, alpha: 0.5 };
    let decay = WeightDecay { rate: 0.5 };
    // Piece by piece, in stages, and by whole tensors.
    let others: [AnyTransform; 3] =
        [ClipValue { limit: 9.0 }.into(), ClipNorm { max: 9.0 }.into(), MaxNorm { max: 1e9 }.into()];
    for other in others {
        let transforms = vec![decay.into(), other, slow.into()];
        let mut engine =
            Engine::new(&net, Method { transforms, ..Method::from(AnyRule::from(Sgd::default())) });
        let x = numbers(N * 16, 1);
        let row = |i: usize, to: &mut [f64]| to.copy_from_slice(&x[i * 16..][..16]);
        let draw = Randomness { mode: Mode::Train, ..Randomness::none() };
        let zero = |rows: &mut OutputRows<'_, f64>| {
            rows.iter().for_each(|(_, d, metrics)| {
                d.fill(0.0);
                *metrics = [0.0; 3];
            });
        };
        engine.gradients(N, &row, draw, &zero);
        engine.update(&net.params, 0.1).unwrap();
        let after = engine.export_weights(&net.params);
        for (before, after) in net.params.iter().zip(&after).filter(|(p, _)| p.kind() == ParamKind::Weight) {
            // Decay leaves 0.95 w; the slow weight goes half of the way there from w.
            let want: Vec<f64> = before.value.as_slice().iter().map(|w| w * 0.975).collect();
            near(after.value.as_slice(), &want, 1e-14);
        }
    }
}

#[test]
fn halves_accumulate_to_the_whole_batch() {
    let (x, targets) = (numbers(N * 16, 1), numbers(N * COLS, 2));
    let run = |cuts: &[usize], transforms: &[AnyTransform]| {
        let mut net: Network<f64> = by_example().build(Key::new(3)).unwrap();
        let method =
            Method { transforms: transforms.to_vec(), ..Method::from(AnyRule::from(AdamW::default())) };
        let mut engine = Engine::new(&net, method);
        for _ in 0..3 {
            if cuts.len() == 2 {
                step(&mut engine, &x, 0..N, &targets);
            } else {
                for ends in cuts.windows(2) {
                    step(&mut engine, &x, ends[0]..ends[1], &targets);
                    engine.accumulate(&net.params).unwrap();
                }
            }
            engine.update(&net.params, 0.01).unwrap();
        }
        engine.store(&mut net.params);
        flat(&net)
    };
    for transforms in [&[][..], &[L2Penalty { weight: 0.1 }.into()], &[ClipNorm { max: 0.05 }.into()]] {
        let whole = run(&[0, N], transforms);
        near(&run(&[0, 4, N], transforms), &whole, 1e-9);
        near(&run(&[0, 1, 2, 7, N], transforms), &whole, 1e-9);
    }
}

#[test]
fn the_average_is_that_of_a_plain_loop() {
    let (x, targets, decay) = (numbers(N * 16, 1), numbers(N * COLS, 2), 0.8);
    let mut net: Network<f64> = graph().build(Key::new(3)).unwrap();
    let mut engine = Engine::new(&net, Method::from(AnyRule::from(AdamW::default())));
    engine.exchange_average();
    let mut by_hand = flat(&net);
    engine.average(decay);
    for _ in 0..4 {
        step(&mut engine, &x, 0..N, &targets);
        engine.update(&net.params, 0.05).unwrap();
        engine.average(decay);
        engine.store(&mut net.params);
        by_hand.iter_mut().zip(flat(&net)).for_each(|(m, w)| *m = decay * *m + (1.0 - decay) * w);
    }
    let weights = flat(&net);
    engine.exchange_average();
    engine.store(&mut net.params);
    let mut at = 0;
    for p in &net.params {
        let of = at..at + p.value.len();
        // Running statistics are not averaged.
        let want = if p.is_trained() { &by_hand[of.clone()] } else { &weights[of.clone()] };
        near(p.value.as_slice(), want, 1e-12);
        at = of.end;
    }
    engine.exchange_average();
    engine.store(&mut net.params);
    assert_eq!(flat(&net), weights, "a second exchange undoes the first");
}

#[test]
fn a_randomised_victim_depends_on_neither_chunks_nor_neighbours() {
    let mut graph = graph();
    graph.nodes[5].layer = layers::dropout(0.4);
    let net: Network<f32> = graph.build(Key::new(3)).unwrap();
    let x: Vec<f32> = numbers(40 * 16, 1).iter().map(|v| (v.abs() / 4.0).min(1.0) as f32).collect();
    let ids: Vec<u64> = (0..40).map(|i| 1000 - 7 * i).collect();
    let all = Batch::new(&x, [1, 4, 4], &ids).unwrap();
    let run = |size: usize, query: u64| {
        let victim = Victim::new(&net, Bounds::UNIT).unwrap().randomised(Key::new(8));
        let (mut z, mut dx) = (vec![0.0; 40 * COLS], vec![0.0; x.len()]);
        for from in (0..40).step_by(size) {
            let to = (from + size).min(40);
            let part = all.slice(from..to).with_query(query);
            victim.logits(part, &mut z[from * COLS..to * COLS]).unwrap();
            victim.pullback(part, &mut |_, d| d.fill(1.0), &mut dx[from * 16..to * 16]).unwrap();
        }
        (z, dx)
    };
    let whole = run(40, 3);
    for size in [1, 7, 33] {
        assert_eq!(run(size, 3), whole, "chunks of {size}");
    }
    assert_ne!(run(40, 4), whole, "another query draws another mask");
    let mut quiet = vec![0.0; 40 * COLS];
    Victim::new(&net, Bounds::UNIT).unwrap().logits(all, &mut quiet).unwrap();
    assert_ne!(quiet, whole.0, "a victim that is not randomised does not drop");
}

#[test]
fn dropout_on_the_engine_is_that_of_the_tape() {
    let (n, k, p) = (12, 3000, 0.35);
    let x = vec![1.0f64; n * k];
    let net = |p: f64| -> Network<f64> {
        Graph::chain([1, 1, k], vec![layers::flatten(), layers::dropout(p)]).build(Key::new(1)).unwrap()
    };
    let ids: Vec<u64> = (0..n as u64).map(|i| 5 + 3 * i).collect();
    let run = |p: f64| {
        let mut out = vec![0.0; n * k];
        let mut engine = Engine::new(&net(p), Method::from(AnyRule::default()));
        let draw = Randomness { mode: Mode::Train, key: Key::new(9), ids: &ids };
        engine.forward_of_batch(&x, draw, &mut out);
        out
    };
    assert_eq!(run(0.0), x, "p = 0 is the identity");
    let out = run(p);
    let on_tape = reference::pass(&mut net(p), &x, (Mode::Train, Key::new(9), &ids), <[f64]>::to_vec);
    assert_eq!(out, on_tape.y);
    let numbers = (n * k) as f64;
    let dropped = out.iter().filter(|v| **v == 0.0).count() as f64;
    // Five standard deviations of a binomial count.
    assert!((dropped - p * numbers).abs() < 5.0 * (numbers * p * (1.0 - p)).sqrt(), "{dropped} of {numbers}");
    assert!(out.iter().all(|&v| v == 0.0 || v == 1.0 / (1.0 - p)));
}

#[test]
#[should_panic(expected = "a parameter of another network, or of a copy")]
fn weights_are_not_written_to_a_copy() {
    let net: Network<f64> = graph().build(Key::new(3)).unwrap();
    let engine = Engine::new(&net, Method::from(AnyRule::default()));
    engine.store(&mut net.clone().params);
}

#[test]
#[should_panic(expected = "engine: no gradients here")]
fn gradients_that_another_pass_overwrote_are_not_used() {
    let net: Network<f64> = graph().build(Key::new(3)).unwrap();
    let mut engine = Engine::new(&net, Method::from(AnyRule::default()));
    let (x, targets) = (numbers(N * 16, 1), numbers(N * COLS, 2));
    step(&mut engine, &x, 0..N, &targets);
    engine.accumulate(&net.params).unwrap();
    // What was accumulated is kept elsewhere.
    engine.forward_of_batch(&x, Randomness::none(), &mut [0.0; N * COLS]);
    engine.update(&net.params, 0.1).unwrap();
    step(&mut engine, &x, 0..N, &targets);
    engine.forward_of_batch(&x, Randomness::none(), &mut [0.0; N * COLS]);
    let _ = engine.update(&net.params, 0.1);
}
