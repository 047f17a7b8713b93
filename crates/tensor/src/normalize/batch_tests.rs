use super::*;
use crate::Elem;
use proptest::prelude::*;

/// Numbers about `level`.
fn numbers<E: Elem>(n: usize, salt: usize, level: f64) -> Vec<E> {
    (0..n).map(|i| E::of(level + ((i * 2654435761 + salt * 7919) % 10007) as f64 / 2501.0 - 2.0)).collect()
}

/// Examples that lie apart: where row `r` of channel `c` stands.
#[derive(Clone, Copy)]
struct Place {
    pixels: usize,
    channels: usize,
    apart: usize,
}

impl Place {
    fn at(&self, row: usize, c: usize) -> usize {
        row / self.pixels * self.apart + row % self.pixels * self.channels + c
    }
    fn numbers<E: Elem>(&self, n: usize, salt: usize, level: f64) -> Vec<E> {
        numbers(n * self.apart, salt, level)
    }
}

fn check_batch<E: Elem>(n: usize, pixels: usize, channels: usize, gaps: [usize; 4], level: f64) {
    let block = BatchNormBlock::new(pixels, channels);
    let places = gaps.map(|gap| Place { pixels, channels, apart: block.example() + gap });
    let apart = places.map(|p| p.apart);
    let [px, pdy, py, pdx] = places;
    let (x, dy) = (px.numbers::<E>(n, 1, level), pdy.numbers::<E>(n, 2, 0.3));
    let rows = n * pixels;
    let sum = |f: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
        (0..channels).map(|c| (0..rows).map(|r| f(r, c)).sum()).collect()
    };
    let number = |x: &[E], p: Place, r: usize, c: usize| x[p.at(r, c)].to_f64();

    let mut moments = Moments::new(channels);
    block.moments(n, &x, apart[0], &mut moments);
    assert_eq!(moments.count(), rows);
    let divisor = rows.max(1) as f64;
    let mean: Vec<f64> = sum(&|r, c| number(&x, px, r, c)).iter().map(|s| s / divisor).collect();
    let squares = sum(&|r, c| (number(&x, px, r, c) - mean[c]).powi(2));
    let eps = E::EPSILON.to_f64();
    for c in 0..channels {
        // Partial sums of a hundred deviations of at most 2 are rounded, then divided.
        assert!((moments.mean()[c] - mean[c]).abs() <= 30.0 * eps * (1.0 + level.abs()), "mean of {c}");
        assert!(
            (moments.squares()[c] - squares[c]).abs() <= 60.0 * eps * (1e-3 + squares[c]),
            "squares of {c}"
        );
    }

    let (scale, shift) = (numbers::<E>(channels, 3, 0.1), numbers::<E>(channels, 4, 0.0));
    let mut y = py.numbers::<E>(n, 5, 0.0);
    let (before, mut relu) = (y.clone(), y.clone());
    block.affine(n, &x, &mut y, [apart[0], apart[2]], &scale, &shift);
    block.relu_affine(n, &x, &mut relu, [apart[0], apart[2]], &scale, &shift);
    let (mut in_place, mut relu_in_place) = (x.clone(), x.clone());
    block.affine_in_place(n, &mut in_place, apart[0], &scale, &shift);
    block.relu_affine_in_place(n, &mut relu_in_place, apart[0], &scale, &shift);
    let (mut wanted, mut wanted_relu) = (before.clone(), before);
    let mut wanted_in_place = [x.clone(), x.clone()];
    for (r, c) in (0..rows).flat_map(|r| (0..channels).map(move |c| (r, c))) {
        let v = x[px.at(r, c)] * scale[c] + shift[c];
        let positive = if v < E::ZERO { E::ZERO } else { v };
        (wanted[py.at(r, c)], wanted_relu[py.at(r, c)]) = (v, positive);
        (wanted_in_place[0][px.at(r, c)], wanted_in_place[1][px.at(r, c)]) = (v, positive);
    }
    assert!(y == wanted && relu == wanted_relu, "affine {n} {pixels} {channels} {gaps:?}");
    assert!([in_place, relu_in_place] == wanted_in_place, "in place {n} {pixels} {channels} {gaps:?}");

    let centre = numbers::<E>(channels, 6, level);
    let mask = |r: usize, c: usize| if relu[py.at(r, c)] > E::ZERO { 1.0 } else { 0.0 };
    let (mut sums, mut relu_sums) = (GradSums::new(channels), GradSums::new(channels));
    block.grad_sums(n, &x, &dy, [apart[0], apart[1]], &centre, &mut sums);
    block.relu_grad_sums(n, &x, &dy, &relu, [apart[0], apart[1], apart[2]], &centre, &mut relu_sums);
    let with = |mask: &dyn Fn(usize, usize) -> f64, sums: &GradSums| {
        let dys = sum(&|r, c| mask(r, c) * number(&dy, pdy, r, c));
        let products =
            sum(&|r, c| mask(r, c) * number(&dy, pdy, r, c) * (number(&x, px, r, c) - centre[c].to_f64()));
        for c in 0..channels {
            // Each term is at most 3 · 5, its x rounded about `level`.
            let most = eps * divisor * (30.0 + 3.0 * level.abs());
            assert!(
                (sums.dy()[c] - dys[c]).abs() <= most && (sums.dy_x()[c] - products[c]).abs() <= 5.0 * most
            );
        }
    };
    with(&|_, _| 1.0, &sums);
    with(&mask, &relu_sums);

    let k = [7, 8, 11, 9].map(|salt| numbers::<E>(channels, salt, 0.0));
    let k: [&[E]; 4] = [&k[0], &k[1], &k[2], &k[3]];
    let dx = pdx.numbers::<E>(n, 10, 0.0);
    let (mut plain, mut masked) = (dx.clone(), dx.clone());
    block.input_grad(n, &x, &dy, &mut plain, [apart[0], apart[1], apart[3]], k);
    block.relu_input_grad(n, &x, &dy, &relu, &mut masked, apart, k);
    let (mut plain_in_place, mut masked_in_place) = (dy.clone(), dy.clone());
    block.input_grad_in_place(n, &x, &mut plain_in_place, [apart[0], apart[1]], k);
    block.relu_input_grad_in_place(n, &x, &mut masked_in_place, &relu, [apart[0], apart[1], apart[2]], k);
    let (mut wanted, mut in_place) = ([dx.clone(), dx], [dy.clone(), dy.clone()]);
    for (r, c) in (0..rows).flat_map(|r| (0..channels).map(move |c| (r, c))) {
        let (x, d) = (x[px.at(r, c)], dy[pdy.at(r, c)]);
        for (i, d) in [d, d * E::of(mask(r, c))].into_iter().enumerate() {
            let v = k[0][c] * d + (k[1][c] * (x - k[2][c]) + k[3][c]);
            (wanted[i][pdx.at(r, c)], in_place[i][pdy.at(r, c)]) = (v, v);
        }
    }
    assert!([plain, masked] == wanted, "input_grad {n} {pixels} {channels} {gaps:?}");
    assert!([plain_in_place, masked_in_place] == in_place, "in place {n} {pixels} {channels} {gaps:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn batch_norm_is_a_plain_loop(
        n in 0usize..7, pixels in 1usize..60, channels in 1usize..80, gaps in [0usize..3, 0usize..3, 0usize..3, 0usize..3],
        dense: bool,
    ) {
        let gaps = if dense { [0; 4] } else { gaps };
        check_batch::<f32>(n, pixels, channels, gaps, 0.0);
        check_batch::<f64>(n, pixels, channels, gaps, 1.0);
        // Vectors.
        check_batch::<f32>(n * 8, 1, channels, gaps, 2.0);
    }
}

#[test]
fn wide_vectors_and_many_rows() {
    check_batch::<f32>(3, 1, 784, [0, 1, 2, 0], 0.5);
    check_batch::<f32>(2, 1000, 3, [0; 4], 0.0);
    check_batch::<f32>(1, 1, 1, [0; 4], 0.0);
}

/// 100,000 rows far from 0, channels of 1, 3, 16 and 48: `f32` sums must keep the variance.
#[test]
fn long_sums_are_accurate() {
    for channels in [1, 3, 16, 48] {
        let rows = 100_000;
        let x: Vec<f32> = numbers(rows * channels, 1, 30.0);
        let mut moments = Moments::new(channels);
        BatchNormBlock::new(1, channels).moments(rows, &x, channels, &mut moments);
        for c in 0..channels {
            let column = || x[c..].iter().step_by(channels).map(|&v| f64::from(v));
            let mean = column().sum::<f64>() / rows as f64;
            let squares: f64 = column().map(|x| (x - mean).powi(2)).sum();
            assert!((moments.mean()[c] - mean).abs() < 1e-6, "mean {} and {mean}", moments.mean()[c]);
            assert!(
                (moments.squares()[c] / squares - 1.0).abs() < 1e-6,
                "{} and {squares}",
                moments.squares()[c]
            );
        }
    }
}

#[test]
fn shards_merge_to_the_whole() {
    let (block, x) = (BatchNormBlock::new(5, 3), numbers::<f64>(7 * 15, 1, 9.0));
    let mut whole = Moments::new(3);
    block.moments(7, &x, 15, &mut whole);
    let (mut merged, mut part) = (Moments::new(3), Moments::new(3));
    for (from, n) in [(0, 2), (2, 0), (2, 4), (6, 1)] {
        block.moments(n, &x[from * 15..], 15, &mut part);
        merged.merge(&part);
    }
    assert_eq!(merged.count(), 35);
    for c in 0..3 {
        assert!((merged.mean()[c] - whole.mean()[c]).abs() < 1e-12);
        assert!((merged.squares()[c] / whole.squares()[c] - 1.0).abs() < 1e-12);
    }
    merged.clear();
    assert_eq!(merged, Moments::new(3));
    let mut sums = GradSums::new(3);
    block.grad_sums(7, &x, &x, [15; 2], &[0.0; 3], &mut sums);
    let once = sums.clone();
    sums.add(&once);
    assert!(sums.dy()[2] == 2.0 * once.dy()[2] && sums.dy_x()[2] == 2.0 * once.dy_x()[2]);
}

/// The formulas of the documentation are the gradient: against differences of the forward pass.
#[test]
fn the_formulas_are_the_gradient() {
    let (n, channels, eps) = (6, 2, 1e-5);
    let block = BatchNormBlock::new(1, channels);
    let (x, dy) = (numbers::<f64>(n * channels, 1, 0.5), numbers::<f64>(n * channels, 2, 0.0));
    let (gain, bias) = ([1.5, -0.5], [0.25, 1.0]);
    let statistics = |x: &[f64]| {
        let mut moments = Moments::new(channels);
        block.moments(n, x, channels, &mut moments);
        let r: Vec<f64> = moments.squares().iter().map(|s| 1.0 / (s / n as f64 + eps).sqrt()).collect();
        (moments.mean().to_vec(), r)
    };
    let loss = |x: &[f64]| {
        let ((mean, r), mut y) = (statistics(x), vec![0.0; x.len()]);
        let scale = [gain[0] * r[0], gain[1] * r[1]];
        let shift = [bias[0] - mean[0] * scale[0], bias[1] - mean[1] * scale[1]];
        block.relu_affine(n, x, &mut y, [channels; 2], &scale, &shift);
        (y.iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>(), y)
    };
    let ((mean, r), (_, y)) = (statistics(&x), loss(&x));
    let mut sums = GradSums::new(channels);
    block.relu_grad_sums(n, &x, &dy, &y, [channels; 3], &mean, &mut sums);
    let (mut a, mut b, mut d) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    for c in 0..channels {
        a[c] = gain[c] * r[c];
        b[c] = -gain[c] * r[c].powi(3) / n as f64 * sums.dy_x()[c];
        d[c] = -a[c] / n as f64 * sums.dy()[c];
    }
    let mut dx = vec![0.0; x.len()];
    block.relu_input_grad(n, &x, &dy, &y, &mut dx, [channels; 4], [&a, &b, &mean, &d]);
    for i in 0..x.len() {
        let moved = |by: f64| {
            let mut x = x.clone();
            x[i] += by;
            loss(&x).0
        };
        let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        assert!((dx[i] - difference).abs() < 1e-8, "{i}: {} and {difference}", dx[i]);
    }
}

#[test]
fn nan_reaches_its_channel_alone() {
    let mut x = vec![1.0f32; 40 * 3];
    x[7] = f32::NAN;
    let mut moments = Moments::new(3);
    BatchNormBlock::new(4, 3).moments(10, &x, 12, &mut moments);
    assert!(moments.mean()[1].is_nan() && moments.squares()[1].is_nan());
    assert_eq!((moments.mean()[0], moments.squares()[2]), (1.0, 0.0));
}

#[test]
#[should_panic(expected = "batch norm affine: [2, 3] numbers for 3 channels")]
fn missing_coefficients_are_named() {
    BatchNormBlock::new(1, 3).affine(1, &[0.0f32; 3], &mut [0.0; 3], [3, 3], &[1.0; 2], &[0.0; 3]);
}
