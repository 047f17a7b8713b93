//! Values, gradients and Hessian-vector products against PyTorch in f64; `golden/losses/make.py` made the file.

use sparring_losses::{AnyClassLoss, AnyValueLoss, LabelSmoothing, Mart, PairLoss, RowLoss, Trades};

const CASES: &str = include_str!("../../../golden/losses/cases.csv");

fn close(got: &[f64], want: &[f64], what: &str) {
    assert_eq!(got.len(), want.len());
    for (g, w) in got.iter().zip(want) {
        assert!((g - w).abs() <= 1e-12 * w.abs().max(1.0), "{what}: {got:?}, PyTorch {want:?}");
    }
}

fn compare<L: RowLoss<f64>>(loss: &L, z: &[f64], t: &L::Target, want: f64, rest: &[f64], case: &str) {
    let n = z.len();
    let (dz, v, hv) = (&rest[..n], &rest[n..2 * n], &rest[2 * n..]);
    let (mut got_dz, mut got_hv) = (vec![f64::NAN; n], vec![f64::NAN; n]);
    close(&[loss.eval(z, t, &mut got_dz)], &[want], case);
    close(&got_dz, dz, case);
    loss.hvp(z, t, v, &mut got_hv);
    close(&got_hv, hv, case);
}

#[test]
fn every_case() {
    let mut seen = std::collections::BTreeMap::<&str, usize>::new();
    for line in CASES.lines() {
        let (name, numbers) = line.split_once(',').unwrap();
        let x: Vec<f64> = numbers.split(',').map(|s| s.parse().unwrap()).collect();
        let (n, value) = (x[0] as usize, x[1]);
        let (z, x) = x[2..].split_at(n);
        if let Ok(loss) = name.parse::<AnyClassLoss>() {
            compare(&loss, z, &(x[0] as usize), value, &x[1..], line);
        } else {
            let loss: AnyValueLoss = name.parse().unwrap();
            compare(&loss, z, &x[..n], value, &x[n..], line);
        }
        *seen.entry(name).or_default() += 1;
    }
    assert!(seen.len() == 4 && seen.values().all(|&n| n >= 10), "{seen:?}");
}

/// The loss with this factor on each case of a file that `make.py` made of pairs.
fn pairs<L: PairLoss<f64>>(file: &str, with: impl Fn(f64) -> L) {
    assert_eq!(file.lines().count(), 4);
    for line in file.lines() {
        let x: Vec<f64> = line.split(',').map(|s| s.parse().unwrap()).collect();
        let (n, classes, loss, want) = (x[0] as usize, x[1] as usize, with(x[2]), x[3]);
        let (clean, x) = x[4..].split_at(n * classes);
        let (adversarial, x) = x.split_at(n * classes);
        let (labels, grads) = x.split_at(n);
        let (mut d, mut d_adv, mut sum) = (vec![f64::NAN; n * classes], vec![f64::NAN; n * classes], 0.0);
        for (i, &y) in labels.iter().enumerate() {
            let row = i * classes..(i + 1) * classes;
            let grads = [&mut d[row.clone()], &mut d_adv[row.clone()]];
            sum += loss.eval(&clean[row.clone()], &adversarial[row], y as usize, grads) / n as f64;
        }
        close(&[sum], &[want], line);
        let found: Vec<f64> = d.iter().chain(&d_adv).map(|d| d / n as f64).collect();
        close(&found, grads, line);
    }
}

#[test]
fn trades_and_mart_are_those_of_their_authors() {
    pairs(include_str!("../../../golden/losses/trades.csv"), |beta| Trades { beta });
    pairs(include_str!("../../../golden/losses/mart.csv"), |beta| Mart { beta });
}

#[test]
fn label_smoothing_is_that_of_pytorch() {
    let file = include_str!("../../../golden/losses/label_smoothing.csv");
    assert!(file.lines().count() >= 16);
    for line in file.lines() {
        let x: Vec<f64> = line.split(',').map(|s| s.parse().unwrap()).collect();
        let (loss, n, value) = (LabelSmoothing { smoothing: x[0] }, x[1] as usize, x[2]);
        let (z, x) = x[3..].split_at(n);
        compare(&loss, z, &(x[0] as usize), value, &x[1..], line);
    }
}
