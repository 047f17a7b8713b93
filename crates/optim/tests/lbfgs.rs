//! L-BFGS against PyTorch's iterates in f64; `golden/optim/make.py` made the file.

use sparring_optim::{Lbfgs, LbfgsEnd};

const ITERATES: &str = include_str!("../../../golden/optim/lbfgs.csv");

/// Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)².
fn rosenbrock(x: &[f64], g: &mut [f64]) -> f64 {
    let mut value = 0.0;
    g.fill(0.0);
    for i in 0..x.len() - 1 {
        let (bend, rest) = (x[i + 1] - x[i] * x[i], 1.0 - x[i]);
        value += 100.0 * bend * bend + rest * rest;
        g[i] += -400.0 * x[i] * bend - 2.0 * rest;
        g[i + 1] += 200.0 * bend;
    }
    value
}

#[test]
fn iterates_are_those_of_pytorch() {
    let mut compared = 0;
    for line in ITERATES.lines() {
        let (history, rest) = line.split_once(',').unwrap();
        let numbers: Vec<f64> = rest.split(',').map(|v| v.parse().unwrap()).collect();
        let (iterations, want) = (numbers[0] as usize, &numbers[1..]);
        let mut x: Vec<f64> = (0..want.len()).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect();
        let settings = Lbfgs {
            iterations: iterations.max(1),
            evaluations: 10_000,
            history: history.parse().unwrap(),
            gradient: 0.0,
            change: 0.0,
            ..Lbfgs::default()
        };
        let found = settings.minimize(&mut x, &mut rosenbrock).unwrap();
        assert_eq!(found.iterations, iterations);
        for (x, want) in x.iter().zip(want) {
            // Rounding grows from step to step, as the function bends.
            assert!((x - want).abs() <= 1e-9, "{line}: {x:?}");
        }
        compared += 1;
    }
    assert_eq!(compared, 60);
}

#[test]
fn it_ends_for_the_reason_that_it_tells() {
    let start = || vec![-1.2, 1.0, -1.2, 1.0];
    let minimize = |settings: Lbfgs| {
        let mut x = start();
        let found = settings.minimize(&mut x, &mut rosenbrock).unwrap();
        assert_eq!(found.value, rosenbrock(&x, &mut [0.0; 4]));
        (x, found)
    };
    let (x, found) = minimize(Lbfgs::default());
    assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-5), "{x:?} {found:?}");
    assert!(matches!(found.end, LbfgsEnd::Gradient | LbfgsEnd::Change), "{found:?}");
    let (_, found) = minimize(Lbfgs { iterations: 3, ..Lbfgs::default() });
    assert_eq!((found.end, found.iterations), (LbfgsEnd::Limit, 3));
    let (_, found) = minimize(Lbfgs { evaluations: 5, ..Lbfgs::default() });
    assert!(found.end == LbfgsEnd::Limit && found.evaluations >= 5);
    let at_once = Lbfgs::default().minimize(&mut [1.0, 1.0], &mut rosenbrock).unwrap();
    assert_eq!((at_once.end, at_once.iterations, at_once.evaluations), (LbfgsEnd::Gradient, 0, 1));
    // A wall behind which there is nothing: the weights stay finite.
    let mut walled = |x: &[f64], g: &mut [f64]| {
        g[0] = -1.0;
        if x[0] < 3.0 { -x[0] } else { f64::NAN }
    };
    let mut x = [0.0];
    let found = Lbfgs::default().minimize(&mut x, &mut walled).unwrap();
    assert!(x[0].is_finite() && x[0] < 3.0 && found.value.is_finite(), "{x:?} {found:?}");
    let told = Lbfgs { lr: 0.0, ..Lbfgs::default() }.minimize(&mut x, &mut walled).unwrap_err().to_string();
    assert!(told.contains("lbfgs.lr is 0"), "{told}");
}

/// 100 (x − 0.9)² up to x = `end`, NaN beyond.
fn bowl_up_to(end: f64) -> impl FnMut(&[f64], &mut [f64]) -> f64 {
    move |x, g| {
        let far = x[0] - 0.9;
        let [value, derivative] = if x[0] > end { [f64::NAN; 2] } else { [100.0 * far * far, 200.0 * far] };
        g[0] = derivative;
        value
    }
}

#[test]
fn a_trial_that_is_nan_shortens_the_step_and_is_no_convergence() {
    // The first trial is 1.5.
    let mut x = [0.5];
    let found = Lbfgs::default().minimize(&mut x, &mut bowl_up_to(1.0)).unwrap();
    assert_eq!(found.end, LbfgsEnd::Gradient);
    assert!((x[0] - 0.9).abs() < 1e-6, "{x:?}");
    let mut x = [0.5];
    let found = Lbfgs::default().minimize(&mut x, &mut bowl_up_to(0.5)).unwrap();
    assert_eq!((found.end, x), (LbfgsEnd::NonFinite, [0.5]));
}
