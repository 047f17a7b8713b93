//! Values, gradients and Hessian-vector products against PyTorch in f64; `golden/losses/make.py` made the file.

use sparring_losses::{
    AnyClassLoss, AnyGanLoss, AnyGradientPenalty, AnySparsity, AnyValueLoss, GanLoss, GaussianKl,
    GaussianNll, LabelSmoothing, Mart, PairLoss, Relativistic, RowLoss, Side, Trades, VectorQuantization,
    log_mean_exp,
};

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

/// The numbers of a line behind its words, of which there are `words`.
fn parts(line: &str, words: usize) -> (Vec<&str>, Vec<f64>) {
    let all: Vec<&str> = line.split(',').collect();
    (all[..words].to_vec(), all[words..].iter().filter_map(|s| s.parse().ok()).collect())
}

#[test]
fn losses_of_gans() {
    let mut seen = std::collections::BTreeSet::new();
    for line in include_str!("../../../golden/losses/gan.csv").lines() {
        // Loss, n, value, z, side, dz, v, Hv: the side is the one word among the numbers.
        let (name, x) = parts(line, 1);
        let loss: AnyGanLoss = name[0].parse().unwrap();
        let side = [("real", Side::Real), ("fake", Side::Fake), ("generator", Side::Generator)];
        let side = side.into_iter().find(|(word, _)| line.contains(&format!(",{word},"))).unwrap().1;
        let (n, value) = (x[0] as usize, x[1]);
        assert_eq!(x.len(), 2 + 4 * n);
        compare(&Sided(loss), &x[2..2 + n], &side, value, &x[2 + n..], line);
        seen.insert((name[0], format!("{side:?}")));
    }
    assert_eq!(seen.len(), 8 * 3, "{seen:?}");
}

/// A loss of a GAN on single examples, as one.
#[derive(Debug)]
struct Sided(AnyGanLoss);

impl RowLoss<f64> for Sided {
    type Target = Side;
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn eval(&self, z: &[f64], side: &Side, dz: &mut [f64]) -> f64 {
        self.0.sided().unwrap().eval(z, side, dz)
    }
    fn hvp(&self, z: &[f64], side: &Side, v: &[f64], out: &mut [f64]) {
        self.0.sided().unwrap().hvp(z, side, v, out);
    }
}

#[test]
fn the_relativistic_loss() {
    let file = include_str!("../../../golden/losses/pairs.csv");
    assert_eq!(file.lines().count(), 3);
    for line in file.lines() {
        let (_, x) = parts(line, 0);
        let n = x[0] as usize;
        let row = |k: usize| &x[3 + k * n..3 + (k + 1) * n];
        let [mut d_real, mut d_fake] = [0; 2].map(|_| vec![f64::NAN; n]);
        let critic = Relativistic.critic(row(0), row(1), [&mut d_real, &mut d_fake]);
        close(&[critic], &[x[1]], line);
        close(&d_real, row(2), line);
        close(&d_fake, row(3), line);
        close(&[Relativistic.generator(row(0), row(1), &mut d_fake)], &[x[2]], line);
        close(&d_fake, row(4), line);
    }
}

#[test]
fn penalties_on_a_row_alone() {
    let mut seen = std::collections::BTreeSet::new();
    for line in include_str!("../../../golden/losses/alone.csv").lines() {
        let (name, x) = parts(line, 1);
        let (n, value) = (x[0] as usize, x[1]);
        let (z, rest) = x[2..].split_at(n);
        match name[0].parse::<AnyGradientPenalty>() {
            Ok(loss) => compare(&loss, z, &(), value, rest, line),
            Err(_) => compare(&name[0].parse::<AnySparsity>().unwrap(), z, &(), value, rest, line),
        }
        seen.insert(name[0]);
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
}

#[test]
fn terms_of_variational_autoencoders() {
    let mut seen = std::collections::BTreeSet::new();
    for line in include_str!("../../../golden/losses/vae.csv").lines() {
        let (name, x) = parts(line, 1);
        let (n, want) = (x[0] as usize, x[1]);
        let row = |k: usize| &x[2 + k * n..2 + (k + 1) * n];
        let [mut a, mut b] = [0; 2].map(|_| vec![f64::NAN; n]);
        let kl = GaussianKl::default();
        let (value, gradients) = match name[0] {
            "kl" => (kl.eval(row(0), row(1), [&mut a, &mut b]), [2, 3]),
            "ratio" => (kl.log_ratio(row(0), row(1), row(2), [&mut a, &mut b]), [3, 4]),
            "vq" => (VectorQuantization::default().eval(row(0), row(1), [&mut a, &mut b]), [2, 3]),
            "bound" => {
                let value = log_mean_exp(row(0), &mut a);
                b.clone_from(&a);
                (value, [1, 1])
            }
            _ => {
                let value = GaussianNll { sigma: 0.3 }.eval(row(0), row(1), &mut a);
                b.clone_from(&a);
                (value, [2, 2])
            }
        };
        close(&[value], &[want], line);
        close(&a, row(gradients[0]), line);
        close(&b, row(gradients[1]), line);
        seen.insert(name[0]);
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
}
