//! Finite differences for the tests of every loss.

use crate::{PairLoss, RowLoss};

/// `n` numbers in [-1, 1), the same on every machine.
pub(crate) fn noise(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    // The first numbers of neighbouring seeds are alike.
    (0..n + 16).map(|_| next()).skip(16).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Compares gradient and Hessian-vector product with central differences along random directions.
pub(crate) fn check<L: RowLoss<f64>>(loss: &L, n: usize, t: &L::Target, scale: f64) {
    let h = 1e-5;
    for seed in 1..6 {
        let z: Vec<f64> = noise(n, seed).iter().map(|x| scale * x).collect();
        let v = noise(n, seed + 100);
        let moved = |by: f64| z.iter().zip(&v).map(|(z, v)| z + by * v).collect::<Vec<_>>();
        let (mut up, mut down, mut dz) = (vec![0.0; n], vec![0.0; n], vec![f64::NAN; n]);
        let rise = loss.eval(&moved(h), t, &mut up) - loss.eval(&moved(-h), t, &mut down);
        loss.eval(&z, t, &mut dz);
        let (along, want) = (dot(&dz, &v), rise / (2.0 * h));
        let size = dot(&dz, &dz).sqrt() * dot(&v, &v).sqrt();
        assert!(
            (along - want).abs() <= 1e-6 * size.max(1e-4),
            "{loss:?} n {n}: gradient {along}, difference {want}"
        );

        let mut hv = vec![f64::NAN; n];
        loss.hvp(&z, t, &v, &mut hv);
        let want: Vec<f64> = up.iter().zip(&down).map(|(u, d)| (u - d) / (2.0 * h)).collect();
        let off = hv.iter().zip(&want).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        assert!(
            off <= 1e-6 * dot(&want, &want).sqrt().max(1e-4),
            "{loss:?} n {n}: hvp {hv:?}, difference {want:?}"
        );
    }
}

/// Compares both gradients of a loss on pairs with central differences along random directions.
pub(crate) fn check_pairs<L: PairLoss<f64>>(loss: &L, n: usize, y: usize, scale: f64) {
    let h = 1e-5;
    for seed in 1..6 {
        let z: Vec<f64> = noise(2 * n, seed).iter().map(|x| scale * x).collect();
        let v = noise(2 * n, seed + 100);
        let at = |by: f64| {
            let z: Vec<f64> = z.iter().zip(&v).map(|(z, v)| z + by * v).collect();
            let mut dz = vec![f64::NAN; 2 * n];
            let (d, d_adv) = dz.split_at_mut(n);
            (loss.eval(&z[..n], &z[n..], y, [d, d_adv]), dz)
        };
        let (along, want) = (dot(&at(0.0).1, &v), (at(h).0 - at(-h).0) / (2.0 * h));
        assert!(
            (along - want).abs() <= 1e-7 * want.abs().max(1.0),
            "{loss:?} n {n}: {along}, difference {want}"
        );
    }
}
