//! Batch normalisation in evaluation mode is a fixed affine map, in a training step too.

use super::graphs::{act, chains, examples};
use super::random::random_graph;
use super::reference::pass_by;
use super::{Bowl, gradient_at, near};
use sparring_nn::{Engine, Graph, Method, Mode, Network, ParamKind, Randomness, layers};
use sparring_optim::{AnyRule, Sgd};
use sparring_seed::Key;

/// Running statistics as after some steps.
fn network(graph: &Graph) -> Network<f64> {
    let mut net = graph.build::<f64>(Key::new(3)).unwrap();
    for p in net.params.iter_mut().filter(|p| p.kind() == ParamKind::Buffer) {
        let values = p.value.as_mut_slice().iter_mut().enumerate();
        values.for_each(|(i, v)| *v = 0.3 + (i * 5 % 7) as f64 * 0.2);
    }
    net
}

#[test]
fn evaluation_freezes_the_statistics_of_a_step() {
    let behind =
        |layer| Graph::chain([2, 4, 4], vec![layers::conv2d(2, 3, 3, 1, 1), layers::batch_norm(3), layer]);
    let pooled = Graph::chain(
        [1, 4, 4],
        vec![layers::conv2d(1, 5, 3, 1, 1), layers::batch_norm(5), act("relu"), layers::max_pool2d(2, 2)],
    );
    let more = [behind(act("relu")), behind(act("tanh")), pooled];
    for graph in chains().into_iter().chain(more).chain((0..40).map(random_graph)) {
        let (mut eager, planned) = (network(&graph), network(&graph));
        let x = examples::<f64>(&graph, N);
        let dim = x.len() / N;
        let cols = graph.output_columns().unwrap().last().unwrap().end;
        let want = pass_by(&mut eager, &x, (Mode::Eval, Key::new(0), &[]), &Bowl);
        let mut engine = Engine::new(&planned, Method::from(AnyRule::from(Sgd::default())));
        let row = |i: usize, to: &mut [f64]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
        let mut cotangent = |y: &[f64], dy: &mut [f64]| gradient_at(y, cols, dy);
        for whole in [false, true] {
            // A step in between with the statistics of the batch leaves nothing behind.
            engine.gradients(N, &row, Randomness { mode: Mode::Train, ..Randomness::none() }, &Bowl);
            if whole {
                engine.gradients_of_batch(N, &row, Randomness::none(), &mut cotangent);
            } else {
                engine.gradients(N, &row, Randomness::none(), &Bowl);
            }
            let grads = engine.export_gradients(&planned.params).unwrap();
            for (p, (a, b)) in planned.params.iter().zip(grads.iter().zip(&want.grads)) {
                near(p.name(), &graph, a.as_slice(), b, 1e-11);
            }
            engine.update(&planned.params, 0.0).unwrap();
            for (a, b) in engine.export_weights(&planned.params).iter().zip(&planned.params) {
                assert_eq!(a.value.as_slice(), b.value.as_slice(), "{}: {graph:#?}", b.name());
            }
        }
        let (mut y, mut dx) = (vec![0.0; N * cols], vec![0.0; x.len()]);
        engine.forward_of_batch(&x, Randomness::none(), &mut y);
        near("output", &graph, &y, &want.y, 1e-12);
        engine.pullback_of_batch(&x, Randomness::none(), &mut cotangent, &mut dx);
        near("gradient at the input", &graph, &dx, &want.dx, 1e-12);
    }
}

const N: usize = 37;

#[test]
fn two_values_a_channel_are_the_least_in_training() {
    let step = |graph: Graph, n: usize, mode: Mode| {
        let net: Network<f64> = graph.build(Key::new(3)).unwrap();
        let mut engine = Engine::new(&net, Method::from(AnyRule::from(Sgd::default())));
        let row = |i: usize, to: &mut [f64]| to.fill(i as f64 + 0.5);
        engine.gradients(n, &row, Randomness { mode, ..Randomness::none() }, &Bowl)[0]
    };
    let vector =
        || Graph::chain([1, 1, 3], vec![layers::flatten(), layers::linear(3, 4), layers::batch_norm(4)]);
    let image = Graph::chain([1, 4, 4], vec![layers::conv2d(1, 2, 3, 1, 1), layers::batch_norm(2)]);
    assert!(step(vector(), 1, Mode::Eval).is_finite() && step(vector(), 2, Mode::Train).is_finite());
    assert!(step(image, 1, Mode::Train).is_finite());
    let words = std::panic::catch_unwind(|| step(vector(), 1, Mode::Train)).unwrap_err();
    assert!(words.downcast_ref::<&str>().is_some_and(|w| w.contains("one value a channel")));
}
