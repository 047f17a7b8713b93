//! Transformations before a rule against PyTorch in f64, on the tape and on the engine; `golden/optim/make.py` made the files.

use sparring_autograd::{Tape, ops};
use sparring_nn::{Cx, Decay, Engine, Graph, Group, Method, Network, Optimizer, ParamKind, layers};
use sparring_optim::{AnyTransform, ClipNorm, ClipValue, L1Penalty, L2Penalty, OptimError, Sgd};
use sparring_seed::Key;
use sparring_tensor::Array;

const ROWS: &str = include_str!("../../../golden/optim/transforms.csv");
const GRADIENTS: &str = include_str!("../../../golden/optim/gradients.csv");
const START: [f64; 6] = [1.0, -0.5, 0.25, 2.0, -1.0, 0.125];

fn numbers(line: &str) -> Vec<f64> {
    line.split(',').map(|s| s.parse().unwrap()).collect()
}

/// A weight of four numbers and a bias of two, with these values.
fn network() -> Network<f64> {
    let mut net: Network<f64> =
        Graph::chain([1, 1, 2], vec![layers::flatten(), layers::linear(2, 2)]).build(Key::new(1)).unwrap();
    let (weight, bias) = START.split_at(4);
    for (p, from) in net.params.iter_mut().zip([weight, bias]) {
        p.value.as_mut_slice().copy_from_slice(from);
    }
    net
}

fn flat(net: &Network<f64>) -> Vec<f64> {
    net.params.iter().flat_map(|p| p.value.as_slice().to_vec()).collect()
}

/// Steps of the method with the stored gradients: the weights after each, on the tape and on the engine.
fn trajectories(method: &Method, lr: f64, gradients: &[Vec<f64>]) -> Vec<[Vec<f64>; 2]> {
    method.validate().unwrap();
    let (mut on_tape, mut stored) = (network(), network());
    let mut engine = Engine::new(&stored, method.clone());
    let mut optimizer = Optimizer::new(method.clone());
    let step = |g: &Vec<f64>| {
        let parts = [&g[..4], &g[4..]];
        let tape = Tape::new();
        let y =
            on_tape.forward(&Cx::train(&tape, Key::new(0), &[]), tape.constant(Array::ones([1, 1, 1, 2])));
        let mut grads = tape.backward(ops::sum(y), Array::scalar(1.0));
        for (p, g) in on_tape.params.iter().zip(parts) {
            grads.param_mut(p.id()).unwrap().as_mut_slice().copy_from_slice(g);
        }
        optimizer.step(&mut on_tape.params, &mut grads, lr).unwrap();
        let given = stored.params.iter().map(|p| p.id()).zip(parts);
        engine.update_with(&stored.params, given, lr).unwrap();
        engine.store(&mut stored.params);
        [flat(&on_tape), flat(&stored)]
    };
    gradients.iter().map(step).collect()
}

fn chain(text: &str) -> Vec<AnyTransform> {
    text.split(" > ").map(|t| t.replace(';', ",").parse().unwrap()).collect()
}

#[test]
fn chains_are_those_of_pytorch() {
    let gradients: Vec<Vec<f64>> = GRADIENTS.lines().map(numbers).collect();
    let rows: Vec<Vec<&str>> = ROWS.lines().map(|line| line.splitn(6, ',').collect()).collect();
    let chains = rows.chunk_by(|a, b| a[..4] == b[..4]);
    assert_eq!(chains.clone().count(), 20);
    for rows in chains {
        let [rule, lr, transforms, decayed] = rows[0][..4] else { panic!("{rows:?}") };
        let undecayed = Group { kinds: vec![ParamKind::Bias], lr: 1.0, decay: Decay::None };
        let groups = if decayed == "weight" { vec![undecayed] } else { Vec::new() };
        let method = Method { rule: rule.parse().unwrap(), transforms: chain(transforms), groups };
        let found = trajectories(&method, lr.parse().unwrap(), &gradients);
        for row in rows {
            let (step, want) = (row[4].parse::<usize>().unwrap(), numbers(row[5]));
            for (got, whose) in found[step - 1].iter().zip(["tape", "engine"]) {
                for (a, b) in got.iter().zip(&want) {
                    let off = (a - b).abs() / b.abs().max(1.0);
                    assert!(off <= 1e-12, "{rule}, {transforms}, step {step}, {whose}: {got:?}, {want:?}");
                }
            }
        }
    }
}

/// One step of plain descent at rate 1 with gradient (3, 4 | 0, 0 | ..): by hand.
#[test]
fn the_order_is_that_of_the_list() {
    let g = vec![3.0, 4.0, 0.0, 0.0, 0.0, 0.0];
    let moved = |text: &str| {
        let method =
            Method { transforms: chain(text), ..Method::from(sparring_optim::AnyRule::from(Sgd::default())) };
        let [[tape, engine]] = &trajectories(&method, 1.0, std::slice::from_ref(&g))[..] else { panic!() };
        assert_eq!(tape, engine, "{text}");
        [0, 1, 4].map(|i| START[i] - tape[i])
    };
    let near = |a: [f64; 3], b: [f64; 3]| {
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5), "{a:?} {b:?}");
    };
    // Norm 5 before, √2 · 3 after the values are cut at 3.
    near(moved("clip-value(limit=3) > clip-norm(max=1)"), [0.5f64.sqrt(), 0.5f64.sqrt(), 0.0]);
    near(moved("clip-norm(max=1) > clip-value(limit=0.7)"), [0.6, 0.7, 0.0]);
    // The second norm is taken of what the first and the penalty have made of it; the bias is in no penalty.
    near(moved("clip-norm(max=5) > l2(weight=1) > clip-norm(max=5)"), {
        let sums = [3.0 + 1.0, 4.0 - 0.5, 0.25, 2.0];
        let norm = sums.iter().map(|v: &f64| v * v).sum::<f64>().sqrt();
        [sums[0] * 5.0 / norm, sums[1] * 5.0 / norm, 0.0]
    });
    near(moved("l1(weight=0.5) > weight-decay(rate=0.5)"), [3.5 + 0.5, 3.5 - 0.25, 0.0]);
}

#[test]
fn numbers_that_make_no_sense_are_named() {
    let good = Method::from(sparring_optim::AnyRule::default());
    let group = |kinds: &[ParamKind], lr| Group { kinds: kinds.to_vec(), lr, decay: Decay::Kept };
    let with = |transform: AnyTransform| Method { transforms: vec![transform], ..good.clone() };
    let of = |groups: &[Group]| Method { groups: groups.to_vec(), ..good.clone() };
    let told = |method: &Method| method.validate().map_err(|e: OptimError| e.to_string());
    assert_eq!(told(&good), Ok(()));
    for (method, why) in [
        (with(ClipNorm { max: 0.0 }.into()), "clip-norm.max is 0, but must be a finite number above 0"),
        (with(ClipValue { limit: f64::NAN }.into()), "clip-value.limit is NaN"),
        (with(L1Penalty { weight: -1.0 }.into()), "l1.weight is -1"),
        (with(L2Penalty { weight: f64::INFINITY }.into()), "l2.weight is inf"),
        (of(&[group(&[ParamKind::Bias], -1.0)]), "group.lr is -1, but must be a finite number, at least 0"),
        (of(&[group(&[], 1.0)]), "group.kinds is []"),
        (of(&[group(&[ParamKind::Buffer], 1.0)]), "group.kinds is [Buffer]"),
        (
            of(&[group(&[ParamKind::Bias], 1.0), group(&[ParamKind::Norm, ParamKind::Bias], 1.0)]),
            "kinds that no group before it has",
        ),
    ] {
        let e = told(&method).unwrap_err();
        assert!(e.contains(why), "{e}");
    }
}
