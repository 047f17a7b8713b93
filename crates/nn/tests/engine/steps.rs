//! The engine by itself: threads, batches of all kinds, states, gradients that are not finite.

use super::graphs::{Careless, act, chains, examples};
use super::random::random_graph;
use super::reference::pass_by;
use super::{Bowl, gradient_at, near};
use sparring_nn::{Compiled, Engine, Graph, Method, Mode, Network, NnError, OutputRows, Randomness, layers};
use sparring_optim::{Adam, AnyRule, Sgd};
use sparring_seed::Key;
use sparring_tensor::{Array, team};

#[test]
fn threads_change_no_bit_and_neither_do_batches_of_a_victim() {
    for (i, graph) in chains().into_iter().chain((0..20).map(random_graph)).enumerate() {
        let n = [30, 70, 130][i % 3];
        let x = examples::<f32>(&graph, n);
        let dim = x.len() / n;
        let run = |threads: usize| {
            team::with_threads(threads, || {
                let mut net = graph.build::<f32>(Key::new(3)).unwrap();
                let mut engine = Engine::new(&net, AnyRule::from(Adam::default()).into());
                let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
                let mut all = Vec::new();
                for step in 0..3 {
                    let draw = Randomness { mode: Mode::Train, key: Key::new(step), ids: &[] };
                    all.push(engine.gradients(n, &row, draw, &Bowl)[0] as f32);
                    engine.update(&net.params, 1e-3).unwrap();
                }
                engine.store(&mut net.params);
                net.params.iter().for_each(|p| all.extend_from_slice(p.value.as_slice()));
                all.iter().map(|v| v.to_bits()).collect::<Vec<_>>()
            })
        };
        let one = run(1);
        assert!([2, 3, 7].iter().all(|&t| run(t) == one), "{i}, {n}: {graph:#?}");
        let net = graph.build::<f32>(Key::new(3)).unwrap();
        let compiled = Compiled::new(&net);
        let cols = compiled.outputs();
        let (mut whole, mut parts) = (vec![0.0; n * cols], vec![0.0; n * cols]);
        compiled.forward(&x, &mut whole);
        for (x, y) in x.chunks(7 * dim).zip(parts.chunks_mut(7 * cols)) {
            compiled.forward(x, y);
        }
        assert_eq!(whole, parts, "{graph:#?}");
    }
}

#[test]
fn a_gradient_that_is_not_finite_names_the_layer_and_changes_nothing() {
    let layers = vec![layers::flatten(), layers::linear(4, 3), act("relu"), layers::linear(3, 2)];
    let graph = Graph::chain([1, 1, 4], layers);
    let net = graph.build::<f32>(Key::new(1)).unwrap();
    let mut after = net.clone();
    let mut engine = Engine::new(&net, AnyRule::from(Adam::default()).into());
    let row = |_: usize, x: &mut [f32]| x.fill(0.5);
    let fill = |v: f32| move |rows: &mut OutputRows<'_, f32>| rows.iter().for_each(|(_, dz, _)| dz.fill(v));
    // One sound step, so that the step in the message is not simply the first.
    engine.gradients(2, &row, Randomness::none(), &fill(0.0));
    engine.update(&net.params, 1e-3).unwrap();
    engine.gradients(2, &row, Randomness::none(), &fill(f32::NAN));
    let Err(NnError::NonFinite { name, step }) = engine.update(&net.params, 1e-3) else { panic!("refused") };
    assert_eq!((name.as_str(), step), ("3.weight", 2));
    let mut stored = net;
    engine.store(&mut stored.params);
    for (a, b) in stored.params.iter().zip(&mut after.params) {
        assert_eq!(a.value.as_slice(), b.value.as_slice());
    }
}

#[test]
fn statistics_that_are_not_finite_name_the_layer_and_change_nothing() {
    let graph = Graph::chain([1, 1, 4], vec![layers::flatten(), layers::batch_norm(4), layers::linear(4, 2)]);
    let net = graph.build::<f32>(Key::new(1)).unwrap();
    let mut engine = Engine::new(&net, AnyRule::from(Adam::default()).into());
    let fill = |size: f32| move |i: usize, x: &mut [f32]| x.fill(size * (i as f32 - 0.5));
    let train = Randomness { mode: Mode::Train, ..Randomness::none() };
    let none = |rows: &mut OutputRows<'_, f32>| rows.iter().for_each(|(_, dz, _)| dz.fill(0.0));
    engine.gradients(2, &fill(1.0), train, &none);
    engine.update(&net.params, 1e-3).unwrap();
    let before = engine.export_weights(&net.params);
    // Each number is finite, their variance is not.
    for (size, buffer) in [(1e25, "1.running_var"), (f32::INFINITY, "1.running_mean")] {
        engine.gradients(2, &fill(size), train, &none);
        let e = engine.update(&net.params, 1e-3).unwrap_err();
        let NnError::Statistics { name, step: 2 } = &e else { panic!("{e}") };
        assert_eq!(name, buffer);
        for (a, b) in engine.export_weights(&net.params).iter().zip(&before) {
            assert_eq!(a.value.as_slice(), b.value.as_slice());
        }
    }
}

/// On a tape, in evaluation and on the engine alike: what one of them dropped and another committed would be two networks.
#[test]
fn only_a_layer_that_spans_the_batch_learns_statistics() {
    let graph = Graph::chain([1, 1, 4], vec![layers::flatten(), Careless {}.into(), layers::linear(4, 2)]);
    let net = graph.build::<f64>(Key::new(1)).unwrap();
    let draw = (Mode::Train, Key::new(0), &[][..]);
    let refused = |what: &str, run: &mut dyn FnMut()| {
        let why = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).expect_err(what);
        let words = match why.downcast_ref::<String>() {
            Some(words) => words.as_str(),
            None => why.downcast_ref::<&str>().expect("a panic with words"),
        };
        assert!(words.contains("Span::Batch"), "{what}: {words}");
    };
    refused("tape", &mut || {
        pass_by(&mut net.clone(), &[0.5; 8], draw, &Bowl);
    });
    refused("evaluation", &mut || Compiled::new(&net).forward(&[0.5; 8], &mut [0.0; 4]));
    refused("engine", &mut || {
        let row = |_: usize, x: &mut [f64]| x.fill(0.5);
        let (mode, key, ids) = draw;
        let mut engine = Engine::new(&net, AnyRule::from(Adam::default()).into());
        engine.gradients(2, &row, Randomness { mode, key, ids }, &Bowl);
    });
}

#[test]
fn a_state_in_the_layout_of_files_goes_on_where_it_was() {
    for graph in chains() {
        let n = 20;
        let x = examples::<f32>(&graph, n);
        let dim = x.len() / n;
        let rule: AnyRule = Sgd { momentum: 0.9, ..Sgd::default() }.into();
        let net = graph.build::<f32>(Key::new(3)).unwrap();
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
        let go = |engine: &mut Engine, net: &Network, steps: std::ops::Range<u64>| {
            for step in steps {
                let draw = Randomness { mode: Mode::Train, key: Key::new(step), ids: &[] };
                engine.gradients(n, &row, draw, &Bowl);
                engine.update(&net.params, 1e-4).unwrap();
            }
        };
        let mut whole = Engine::new(&net, Method::from(rule));
        go(&mut whole, &net, 0..2);
        let mut half = graph.build::<f32>(Key::new(9)).unwrap();
        let mut stored = net.params.clone();
        // A copy has other identities, so numbers are carried over by position.
        let mut own = net;
        whole.store(&mut own.params);
        for (to, from) in half.params.iter_mut().zip(&own.params) {
            to.value = from.value.clone();
        }
        let state = whole.export_state(&own.params);
        let mut second = Engine::new(&half, Method::from(rule));
        second.import_state(&half.params, &state).unwrap();
        go(&mut whole, &own, 2..4);
        go(&mut second, &half, 2..4);
        whole.store(&mut own.params);
        second.store(&mut half.params);
        for (a, b) in own.params.iter().zip(&half.params) {
            assert_eq!(a.value.as_slice(), b.value.as_slice(), "{}: {graph:#?}", a.name());
        }
        stored.iter_mut().for_each(|p| p.value = Array::zeros([1]));
        assert!(
            second.import_state(&stored, &sparring_nn::EngineState { slots: Vec::new(), ..state }).is_err()
        );
    }
}

/// Everything in one process: a short batch after a long one, a clip that sees all gradients, and passes that see the whole batch between others.
#[test]
fn one_engine_serves_batches_of_all_kinds() {
    let layers = vec![layers::flatten(), layers::linear(12, 20), act("relu"), layers::linear(20, 10)];
    let graph = Graph::chain([1, 3, 4], layers);
    let x = examples::<f32>(&graph, 64);
    let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&x[i * 12..(i + 1) * 12]);
    let weights = |net: &Network, engine: &Engine| -> Vec<u32> {
        let out = engine.export_weights(&net.params);
        out.iter().flat_map(|p| p.value.as_slice().iter().map(|v| v.to_bits()).collect::<Vec<_>>()).collect()
    };
    let clipped = |threads: usize, first: usize| {
        team::with_threads(threads, || {
            let net = graph.build::<f32>(Key::new(3)).unwrap();
            let rule: AnyRule = Sgd::default().into();
            let method = Method {
                transforms: vec![sparring_optim::ClipNorm { max: 0.5 }.into()],
                ..Method::from(rule)
            };
            let mut engine = Engine::new(&net, method);
            // A batch that only leaves numbers in the buffers.
            engine.gradients(first, &row, Randomness::none(), &Bowl);
            engine.gradients(7, &row, Randomness::none(), &Bowl);
            engine.update(&net.params, 0.1).unwrap();
            weights(&net, &engine)
        })
    };
    let alone = clipped(1, 7);
    for (threads, first) in [(1, 64), (2, 64), (7, 33), (3, 7)] {
        assert_eq!(clipped(threads, first), alone, "{threads} threads after a batch of {first}");
    }
    // The same gradients, row by row and all at once, in turn on one engine.
    let stepped = |whole: [bool; 3]| {
        let net = graph.build::<f32>(Key::new(3)).unwrap();
        let mut engine = Engine::new(&net, Method::from(AnyRule::from(Sgd::default())));
        for (n, whole) in [40, 64, 9].into_iter().zip(whole) {
            if whole {
                let mut all = |y: &[f32], dy: &mut [f32]| gradient_at(y, 10, dy);
                engine.gradients_of_batch(n, &row, Randomness::none(), &mut all);
            } else {
                engine.gradients(n, &row, Randomness::none(), &Bowl);
            }
            engine.update(&net.params, 1e-3).unwrap();
        }
        engine.export_weights(&net.params)
    };
    let plain = stepped([false; 3]);
    for whole in [[true; 3], [false, true, false], [true, false, true]] {
        for (a, b) in stepped(whole).iter().zip(&plain) {
            near(a.name(), &graph, a.value.as_slice(), b.value.as_slice(), 1e-5);
        }
    }
}
