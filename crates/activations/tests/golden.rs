//! Value, first and second derivative against PyTorch's autograd (golden/activations/make.py), and the rows of those of rows (make_rows.py).

use crate::cases::{frequency, oscillates};
use sparring_activations::{
    Activation, AnyActivation, AnyRowActivation, NOWHERE_ELSE, RowActivation, Sharing,
};
use sparring_math::Real;
use sparring_math::named::Family;
use std::collections::HashSet;

const GOLDEN: &str = include_str!("../../../golden/activations/activations.csv");
const LEARNT: &str = include_str!("../../../golden/activations/learnt.csv");
const ROWS: &str = include_str!("../../../golden/activations/rows.csv");

#[test]
fn values_and_derivatives_agree_with_pytorch() {
    let mut names = HashSet::new();
    for row in GOLDEN.lines().skip(1) {
        let columns: Vec<&str> = row.split(';').collect();
        let a: AnyActivation = columns[0].parse().unwrap();
        names.insert(a.name());
        let [x, f, df, d2f] = [1, 2, 3, 4].map(|i| columns[i].parse::<f64>().unwrap());
        let single = x as f32;
        for (name, torch, double, single) in [
            ("f", f, a.f(x), a.f(single)),
            ("f'", df, a.df(x), a.df(single)),
            ("f''", d2f, a.d2f(x), a.d2f(single)),
        ] {
            // PyTorch cancels in the tails (1 − tanh², ½(1 + erf)), which costs two epsilons of the largest term, |x| at most.
            // PAU as PyTorch evaluates it divides powers of x, which cancel on the left.
            let terms = if a.name() == "pau" { 20.0 } else { 1.0 };
            let near = 1e-14 * torch.abs() + terms * 4.5e-16 * (1.0 + x.abs());
            assert!((double - torch).abs() <= near, "{a} {name}({x}): {double:e}, PyTorch {torch:e}");
            // Rounding, and near a zero of a derivative the cancellation of terms of size 1. The argument of a sine is rounded too.
            let fast = frequency(&a);
            let order = name.chars().filter(|c| *c == '\'').count() as i32;
            let turned = if oscillates(&a) { 2.4e-7 * x.abs() * fast.powi(order + 1) } else { 0.0 };
            let near = near + 6e-7 * torch.abs() + terms * 6e-8 + turned.min(2.0 * fast.powi(order));
            assert!(
                (f64::from(single) - torch).abs() <= near,
                "{a} {name}({x}) in f32: {single:e}, PyTorch {torch:e}"
            );
        }
    }
    for a in AnyActivation::ALL {
        let golden = names.contains(a.name());
        assert!(golden || a.about().elsewhere == NOWHERE_ELSE, "{a} has no golden values: add it to make.py");
    }
}

#[test]
fn gradients_of_parameters_agree_with_pytorch() {
    let mut names = HashSet::new();
    for row in LEARNT.lines().skip(1) {
        let columns: Vec<&str> = row.split(';').collect();
        let a: AnyActivation = columns[0].parse().unwrap();
        names.insert(a.name());
        let learnt = a.trainable::<f64>().unwrap();
        let numbers = |i: usize| numbers(columns[i]);
        let (p, x) = (numbers(1), numbers(2));
        assert_eq!(p.len(), learnt.count(), "{a}");
        let (mut y, mut dx, mut ddx) = ([0.0], [0.0], [0.0]);
        let (mut dp, mut ddp) = (vec![0.0; p.len()], vec![0.0; p.len()]);
        learnt.forward_with(&p, Sharing::WHOLE, &x, &mut y);
        learnt.backward_with(&p, Sharing::WHOLE, &x, &[1.0], &mut dx, &mut dp);
        learnt.input_grad_backward(&p, Sharing::WHOLE, &x, &[1.0], &mut ddx, &mut ddp);
        for (name, got, torch) in [
            ("f", &y[..], numbers(3)),
            ("f'", &dx, numbers(4)),
            ("f''", &ddx, numbers(5)),
            ("df/dp", &dp, numbers(6)),
            ("df'/dp", &ddp, numbers(7)),
        ] {
            assert_eq!(got.len(), torch.len(), "{a} {name}");
            for (j, (got, torch)) in got.iter().zip(torch).enumerate() {
                // What cancels in PyTorch's way of writing it (σ' = σ (1 − σ), say) is multiplied by up to x².
                let near = 2e-14 * torch.abs() + 2e-15 * (1.0 + x[0] * x[0]);
                assert!(
                    (got - torch).abs() <= near,
                    "{a} {p:?} {name} {j} at {x:?}: {got:e}, PyTorch {torch:e}"
                );
            }
        }
    }
    let learnt = AnyActivation::ALL.iter().filter(|a| a.is_trainable());
    learnt.for_each(|a| assert!(names.contains(a.name()), "{a} is not in LEARNT of make.py"));
}

fn numbers(text: &str) -> Vec<f64> {
    text.split(' ').map(|n| n.parse().unwrap()).collect()
}

#[test]
fn rows_and_their_gradients_agree_with_pytorch() {
    let mut names = HashSet::new();
    for row in ROWS.lines().skip(1) {
        let columns: Vec<&str> = row.split(';').collect();
        let a: AnyRowActivation = columns[0].parse().unwrap();
        names.insert(a.name());
        let [x, y, dy, dx] = [1, 2, 3, 4].map(|i| numbers(columns[i]));
        agrees::<f64>(&a, [&x, &y, &dy, &dx], 1e-15);
        agrees::<f32>(&a, [&x, &y, &dy, &dx], 4e-7);
    }
    for name in AnyRowActivation::TABLE.names() {
        assert!(names.contains(name), "{name} has no golden values: add it to make_rows.py");
    }
}

fn agrees<E: Real>(a: &AnyRowActivation, [x, y, dy, dx]: [&[f64]; 4], epsilon: f64) {
    let of = |v: &[f64]| v.iter().map(|&v| E::of(v)).collect::<Vec<E>>();
    let (mut got_y, mut got_dx) = (vec![E::of(9.0); y.len()], vec![E::of(9.0); x.len()]);
    a.forward_rows(x.len(), &of(x), &mut got_y);
    a.backward_rows(x.len(), &of(x), &of(dy), &mut got_dx);
    // What may cancel: sums over a row, and of a gated unit terms of the size of both factors.
    let gated = a.name().ends_with("glu");
    let factor = if gated { x.iter().fold(1.0, |m: f64, x| m.max(x.abs())) } else { 1.0 };
    let sum: f64 = dy.iter().map(|d| d.abs()).sum();
    for (what, got, torch, terms) in [("y", got_y, y, factor), ("dx", got_dx, dx, factor * sum)] {
        for (i, (got, torch)) in got.iter().zip(torch).enumerate() {
            let off = (got.to_f64() - torch).abs();
            assert!(
                off <= epsilon * (torch.abs() + terms),
                "{a} {what} {i} at {x:?}: {:e}, PyTorch {torch:e}",
                got.to_f64()
            );
        }
    }
}
