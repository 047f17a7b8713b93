use super::LayerNormBlock;
use crate::Elem;
use proptest::prelude::*;

/// Numbers about `level`.
fn numbers<E: Elem>(n: usize, salt: usize, level: f64) -> Vec<E> {
    (0..n).map(|i| E::of(level + ((i * 2654435761 + salt * 7919) % 10007) as f64 / 2501.0 - 2.0)).collect()
}

fn near<E: Elem>(a: &[E], b: &[f64], tolerance: f64) {
    let tolerance = tolerance * E::EPSILON.to_f64();
    assert_eq!(a.len(), b.len());
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a.to_f64() - b).abs() <= tolerance * (1.0 + b.abs()), "{i}: {a} and {b}");
    }
}

fn check_layer<E: Elem>(n: usize, len: usize, gaps: [usize; 3]) {
    let apart = gaps.map(|gap| len + gap);
    let block = LayerNormBlock::new(len, 1e-5);
    let (x, dy) = (numbers::<E>(n * apart[0], 1, 3.0), numbers::<E>(n * apart[1], 2, 0.0));
    let (gain, bias) = (numbers::<E>(len, 3, 1.0), numbers::<E>(len, 4, 0.0));
    let (mut mean, mut rstd) = (vec![E::ZERO; n], vec![E::ZERO; n]);
    let (mut y, mut dx) = (vec![E::ZERO; n * len], vec![E::ONE; n * apart[2]]);
    let (mut dgain, mut dbias) = (vec![E::ONE; len], vec![E::ONE; len]);
    block.forward(n, &x, &mut y, [apart[0], len], &gain, &bias, &mut mean, &mut rstd);
    block.backward(n, &x, &dy, &mut dx, apart, &gain, &mean, &rstd, &mut dgain, &mut dbias);
    let mut alone = vec![E::ONE; dx.len()];
    block.input_grad(n, &x, &dy, &mut alone, apart, &gain, &mean, &rstd);
    assert_eq!(alone, dx);
    let (mut wanted_dgain, mut wanted_dbias) = (vec![1.0; len], vec![1.0; len]);
    for i in 0..n {
        let row = |x: &[E], apart: usize| -> Vec<f64> {
            x[i * apart..][..len].iter().map(|v| v.to_f64()).collect()
        };
        let (x, dy, count) = (row(&x, apart[0]), row(&dy, apart[1]), len as f64);
        let m = x.iter().sum::<f64>() / count;
        let r = 1.0 / (x.iter().map(|x| (x - m).powi(2)).sum::<f64>() / count + 1e-5).sqrt();
        let hat: Vec<f64> = x.iter().map(|x| (x - m) * r).collect();
        let g: Vec<f64> = dy.iter().zip(&gain).map(|(dy, gain)| dy * gain.to_f64()).collect();
        let g_mean = g.iter().sum::<f64>() / count;
        let g_hat = g.iter().zip(&hat).map(|(g, h)| g * h).sum::<f64>() / count;
        // Of rows that hardly vary, rstd magnifies what rounding does to x.
        let tolerance = 40.0 * (1.0 + r) * (1.0 + r);
        near(&mean[i..=i], &[m], 8.0);
        near(&rstd[i..=i], &[r], tolerance);
        let output = |l: usize| hat[l] * gain[l].to_f64() + bias[l].to_f64();
        near(&y[i * len..][..len], &(0..len).map(output).collect::<Vec<_>>(), tolerance);
        let grad = |l: usize| r * (g[l] - g_mean - hat[l] * g_hat);
        near(&dx[i * apart[2]..][..len], &(0..len).map(grad).collect::<Vec<_>>(), tolerance * (1.0 + r));
        assert!(dx[i * apart[2] + len..(i + 1) * apart[2]].iter().all(|&v| v == E::ONE));
        for l in 0..len {
            wanted_dgain[l] += dy[l] * hat[l];
            wanted_dbias[l] += dy[l];
        }
    }
    near(&dgain, &wanted_dgain, 2000.0);
    near(&dbias, &wanted_dbias, 40.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn layer_norm_is_a_plain_loop(n in 0usize..5, len in 2usize..150, gaps in [0usize..3, 0usize..3, 0usize..3]) {
        check_layer::<f32>(n, len, gaps);
        check_layer::<f64>(n, len, gaps);
    }
}
