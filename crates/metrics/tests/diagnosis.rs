//! Figures of layers, against plain loops and closed forms.

use sparring_metrics::{Histogram, MetricsError, RunningMoments, UnitActivity, effective_rank};

fn noise(n: usize) -> Vec<f32> {
    let mixed = |i: usize| (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (0..n).map(|i| ((mixed(i) ^ (mixed(i) >> 29)) >> 40) as f32 / (1u64 << 24) as f32).collect()
}

#[test]
fn moments_of_parts_are_those_of_the_whole() {
    let mut x: Vec<f32> = noise(1001).into_iter().map(|v| 1e3 + (3.0 * v).exp()).collect();
    x[17] = 0.0;
    x[18] = -0.0;
    let n = x.len() as f64;
    let mean = x.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    let moment = |k| x.iter().map(|&v| (f64::from(v) - mean).powi(k)).sum::<f64>() / n;
    let mut of = RunningMoments::default();
    for part in x.chunks(37) {
        of.push(part);
    }
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs();
    assert!(near(of.mean(), mean) && near(of.std(), moment(2).sqrt()));
    assert!(near(of.skew(), moment(3) / moment(2).powf(1.5)), "{}", of.skew());
    let squares: f64 = x.iter().map(|&v| f64::from(v) * f64::from(v)).sum();
    assert!(near(of.l2(), squares.sqrt()) && near(of.rms(), (squares / n).sqrt()));
    assert_eq!((of.zeros, of.sparsity()), (2, 2.0 / n));
    let before = of;
    of.push(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
    assert_eq!((of.nan, of.inf, of.count, of.mean()), (1, 2, before.count, before.mean()));
    let none = RunningMoments::default();
    assert_eq!((none.mean(), none.std(), none.skew(), none.l2(), none.sparsity()), (0.0, 0.0, 0.0, 0.0, 0.0));
}

#[test]
fn bins_hold_what_a_loop_counts() {
    let x: Vec<f32> = noise(5000).into_iter().map(|v| v * v * 7.0 - 2.0).collect();
    let mut of = Histogram::default();
    of.push(&[f32::NAN]);
    of.push(&x);
    for bin in 0..Histogram::BINS {
        let edge = |i: usize| of.low + (of.high - of.low) * i as f64 / 64.0;
        let inside = |v: &&f32| {
            let v = f64::from(**v);
            v >= edge(bin) && (v < edge(bin + 1) || bin == 63)
        };
        // A number on an edge may be rounded to either side.
        let counted = x.iter().filter(inside).count() as i64;
        assert!((counted - of.counts[bin] as i64).abs() <= 1, "bin {bin}");
    }
    assert_eq!(of.counts.iter().sum::<u64>() + of.below + of.above, 5000);
    let mut equal = Histogram::default();
    equal.push(&[3.0; 9]);
    assert_eq!((equal.counts[0], equal.low, equal.high), (9, 3.0, 3.0));
}

/// Slopes of random units, some of which are made dead or frozen, against loops over all examples.
#[test]
fn dead_and_frozen_units_are_those_of_a_loop() {
    let (channels, positions, examples) = (6, 4, 50);
    let units = channels * positions;
    let mut slopes = noise(examples * units);
    for row in slopes.chunks_exact_mut(units) {
        // A channel that is dead, one that is frozen, a dead position of another.
        row[..4].fill(0.0);
        row[4..8].iter_mut().for_each(|s| *s *= -9e-7);
        row[9] = 0.0;
    }
    // Active once is not dead.
    slopes[30 * units + 9 + 2] = 1.0;
    let mut of = UnitActivity::new(channels, units);
    for part in slopes.chunks(7 * units) {
        of.push(part, 1.0);
    }
    let largest = |u: usize| (0..examples).map(|e| slopes[e * units + u].abs()).fold(0.0, f32::max);
    let below = |u: usize, bound: f32| if bound == 0.0 { largest(u) == 0.0 } else { largest(u) < bound };
    let found = of.fractions();
    for (bound, positions_found, channels_found) in
        [(0.0, found.dead_positions, found.dead), (1e-6, found.frozen_positions, found.frozen)]
    {
        let one = (0..units).filter(|&u| below(u, bound)).count();
        let whole = (0..channels).filter(|c| (0..positions).all(|p| below(c * positions + p, bound))).count();
        assert_eq!(positions_found, one as f64 / units as f64);
        assert_eq!(channels_found, whole as f64 / channels as f64);
        assert!(whole > 0 && one > whole * positions);
    }
    let saturated = slopes.iter().filter(|s| s.abs() < 0.01).count();
    assert_eq!(found.saturated, saturated as f64 / slopes.len() as f64);
}

#[test]
fn effective_ranks_of_known_rows() {
    // ± along each of k axes: centred, k equal singular values.
    for (k, dim) in [(1, 9), (5, 5), (7, 30)] {
        let mut rows = vec![0.0f32; 2 * k * dim];
        for i in 0..k {
            rows[2 * i * dim + i] = 3.0;
            rows[(2 * i + 1) * dim + i] = -3.0;
        }
        let shifted: Vec<f32> = rows.iter().map(|v| v + 8.0).collect();
        for rows in [&rows, &shifted] {
            assert!((effective_rank(rows, dim).unwrap() - k as f64).abs() < 1e-6, "{k} of {dim}");
        }
    }
    // Singular values 3 and 1 (times √2): e^H by hand.
    let rows = [3.0, 0.0, -3.0, 0.0, 0.0, 1.0, 0.0, -1.0f32];
    let h = -(0.75f64 * 0.75f64.ln() + 0.25 * 0.25f64.ln());
    assert!((effective_rank(&rows, 2).unwrap() - h.exp()).abs() < 1e-9);
    assert_eq!(effective_rank(&[5.0; 12], 3).unwrap(), 0.0);
    assert_eq!(effective_rank(&[0.1; 300], 3).unwrap(), 0.0);
    assert_eq!(effective_rank(&[], 3), Err(MetricsError::Empty));
    assert_eq!(effective_rank(&[1.0; 4], 3), Err(MetricsError::Ragged { len: 4, dim: 3 }));
    assert_eq!(effective_rank(&[1.0, f32::NAN], 1), Err(MetricsError::NotFinite { row: 1 }));
}
