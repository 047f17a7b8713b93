use super::*;
use crate::gradcheck::noise;

type Made = (f64, Vec<f64>);

/// Compares the gradient of a function of (mu, logvar) with differences along random directions.
fn differences(n: usize, scale: f64, f: impl Fn(&[f64], &[f64], [&mut [f64]; 2]) -> f64) {
    let h = 1e-5;
    for seed in 1..6 {
        let (x, v) = (noise(2 * n, seed), noise(2 * n, seed + 100));
        let at = |by: f64| -> Made {
            let x: Vec<f64> = x.iter().zip(&v).map(|(x, v)| scale * x + by * v).collect();
            let [mut d_mu, mut d_logvar] = [0; 2].map(|_| vec![f64::NAN; n]);
            let value = f(&x[..n], &x[n..], [&mut d_mu, &mut d_logvar]);
            d_mu.append(&mut d_logvar);
            (value, d_mu)
        };
        let along: f64 = at(0.0).1.iter().zip(&v).map(|(d, v)| d * v).sum();
        let want = (at(h).0 - at(-h).0) / (2.0 * h);
        assert!((along - want).abs() <= 1e-7 * want.abs().max(1.0), "n {n}: {along}, difference {want}");
    }
}

#[test]
fn gradients_are_differences() {
    for n in [1, 2, 20] {
        for beta in [1.0, 4.0] {
            let kl = GaussianKl { beta, ..GaussianKl::default() };
            differences(n, 1.5, |mu, l, d| kl.eval(mu, l, d));
            let free = GaussianKl { beta, free: 0.3, ..GaussianKl::default() };
            differences(n, 1.5, |mu, l, d| free.eval(mu, l, d));
        }
        let eps = noise(n, 50);
        differences(n, 1.5, |mu, l, d| GaussianKl::default().log_ratio(mu, l, &eps, d));
    }
}

#[test]
fn it_is_the_integral() {
    // ∫ q (ln q − ln p) by the midpoint rule.
    for (mu, logvar) in [(0.0, 0.0), (1.5, -1.0), (-0.3, 0.7)] {
        let sigma = f64::exp(0.5 * logvar);
        let step = 1e-3;
        let mut sum = 0.0;
        for i in -12_000..12_000 {
            let e = (f64::from(i) + 0.5) * step;
            let q = (-0.5 * e * e).exp() / std::f64::consts::TAU.sqrt();
            let z = mu + sigma * e;
            // ln q(z) − ln p(z); dz is σ de, and q(z) dz is q(e) de.
            sum += q * step * (-0.5 * e * e - 0.5 * logvar + 0.5 * z * z);
        }
        let got = GaussianKl::default().eval(&[mu], &[logvar], [&mut [0.0], &mut [0.0]]);
        assert!((got - sum).abs() < 1e-9, "{got} {sum}");
    }
}

#[test]
fn the_ratio_s_mean_is_minus_the_divergence() {
    let (mu, logvar) = ([0.7, -1.2, 0.1], [-0.5, 0.3, -2.0]);
    let kl = GaussianKl { beta: 1.0, ..GaussianKl::default() };
    let [mut a, mut b] = [[0.0; 3]; 2];
    let want = -kl.eval(&mu, &logvar, [&mut a, &mut b]);
    // Points at equal steps of the noise's distribution, dimension by dimension, instead of random ones.
    let (steps, mut mean, mut total) = (4000, 0.0, 0.0);
    for i in 0..steps {
        let e = -8.0 + 16.0 * (f64::from(i) + 0.5) / f64::from(steps);
        let weight = (-0.5 * e * e).exp();
        mean += weight * kl.log_ratio(&mu, &logvar, &[e; 3], [&mut a, &mut b]);
        total += weight;
    }
    assert!((mean / total - want).abs() < 1e-9, "{} {want}", mean / total);
}

#[test]
fn free_bits_by_means_are_floors_of_the_batch() {
    let (n, dims) = (6, 4);
    let kl = GaussianKl { beta: 2.0, free: 0.2, ..GaussianKl::default() };
    let (mu, logvar) = (noise(n * dims, 1), noise(n * dims, 2));
    let rows = || mu.chunks(dims).zip(logvar.chunks(dims));
    let (mut means, mut one) = (vec![0.0; dims], vec![0.0; dims]);
    for (mu, logvar) in rows() {
        kl.dimensions(mu, logvar, &mut one);
        means.iter_mut().zip(&one).for_each(|(mean, kl)| *mean += kl / n as f64);
    }
    assert!(means.iter().any(|&m| m < 0.2) && means.iter().any(|&m| m > 0.2), "{means:?}");
    let (mut got, [mut d_mu, mut d_logvar]) = (0.0, [0; 2].map(|_| vec![f64::NAN; dims]));
    for (mu, logvar) in rows() {
        got += kl.eval_by_means(&means, mu, logvar, [&mut d_mu, &mut d_logvar]) / n as f64;
        for j in 0..dims {
            let want = if means[j] < 0.2 { [0.0; 2] } else { [2.0 * mu[j], logvar[j].exp() - 1.0] };
            assert!((d_mu[j] - want[0]).abs() < 1e-15 && (d_logvar[j] - want[1]).abs() < 1e-15);
        }
    }
    let want = 2.0 * means.iter().map(|mean| mean.max(0.2)).sum::<f64>();
    assert!((got - want).abs() < 1e-12, "{got} {want}");
}

#[test]
fn clamps_and_extremes() {
    let kl = GaussianKl::default();
    let at = |mu: f32, logvar: f32| {
        let (mut d_mu, mut d_logvar) = ([f32::NAN], [f32::NAN]);
        (kl.eval(&[mu], &[logvar], [&mut d_mu, &mut d_logvar]), d_mu[0], d_logvar[0])
    };
    assert_eq!(at(0.0, 0.0), (0.0, 0.0, 0.0));
    assert_eq!(at(1e4, 0.0), (5e7, 1e4, 0.0));
    assert_eq!(at(0.0, 1e4), (at(0.0, 10.0).0, 0.0, 0.0));
    assert_eq!(at(0.0, -1e4), (at(0.0, -10.0).0, 0.0, 0.0));
    assert!(at(0.0, 10.0).2 > 1e4 && at(0.0, -10.0).2 < -0.49);
    assert!((-2000..2000).all(|i| at(0.0, i as f32 * 1e-4).0 >= 0.0), "never below 0");
    assert!(at(f32::NAN, 0.0).0.is_nan() && at(0.0, f32::NAN).0.is_nan() && at(0.0, f32::NAN).2.is_nan());
    assert!(kl.clamped(f32::NAN).is_nan());
}

#[test]
#[should_panic(expected = "gaussian-kl: the row has 2 values, logvar has 3")]
fn lengths() {
    GaussianKl::default().eval(&[0.0; 2], &[0.0; 3], [&mut [0.0; 2], &mut [0.0; 2]]);
}
