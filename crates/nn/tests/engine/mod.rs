//! The compiled engine gives the numbers of the tape: outputs, gradients at the input and at the weights, and weights after steps.

mod activations;
mod both;
mod displaced;
mod frozen;
mod graphs;
mod random;
pub mod reference;
mod steps;

use graphs::{chains, examples};
use reference::{Steps, pass_by};
use sparring_nn::{Compiled, Engine, Graph, Mode, Network, Objective, OutputRows, ParamKind, Randomness};
use sparring_optim::{Adam, AnyRule};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};

/// L = Σ w_ij y_ij + y_ij² / 2 with weights that depend on example and column: a loss whose gradient is nowhere special.
struct Bowl;

impl<E: Elem> Objective<E> for Bowl {
    fn rows(&self, rows: &mut OutputRows<'_, E>) {
        let (first, from) = (rows.first, rows.from);
        for (i, (y, dy, metrics)) in rows.iter().enumerate() {
            *metrics = [0.0; 3];
            for (j, (&y, dy)) in y.iter().zip(dy).enumerate() {
                let w = E::of((((first + i) * 7 + (from + j) * 3) % 11) as f64 * 0.2 - 1.0);
                *dy = y + w;
                let loss = ((w + y * E::of(0.5)) * y).to_f64();
                metrics[0] += loss;
                metrics[1] += loss.abs();
            }
        }
    }
    fn is_elementwise(&self) -> bool {
        true
    }
}

/// The gradient that [`Bowl`] writes at the outputs of all examples.
fn gradient_at<E: Elem>(y: &[E], cols: usize, dy: &mut [E]) {
    Bowl.rows(&mut OutputRows::new(y, dy, &mut vec![[0.0; 3]; y.len() / cols], &[]));
}

#[track_caller]
fn near<E: Elem>(what: &str, graph: &Graph, a: &[E], b: &[E], tolerance: f64) {
    assert_eq!(a.len(), b.len(), "{what}: {graph:?}");
    let size = b.iter().fold(1.0f64, |m, v| m.max(v.abs().to_f64()));
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let off = (a.to_f64() - b.to_f64()).abs();
        assert!(
            off <= tolerance * size,
            "{what} {i}: {a} and {b}, off by {off:e} of {size}, {tolerance:e} allowed: {graph:?}"
        );
    }
}

const IDS: [u64; 5] = [9, 2, 77, 4, 1 << 40];

/// What all passes of a test share.
fn draw() -> (Mode, Key, &'static [u64]) {
    (Mode::Train, Key::new(5).child(0), &IDS)
}

fn compiled_gradients<E: Elem>(net: &Network<E>, x: &[E]) -> Vec<Array<E>> {
    let dim = net.graph().input.iter().product::<usize>();
    let mut engine = Engine::new(net, AnyRule::from(Adam::default()).into());
    let row = |i: usize, to: &mut [E]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
    let (mode, key, ids) = draw();
    engine.gradients(x.len() / dim, &row, Randomness { mode, key, ids }, &Bowl);
    engine.export_gradients(&net.params).unwrap()
}

/// How far rounding to `f32` takes the gradient of each parameter, on the tape and on the engine: the greatest distance from the tape's in `f64`, for each of four batches.
fn rounding(graph: &Graph, n: usize) -> Vec<Vec<[f64; 2]>> {
    let mut narrow: Network<f32> = graph.build(Key::new(3)).unwrap();
    let mut wide: Network<f64> = graph.build(Key::new(3)).unwrap();
    let up = |v: &[f32]| v.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
    for (to, from) in wide.params.iter_mut().zip(&narrow.params) {
        to.value.as_mut_slice().copy_from_slice(&up(from.value.as_slice()));
    }
    let off =
        |a: &[f32], b: &[f64]| a.iter().zip(b).fold(0.0f64, |m, (&a, b)| m.max((f64::from(a) - b).abs()));
    let all = examples::<f32>(graph, 4 * n);
    let batches = all.chunks(all.len() / 4).map(|x| {
        let compiled = compiled_gradients(&narrow, x);
        let exact = pass_by(&mut wide, &up(x), draw(), &Bowl).grads;
        let tape = pass_by(&mut narrow, x, draw(), &Bowl).grads;
        let all = tape.iter().zip(&compiled).zip(&exact);
        all.map(|((tape, engine), exact)| [off(tape, exact), off(engine.as_slice(), exact)]).collect()
    });
    batches.collect()
}

/// How far `E` rounds the gradients of the layer of each parameter on the tape. A layer's parameters count together: their sums have the same terms, and one of them may be right by chance.
fn rounding_of_layers<E: Elem>(net: &Network<E>, n: usize) -> Vec<f64> {
    let (batches, narrow) = (rounding(net.graph(), n), E::EPSILON.to_f64() / f64::from(f32::EPSILON));
    let layer = |name: &str| name.rsplit_once('.').map(|(layer, _)| layer.to_owned());
    let of = |name: &str| {
        let own = |batch: &Vec<[f64; 2]>| {
            let all = net.params.iter().zip(batch).filter(|(p, _)| layer(p.name()) == layer(name));
            all.fold(0.0f64, |m, (_, [tape, _])| m.max(*tape))
        };
        narrow * batches.iter().map(own).fold(0.0, f64::max)
    };
    net.params.iter().map(|p| of(p.name())).collect()
}

/// Times the rounding of the tape itself that the two may differ by: sums are in another order.
const ORDERS: f64 = 40.0;

/// Holds the engine to the tape; the tolerance of a number is `tolerance` times the largest of its array (or 1). A gradient of a parameter is a sum over the batch whose terms may cancel (that of a
/// bias before a batch normalisation is 0): it may differ by [`ORDERS`] times what `E` rounds there, if that is more. Gives the greatest share of its array that a gradient of the first step was allowed.
fn check<E: Elem>(graph: &Graph, n: usize, tolerance: f64) -> f64 {
    let mut eager: Network<E> = graph.build(Key::new(3)).unwrap();
    let planned: Network<E> = graph.build(Key::new(3)).unwrap();
    let x = examples::<E>(graph, n);
    let dim = x.len() / n;
    // Evaluation: outputs and gradients at the input, two of them after one forward pass.
    let compiled = Compiled::new(&planned);
    let cols = compiled.outputs();
    let (mut y, mut dx) = (vec![E::ZERO; n * cols], vec![E::ZERO; 2 * x.len()]);
    compiled.forward(&x, &mut y);
    let want = pass_by(&mut eager, &x, (Mode::Eval, Key::new(0), &[]), &Bowl);
    near("output", graph, &y, &want.y, tolerance);
    let factor = |k: usize| E::of(1.0 - 3.0 * k as f64);
    let mut cotangent = |k: usize, y: &[E], dy: &mut [E]| {
        gradient_at(y, cols, dy);
        dy.iter_mut().for_each(|d| *d *= factor(k));
    };
    compiled.pullbacks(&x, 2, &mut cotangent, &mut dx);
    for (k, dx) in dx.chunks(x.len()).enumerate() {
        let want: Vec<E> = want.dx.iter().map(|&d| d * factor(k)).collect();
        near("gradient at the input", graph, dx, &want, tolerance);
    }
    // Training: gradients and five steps.
    let rounded: Vec<f64> = rounding_of_layers(&planned, n).iter().map(|r| ORDERS * r).collect();
    let size = |all: &[E]| all.iter().fold(1.0f64, |m, v| m.max(v.abs().to_f64()));
    let most = |all: &[E], rounded: f64| tolerance.max(rounded / size(all));
    // Where a gradient is zero but for rounding (a bias before a batch normalisation), Adam with a tiny eps would step by the rounding.
    let rule: AnyRule = Adam { eps: 1e-3, ..Adam::default() }.into();
    let mut engine = Engine::new(&planned, rule.into());
    let mut steps = Steps::new(rule, &eager);
    let mut allowed = tolerance;
    for step in 0..5 {
        let (key, ids) = (Key::new(5).child(step), &IDS[..]);
        let want = pass_by(&mut eager, &x, (Mode::Train, key, ids), &Bowl);
        let row = |i: usize, to: &mut [E]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
        let [sum, terms, _] = engine.gradients(n, &row, Randomness { mode: Mode::Train, key, ids }, &Bowl);
        let off = (sum - want.metrics[0]).abs();
        assert!(off <= 30.0 * tolerance * (1.0 + terms), "loss {sum} and {}: {graph:#?}", want.metrics[0]);
        if step < 2 {
            let got = engine.export_gradients(&planned.params).unwrap();
            for (((p, a), b), &rounded) in planned.params.iter().zip(&got).zip(&want.grads).zip(&rounded) {
                near(p.name(), graph, a.as_slice(), b, most(b, rounded));
                allowed = if step == 0 { allowed.max(most(b, rounded)) } else { allowed };
            }
        }
        engine.update(&planned.params, 1e-3).unwrap();
        steps.step(&mut eager, &want.grads, 1e-3);
    }
    let mut after = planned;
    let anywhere = rounded.iter().fold(0.0, |m: f64, &r| m.max(r));
    engine.store(&mut after.params);
    for ((a, b), &rounded) in after.params.iter().zip(&eager.params).zip(&rounded) {
        // A step moves a weight by at most lr / eps = 1 times the gradient's error, and that moves the gradients of the next.
        // Running statistics follow all of them.
        let rounded = if b.kind() == ParamKind::Buffer { anywhere } else { rounded };
        let b = b.value.as_slice();
        near(a.name(), graph, a.value.as_slice(), b, most(b, 10.0 * rounded));
    }
    allowed
}

#[test]
fn chains_agree() {
    for graph in chains() {
        for n in [2, 3, 33, 70] {
            check::<f64>(&graph, n, 1e-12);
        }
        check::<f32>(&graph, 37, 2e-5);
    }
}
