//! Convolutions of the FGSM-RS net: forward, and both gradients.
#![allow(missing_docs)] // criterion_group! makes an undocumented function

use benches::{FGSM_RS, normal};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sparring_tensor::{ConvGeometry, Shape, conv2d, conv2d_input_grad, conv2d_weight_grad};
use std::hint::black_box;

const GEOMETRY: ConvGeometry = ConvGeometry { stride: [2, 2], padding: [1, 1] };

fn convolutions(c: &mut Criterion) {
    let mut group = c.benchmark_group("conv");
    for conv in FGSM_RS {
        let (x, w, dy) = (normal(&conv.input, 1), normal(&conv.weight, 2), normal(&conv.output, 3));
        let bias = normal(&conv.weight[..1], 4);
        group.throughput(Throughput::Elements(2 * conv.multiplications()));
        group.bench_function(BenchmarkId::new("forward", conv.name), |b| {
            b.iter(|| conv2d(black_box(&x), &w, Some(&bias), GEOMETRY));
        });
        group.bench_function(BenchmarkId::new("input gradient", conv.name), |b| {
            b.iter(|| conv2d_input_grad(black_box(&dy), &w, Shape::new(&conv.input), GEOMETRY));
        });
        group.bench_function(BenchmarkId::new("weight gradient", conv.name), |b| {
            b.iter(|| conv2d_weight_grad(black_box(&x), &dy, Shape::new(&conv.weight), GEOMETRY));
        });
    }
    group.finish();
}

criterion_group!(benches, convolutions);
criterion_main!(benches);
