//! Gradients of the parameters and at the input from one backward pass.

use super::graphs::{act, chains, examples};
use super::random::random_graph;
use super::{Bowl, gradient_at, near};
use sparring_nn::{Engine, Graph, Method, Mode, Network, Randomness, layers};
use sparring_optim::{AnyRule, Sgd};
use sparring_seed::Key;
use sparring_tensor::team;

const N: usize = 37;

#[test]
fn one_pass_finds_what_two_find() {
    // Blocks before the first that learns; an input that the last phase reads too.
    let before = Graph::chain(
        [2, 6, 6],
        vec![
            act("tanh"),
            layers::max_pool2d(2, 2),
            act("silu"),
            layers::batch_norm(2),
            layers::flatten(),
            layers::linear(18, 5),
        ],
    );
    let bare = Graph::chain([1, 4, 4], vec![act("relu"), layers::avg_pool2d(2, 2), layers::flatten()]);
    for graph in chains().into_iter().chain([before, bare]).chain((0..60).map(random_graph)) {
        let net: Network<f64> = graph.build(Key::new(3)).unwrap();
        let x = examples::<f64>(&graph, N);
        let dim = x.len() / N;
        let row = |i: usize, to: &mut [f64]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
        let draw = Randomness { mode: Mode::Train, key: Key::new(8), ids: &[] };
        let engine = || Engine::new(&net, Method::from(AnyRule::from(Sgd::default())));
        let both = |threads: usize| {
            team::with_threads(threads, || {
                let (mut engine, mut dx) = (engine(), vec![f64::NAN; x.len()]);
                // Passes of the other kinds before it leave nothing behind.
                engine.gradients(N, &row, draw, &Bowl);
                let sums = engine.gradients_with_input(N, &row, draw, &Bowl, &mut dx);
                let grads = engine.export_gradients(&net.params).unwrap();
                engine.update(&net.params, 0.1).unwrap();
                let after = engine.export_weights(&net.params);
                (sums, dx, grads, after)
            })
        };
        let (mut alone, mut dx) = (engine(), vec![0.0; x.len()]);
        let cols = alone.compiled().outputs();
        alone.pullback_of_batch(&x, draw, &mut |y, dy| gradient_at(y, cols, dy), &mut dx);
        let sums = alone.gradients(N, &row, draw, &Bowl);
        let grads = alone.export_gradients(&net.params).unwrap();
        alone.update(&net.params, 0.1).unwrap();
        let got = both(2);
        near("metrics", &graph, &got.0, &sums, 1e-12);
        near("gradient at the input", &graph, &got.1, &dx, 1e-12);
        for (p, (a, b)) in net.params.iter().zip(got.2.iter().zip(&grads)) {
            near(p.name(), &graph, a.as_slice(), b.as_slice(), 1e-12);
        }
        for (a, b) in got.3.iter().zip(&alone.export_weights(&net.params)) {
            near(a.name(), &graph, a.value.as_slice(), b.value.as_slice(), 1e-12);
        }
        for threads in [1, 7] {
            let other = both(threads);
            assert_eq!((other.0, &other.1), (got.0, &got.1), "{threads} threads: {graph:?}");
            let same = |(a, b): (&sparring_tensor::Array<f64>, _)| a.as_slice() == b;
            assert!(other.2.iter().zip(got.2.iter().map(|g| g.as_slice())).all(same), "{threads}: {graph:?}");
        }
    }
}
