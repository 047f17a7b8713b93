//! Products through `gemm` into a matrix that is kept: M x K x N, with neither, the second or the first factor stored transposed. Some of them also in
//! parts of bf16, through `gemm_in`.
//!
//! Factors are uniform in [0, 1); the loss is the mean of the product, about K/4.

use crate::numbers::{mean, uniform};
use crate::pace::Metric;
use crate::repeat::passes;
use crate::row::{Row, Run, named};
use crate::setting::Outcome;
use sparring_tensor::{Mat, MatMut, Precision, gemm_in};

/// Rows, inner length, columns.
const SHAPES: [[usize; 3]; 8] = [
    [128, 784, 128],
    [128, 128, 64],
    [32, 784, 64],
    [256, 256, 256],
    [512, 512, 512],
    [1024, 1024, 1024],
    [2048, 2048, 2048],
    [128, 3136, 1024],
];

/// Those that are also run in parts.
const IN_PARTS: [[usize; 3]; 2] = [[1024, 1024, 1024], [128, 3136, 1024]];

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for precision in Precision::ALL {
        let shapes: &[_] = if precision == Precision::F32 { &SHAPES } else { &IN_PARTS };
        for &[m, k, n] in shapes {
            for (form, ta, tb) in [("nn", false, false), ("nt", false, true), ("tn", true, false)] {
                let id = named(&format!("gemm_{m}x{k}x{n}_{form}"), precision);
                let run = product([m, k, n], ta, tb, precision);
                rows.push(Row { threads: &[2, 1], precision, ..Row::new(id, Metric::Giga("GFLOP/s"), run) });
            }
        }
    }
    rows
}

fn product(shape: [usize; 3], ta: bool, tb: bool, precision: Precision) -> Run {
    Box::new(move |setting, pace| {
        if let Some(reason) = setting.too_slow(precision) {
            return Ok(Outcome::Skipped(reason));
        }
        let [m, k, n] = shape.map(|d| setting.size(d, d / 8));
        let (a, b) = (uniform(1, m * k, 0.0, 1.0), uniform(2, k * n, 0.0, 1.0));
        let mut out = vec![0.0; m * n];
        let step = |out: &mut Vec<f32>| {
            let left = if ta { Mat::new(&a, k, m).t() } else { Mat::new(&a, m, k) };
            let right = if tb { Mat::new(&b, n, k).t() } else { Mat::new(&b, k, n) };
            gemm_in(precision, left, right, 0.0, MatMut::new(out, m, n));
        };
        passes(setting, pace, &mut out, 2.0 * (m * k * n) as f64, step, |out| mean(out));
        Ok(Outcome::Done)
    })
}
