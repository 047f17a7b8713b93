//! Gradients at displaced weights.

use super::graphs::{chains, examples};
use super::random::random_graph;
use super::{Bowl, near};
use sparring_nn::{Engine, Mode, Network, ParamKind, Randomness};
use sparring_optim::{Adam, AnyRule};
use sparring_seed::Key;
use sparring_tensor::team;

const N: usize = 19;

#[test]
fn gradients_are_those_there_and_the_weights_come_back() {
    for graph in chains().into_iter().chain((0..20).map(random_graph)) {
        let net: Network<f64> = graph.build(Key::new(3)).unwrap();
        let mut moved = net.clone();
        let x = examples::<f64>(&graph, N);
        let dim = x.len() / N;
        let row = |i: usize, to: &mut [f64]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
        let draw = Randomness { mode: Mode::Train, key: Key::new(8), ids: &[] };
        // Every second parameter.
        let trained = net.params.iter().filter(|p| p.kind() != ParamKind::Buffer);
        let directions: Vec<(u64, Vec<f64>)> = trained
            .step_by(2)
            .map(|p| (p.id(), (0..p.value.len()).map(|i| 0.01 * (i as f64 * 0.7).sin()).collect()))
            .collect();
        for ((_, d), p) in directions
            .iter()
            .zip(moved.params.iter_mut().filter(|p| p.kind() != ParamKind::Buffer).step_by(2))
        {
            p.value.as_mut_slice().iter_mut().zip(d).for_each(|(w, d)| *w += d);
        }
        // Vectors of a power iteration are those that the first step leaves.
        let mut first = Engine::new(&net, AnyRule::from(Adam::default()).into());
        first.gradients(N, &row, draw, &Bowl);
        first.update(&net.params, 0.0).unwrap();
        let left = first.export_weights(&net.params);
        for (p, left) in moved.params.iter_mut().zip(&left).filter(|(p, _)| p.kind() == ParamKind::Buffer) {
            p.value = left.value.clone();
        }
        let mut there = Engine::new(&moved, AnyRule::from(Adam::default()).into());
        there.gradients(N, &row, draw, &Bowl);
        let want = there.export_gradients(&moved.params).unwrap();
        let run = |threads: usize| {
            team::with_threads(threads, || {
                let mut engine = Engine::new(&net, AnyRule::from(Adam::default()).into());
                engine.gradients(N, &row, draw, &Bowl);
                engine.update(&net.params, 0.0).unwrap();
                let before = engine.export_weights(&net.params);
                for _ in 0..2 {
                    engine.displace(directions.iter().map(|(id, d)| (*id, &d[..])));
                    engine.gradients(N, &row, draw, &Bowl);
                    engine.forget_statistics();
                    engine.put_back();
                }
                let grads = engine.export_gradients(&net.params).unwrap();
                for (a, b) in engine.export_weights(&net.params).iter().zip(&before) {
                    assert_eq!(a.value.as_slice(), b.value.as_slice(), "{}: {graph:?}", b.name());
                }
                engine.update(&net.params, 0.1).unwrap();
                let after = engine.export_weights(&net.params);
                for (a, b) in after.iter().zip(&before).filter(|(a, _)| a.kind() == ParamKind::Buffer) {
                    assert_eq!(a.value.as_slice(), b.value.as_slice(), "{}: {graph:?}", b.name());
                }
                (grads, after)
            })
        };
        let (grads, after) = run(2);
        for (p, (a, b)) in net.params.iter().zip(grads.iter().zip(&want)) {
            near(p.name(), &graph, a.as_slice(), b.as_slice(), 1e-11);
        }
        for threads in [1, 7] {
            let other = run(threads).1;
            let same = other.iter().zip(&after).all(|(a, b)| a.value.as_slice() == b.value.as_slice());
            assert!(same, "{threads} threads: {graph:?}");
        }
    }
}
