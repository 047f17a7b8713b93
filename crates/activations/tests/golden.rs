//! Value, first and second derivative against PyTorch's autograd (golden/activations/make.py).

use sparring_activations::{Activation, AnyActivation};
use std::collections::HashSet;

const GOLDEN: &str = include_str!("../../../golden/activations/activations.csv");

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
            let near = 1e-14 * torch.abs() + 4.5e-16 * (1.0 + x.abs());
            assert!((double - torch).abs() <= near, "{a} {name}({x}): {double:e}, PyTorch {torch:e}");
            // Rounding, and near a zero of a derivative the cancellation of terms of size 1.
            let near = near + 6e-7 * torch.abs() + 6e-8;
            assert!(
                (f64::from(single) - torch).abs() <= near,
                "{a} {name}({x}) in f32: {single:e}, PyTorch {torch:e}"
            );
        }
    }
    for a in AnyActivation::ALL {
        assert!(names.contains(a.name()), "{a} has no golden values: add it to make.py");
    }
}
