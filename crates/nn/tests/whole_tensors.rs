//! What a method counts and sees of a parameter tensor: its own steps, and its outputs whichever axis they lie on.

use sparring_autograd::{Tape, ops};
use sparring_nn::{
    Cx, Engine, Graph, Method, Mode, Network, Optimizer, OutputRows, ParamKind, Randomness, layers,
};
use sparring_optim::{AnyRule, Sgd};
use sparring_seed::Key;
use sparring_tensor::Array;

const N: usize = 5;

fn numbers(n: usize, salt: u64) -> Vec<f64> {
    let mut rng = Key::new(salt).rng(0);
    (0..n).map(|_| rng.normal()).collect()
}

/// One step of the mean square of what node `to` gives.
fn step(net: &mut Network<f64>, optimizer: &mut Optimizer<f64>, to: usize) {
    let (tape, x) = (Tape::new(), Array::from_slice([N, 1, 1, 6], &numbers(N * 6, 1)));
    let y = net.forward_to(&Cx::train(&tape, Key::new(0), &[]), tape.constant(x), to);
    let mut grads = tape.backward(ops::sum(y * y), Array::scalar(1.0));
    optimizer.step(&mut net.params, &mut grads, 0.01).unwrap();
}

#[test]
fn a_parameter_that_gets_its_gradient_later_begins_then() {
    let graph = Graph::chain([1, 1, 6], vec![layers::flatten(), layers::linear(6, 4), layers::linear(4, 3)]);
    let chains = ["", "lookahead(k=2, alpha=0.5)", "weight-decay(rate=0.1) > lookahead(k=1)"];
    let rules =
        ["adam", "nadam", "radam", "adan", "rprop", "adagrad(initial=0.1)", "asgd", "optimistic-adam"];
    for (rule, chain) in rules.iter().flat_map(|rule| chains.map(|chain| (rule, chain))) {
        let transforms = chain.split(" > ").filter(|t| !t.is_empty()).map(|t| t.parse().unwrap()).collect();
        let method = Method { transforms, ..Method::from(rule.parse::<AnyRule>().unwrap()) };
        let mut net: Network<f64> = graph.build(Key::new(3)).unwrap();
        let mut optimizer = Optimizer::new(method.clone());
        let begun: Vec<_> = net.params.iter().map(|p| p.value.clone()).collect();
        for _ in 0..3 {
            step(&mut net, &mut optimizer, 2);
        }
        assert!(net.params.iter().zip(&begun).skip(2).all(|(p, before)| p.value == *before), "{rule}");
        assert!(net.params.iter().zip(&begun).take(2).all(|(p, before)| p.value != *before), "{rule}");
        let (mut same, mut fresh) = (net.clone(), Optimizer::new(method));
        for _ in 0..2 {
            // The first layer is kept, as the two differ there.
            for (p, other) in same.params.iter_mut().zip(&net.params).take(2) {
                p.value = other.value.clone();
            }
            step(&mut net, &mut optimizer, 3);
            step(&mut same, &mut fresh, 3);
            for (late, first) in net.params.iter().zip(&same.params).skip(2) {
                assert_eq!(late.value, first.value, "{rule} {chain}: {}", late.name());
            }
        }
        assert_eq!((optimizer.steps(), fresh.steps()), (5, 2));
    }
}

/// Norms of the weights of each output, of `[in, out, k, k]`.
fn by_output(w: &[f64], [inputs, outputs, inner]: [usize; 3]) -> Vec<f64> {
    let square =
        |i: usize, o: usize| -> f64 { w[(i * outputs + o) * inner..][..inner].iter().map(|w| w * w).sum() };
    (0..outputs).map(|o| (0..inputs).map(|i| square(i, o)).sum::<f64>().sqrt()).collect()
}

#[test]
fn the_outputs_of_a_transposed_convolution_lie_on_its_second_axis() {
    let graph = Graph::chain([3, 2, 2], vec![layers::conv_transpose2d(3, 4, 2, 1, 0)]);
    let net: Network<f64> = graph.build(Key::new(3)).unwrap();
    let shape = [3, 4, 4];
    let weight = net.params.iter().find(|p| p.kind() == ParamKind::Weight).unwrap();
    assert_eq!((weight.shape().to_vec(), weight.output_axis()), (vec![3, 4, 2, 2], 1));
    let x = numbers(N * 12, 1);
    let after = |transform: &str, lr: f64| {
        let transforms = vec![transform.parse().unwrap()];
        let method = Method { transforms, ..Method::from(AnyRule::from(Sgd::default())) };
        let mut engine = Engine::new(&net, method.clone());
        let row = |i: usize, to: &mut [f64]| to.copy_from_slice(&x[i * 12..][..12]);
        let double = |rows: &mut OutputRows<'_, f64>| {
            rows.iter().for_each(|(y, d, metrics)| {
                d.iter_mut().zip(y).for_each(|(d, y)| *d = 2.0 * y);
                *metrics = [0.0; 3];
            });
        };
        engine.gradients(N, &row, Randomness { mode: Mode::Train, ..Randomness::none() }, &double);
        engine.update(&net.params, lr).unwrap();
        let mut stored = net.clone();
        let engine = engine.export_weights(&net.params);
        for (p, new) in stored.params.iter_mut().zip(&engine) {
            p.value = new.value.clone();
        }
        let (tape, mut other) = (Tape::new(), net.clone());
        let input = tape.constant(Array::from_slice([N, 3, 2, 2], &x));
        let y = other.forward(&Cx::train(&tape, Key::new(0), &[]), input);
        let mut grads = tape.backward(ops::sum(y * y), Array::scalar(1.0));
        Optimizer::new(method).step(&mut other.params, &mut grads, lr).unwrap();
        for (a, b) in stored.params.iter().zip(&other.params) {
            for (a, b) in a.value.as_slice().iter().zip(b.value.as_slice()) {
                assert!((a - b).abs() < 1e-12, "{transform}: {a} and {b}");
            }
        }
        other.params.iter().find(|p| p.kind() == ParamKind::Weight).unwrap().value.as_slice().to_vec()
    };
    let before = weight.value.as_slice();
    let norms = by_output(before, shape);
    let max = (norms[0] + norms[1]) / 2.0;
    for (before, after) in norms.iter().zip(by_output(&after(&format!("max-norm(max={max})"), 1e-12), shape))
    {
        assert!((after - before.min(max)).abs() < 1e-6, "{before} became {after}, at most {max}");
    }
    let clipped = after("agc(clipping=0.01)", 1.0);
    let moved: Vec<f64> = clipped.iter().zip(before).map(|(a, b)| a - b).collect();
    for (moved, norm) in by_output(&moved, shape).iter().zip(&norms) {
        assert!((moved - 0.01 * norm).abs() < 1e-9 * norm, "{moved} of {norm}");
    }
}
