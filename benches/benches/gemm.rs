//! Matrix products: square ones, and those of the articles' classifier.
#![allow(missing_docs)] // criterion_group! makes an undocumented function

use benches::normal;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sparring_tensor::{Mat, MatMut, gemm};
use std::hint::black_box;

/// Rows, inner length, columns.
const SHAPES: [[usize; 3]; 7] = [
    [64, 64, 64],
    [256, 256, 256],
    [512, 512, 512],
    [128, 784, 128],
    [128, 1568, 100],
    [128, 100, 10],
    [1, 784, 128],
];

fn products(c: &mut Criterion) {
    let mut group = c.benchmark_group("gemm");
    for [m, k, n] in SHAPES {
        let (a, b) = (normal(&[m, k], 1), normal(&[k, n], 2));
        let bt = normal(&[n, k], 3);
        let mut out = vec![0.0; m * n];
        group.throughput(Throughput::Elements(2 * (m * k * n) as u64));
        let name = format!("{m}x{k}x{n}");
        group.bench_function(BenchmarkId::new("a b", &name), |bench| {
            bench.iter(|| {
                let (a, b) = (Mat::new(a.as_slice(), m, k), Mat::new(b.as_slice(), k, n));
                gemm(a, b, 0.0, MatMut::new(black_box(&mut out), m, n));
            });
        });
        group.bench_function(BenchmarkId::new("a bt", &name), |bench| {
            bench.iter(|| {
                let (a, b) = (Mat::new(a.as_slice(), m, k), Mat::new(bt.as_slice(), n, k).t());
                gemm(a, b, 0.0, MatMut::new(black_box(&mut out), m, n));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, products);
criterion_main!(benches);
