//! What the tape itself costs: a chain of operations on one number. Elements = operations.
#![allow(missing_docs)] // criterion_group! makes an undocumented function

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sparring_autograd::{Tape, Var};
use sparring_tensor::{Array, Tensor};
use std::hint::black_box;

/// Operations in the chain.
const OPS: usize = 64;

fn chain<'t>(tape: &'t Tape<f32>, x: &Tensor) -> (Var<'t, f32>, Var<'t, f32>) {
    let x = tape.leaf(x.clone());
    let mut y = x;
    for _ in 0..OPS / 2 {
        y = y * x + x;
    }
    (x, y)
}

fn tape(c: &mut Criterion) {
    let mut group = c.benchmark_group("tape");
    group.throughput(Throughput::Elements(OPS as u64));
    let x = Tensor::from_slice([1], &[0.5]);
    let mut tape = Tape::new();
    group.bench_function("forward", |b| {
        b.iter(|| {
            black_box(chain(&tape, &x));
            tape.reset();
        });
    });
    group.bench_function("forward and backward", |b| {
        b.iter(|| {
            {
                let (x, y) = chain(&tape, &x);
                black_box(tape.backward(y, Array::ones([1])).get(x));
            }
            tape.reset();
        });
    });
    group.finish();
}

criterion_group!(benches, tape);
criterion_main!(benches);
