//! The table of checks: one row for each file under `ops/`. `cargo xtask tidy` fails when a file has none.

use super::cubic::Cubic;
use super::directions::Directions;
use super::{Checking, Function, gradcheck, gradgradcheck};
use crate::{Path, Tape, Var, ops};
use sparring_activations as act;
use sparring_losses as losses;
use sparring_tensor::{Array, ConvGeometry, Index, PoolGeometry, Shape, Trans};
use std::sync::Arc;

/// Smooth sample points: entries in [−1, 1), moved away from 0 (kinks, poles) by `push`.
fn sample(seed: u64, shape: &[usize], push: f64) -> Array<f64> {
    let mut random = Directions::new(seed);
    Array::from_fn(Shape::new(shape), |_| {
        let x = random.next();
        x + push * if x < 0.0 { -1.0 } else { 1.0 }
    })
}

/// First and second order, all inputs; `accumulate` equal to `vjp`; each input alone equal to its part of all.
fn check(name: &str, f: impl Function, shapes: &[&[usize]], prepare: impl Fn(f64) -> f64) {
    for seed in [11, 23] {
        let prepared = |(i, s): (usize, &&[usize])| {
            let mut x = sample(seed + i as u64, s, 0.05);
            x.as_mut_slice().iter_mut().for_each(|v| *v = prepare(*v));
            x
        };
        let inputs: Vec<_> = shapes.iter().enumerate().map(prepared).collect();
        let how = Checking { seed, ..Checking::default() };
        gradcheck(&f, &inputs, how).unwrap_or_else(|e| panic!("{name}: {e}"));
        gradgradcheck(&f, &inputs, how).unwrap_or_else(|e| panic!("{name}, second order: {e}"));
        paths_agree(name, &f, &inputs);
    }
}

fn paths_agree(name: &str, f: &impl Function, inputs: &[Array<f64>]) {
    let run = |path: Path, only: Option<usize>| {
        let tape = Tape::new();
        let bind = |(i, x): (usize, &Array<f64>)| {
            if only.is_none_or(|k| k == i) { tape.leaf(x.clone()) } else { tape.constant(x.clone()) }
        };
        let xs: Vec<_> = inputs.iter().enumerate().map(bind).collect();
        let y = f(&tape, &xs);
        let grads = tape.backward_by(y, Directions::new(5).like(&y.value()), path);
        xs.iter().map(|x| grads.get(*x).cloned()).collect::<Vec<_>>()
    };
    let fast = run(Path::Fast, None);
    let definition = run(Path::Definition, None);
    for (i, (a, b)) in fast.iter().zip(&definition).enumerate() {
        let (a, b) = (a.as_ref().unwrap(), b.as_ref().unwrap());
        let gap = a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(gap < 1e-12, "{name}: accumulate and vjp differ by {gap} at input {i}");
        let alone = run(Path::Fast, Some(i));
        assert_eq!(alone[i].as_ref(), Some(a), "{name}: input {i} alone gives another gradient");
        assert!(alone.iter().enumerate().all(|(k, g)| k == i || g.is_none()), "{name}: an unasked gradient");
    }
}

fn same(x: f64) -> f64 {
    x
}
/// x with mean 0 and variance 1 over the axes of extent 1, plus a term in the mean.
fn norm<'t>(x: Var<'t, f64>, shape: &[usize]) -> Var<'t, f64> {
    let m = ops::moments(x, Shape::new(shape));
    m.normalized(1e-2) + ops::square(m.mean)
}
fn positive(x: f64) -> f64 {
    x.abs() + 0.3
}

macro_rules! checks {
    ($($op:ident => $body:expr;)*) => {
        $(#[test] fn $op() { $body; })*
        /// The operations with a row.
        const CHECKED: &[&str] = &[$(stringify!($op)),*];
    };
}

const STRIDED: ConvGeometry = ConvGeometry { stride: [2, 1], padding: [1, 2] };
const WINDOW: PoolGeometry = PoolGeometry { kernel: [2, 3], stride: [2, 1], padding: [1, 0] };

checks! {
    add => {
        check("add", |_, x| x[0] + x[1], &[&[2, 3], &[2, 3]], same);
        check("add broadcast", |_, x| x[0] + x[1], &[&[2, 3, 1], &[4]], same);
        check("add twice", |_, x| x[0] + x[0], &[&[3]], same)
    };
    sub => {
        check("sub", |_, x| x[0] - x[1], &[&[2, 1, 2], &[3, 1]], same);
        check("sub twice", |_, x| x[0] - x[0] * x[0], &[&[3]], same)
    };
    mul => {
        check("mul", |_, x| x[0] * x[1], &[&[2, 3], &[3]], same);
        check("mul twice", |_, x| x[0] * x[0], &[&[3]], same)
    };
    div => check("div", |_, x| x[0] / x[1], &[&[2, 3], &[2, 1]], positive);
    scale => check("scale", |_, x| ops::scale(x[0], -1.7) * x[0], &[&[2, 3]], same);
    offset => check("offset", |_, x| ops::offset(x[0], 0.7) * x[0], &[&[2, 3]], same);
    exp => check("exp", |_, x| ops::exp(x[0]), &[&[2, 3]], same);
    ln => check("ln", |_, x| ops::ln(x[0]), &[&[2, 3]], positive);
    sqrt => check("sqrt", |_, x| ops::sqrt(x[0]), &[&[2, 3]], positive);
    square => check("square", |_, x| ops::square(x[0]), &[&[2, 3]], same);
    reshape => check("reshape", |_, x| ops::reshape(x[0] * x[0], [3, 2]), &[&[2, 3]], same);
    permute => check("permute", |_, x| ops::permute(x[0] * x[0], &[2, 0, 3, 1]), &[&[2, 3, 1, 2]], same);
    broadcast_to => check("broadcast_to", |_, x| ops::square(ops::broadcast_to(x[0], [2, 4, 3])), &[&[4, 1]], same);
    sum_to => check("sum_to", |_, x| ops::square(ops::sum_to(x[0], [1, 3])), &[&[4, 2, 3]], same);
    sum => {
        check("sum", |_, x| ops::square(ops::sum(x[0])), &[&[2, 3]], same);
        check("mean", |_, x| ops::square(ops::mean(x[0])), &[&[2, 3]], same);
        check("sum_last", |_, x| ops::square(ops::sum_last(x[0])), &[&[2, 3]], same);
        check("mean_to", |_, x| ops::square(ops::mean_to(x[0], [3, 1])), &[&[2, 3, 4]], same);
        check("batch norm", |_, x| norm(x[0], &[1, 2, 1, 1]) * x[1], &[&[2, 2, 2, 3], &[2, 1, 1]], same);
        check("layer norm", |_, x| norm(x[0], &[3, 1]) * x[1], &[&[3, 5], &[5]], same)
    };
    masked => check("masked", |_, x| ops::square(ops::masked(x[0], Array::from_fn([2, 3], |i| (i % 2) as f64))), &[&[2, 3]], same);
    matmul => {
        check("matmul", |_, x| ops::matmul(x[0], x[1]), &[&[2, 3], &[3, 4]], same);
        check("matmul tn", |_, x| ops::matmul_t(x[0], Trans::Yes, x[1], Trans::No), &[&[3, 2], &[3, 4]], same);
        check("matmul nt", |_, x| ops::matmul_t(x[0], Trans::No, x[1], Trans::Yes), &[&[2, 3], &[4, 3]], same);
        check("matmul tt", |_, x| ops::matmul_t(x[0], Trans::Yes, x[1], Trans::Yes), &[&[3, 2], &[4, 3]], same);
        check("matmul twice", |_, x| ops::matmul_t(x[0], Trans::No, x[0], Trans::Yes), &[&[2, 3]], same)
    };
    linear => {
        check("linear", |_, x| ops::linear(x[0], x[1], Some(x[2])), &[&[3, 4], &[2, 4], &[2]], same);
        check("linear, no bias", |_, x| ops::linear(x[0], x[1], None), &[&[1, 5], &[3, 5]], same)
    };
    conv2d => {
        let plain = ConvGeometry::default();
        check("conv2d", move |_, x| ops::conv2d(x[0], x[1], Some(x[2]), plain), &[&[2, 2, 4, 4], &[3, 2, 3, 2], &[3]], same);
        check("conv2d strided", |_, x| ops::conv2d(x[0], x[1], None, STRIDED), &[&[1, 2, 5, 4], &[2, 2, 2, 3]], same)
    };
    conv2d_input_grad => check(
        "conv2d_input_grad",
        |_, x| ops::conv2d_input_grad(x[0], x[1], Shape::new(&[1, 2, 5, 4]), STRIDED),
        &[&[1, 2, 3, 6], &[2, 2, 2, 3]],
        same,
    );
    conv2d_weight_grad => check(
        "conv2d_weight_grad",
        |_, x| ops::conv2d_weight_grad(x[0], x[1], Shape::new(&[2, 2, 2, 3]), STRIDED),
        &[&[1, 2, 5, 4], &[1, 2, 3, 6]],
        same,
    );
    gather_pixels => {
        let index = Index::from(&[0, 5, 5, 2, 1, 3][..]);
        check("gather_pixels", move |_, x| ops::gather_pixels(ops::square(x[0]), index.clone(), [1, 3]), &[&[1, 2, 2, 3]], same);
        check("max_pool2d", |_, x| ops::square(ops::max_pool2d(x[0], WINDOW)), &[&[2, 2, 4, 5]], same)
    };
    scatter_pixels => {
        let index = Index::from(&[0, 5, 5, 2, 1, 3][..]);
        check("scatter_pixels", move |_, x| ops::square(ops::scatter_pixels(x[0], index.clone(), [2, 3])), &[&[1, 2, 1, 3]], same)
    };
    avg_pool2d => check("avg_pool2d", |_, x| ops::square(ops::avg_pool2d(x[0], WINDOW)), &[&[2, 1, 4, 5]], same);
    avg_pool2d_grad => check(
        "avg_pool2d_grad",
        |_, x| ops::square(ops::avg_pool2d_grad(x[0], Shape::new(&[1, 2, 4, 5]), WINDOW)),
        &[&[1, 2, 3, 3]],
        same,
    );
    slice_axis => check("slice_axis", |_, x| ops::square(ops::slice_axis(x[0], 1, 1..3)), &[&[2, 4, 2]], same);
    embed_axis => check("embed_axis", |_, x| ops::square(ops::embed_axis(x[0], 1, 2, 5)), &[&[2, 2, 2]], same);
    concat => {
        check("concat", |_, x| ops::square(ops::concat(&[x[0], x[1], x[0]], 1)), &[&[2, 1], &[2, 3]], same);
        check("concat channels", |_, x| ops::square(ops::concat(x, 1)), &[&[2, 1, 2, 3], &[2, 4, 2, 3], &[2, 2, 2, 3], &[2, 1, 2, 3]], same);
        check("concat rows", |_, x| ops::square(ops::concat(x, 0)), &[&[1, 3], &[2, 3], &[1, 3], &[3, 3]], same);
        check("concat last", |_, x| ops::square(ops::concat(x, 3)), &[&[1, 2, 2, 3], &[1, 2, 2, 1], &[1, 2, 2, 2]], same)
    };
    select_cols => {
        let index: Arc<[usize]> = Arc::from([2, 0]);
        check("select_cols", move |_, x| ops::square(ops::select_cols(x[0], index.clone())), &[&[2, 3]], same)
    };
    gather_rows => {
        let index: Arc<[usize]> = Arc::from([2, 0, 2, 1]);
        check("gather_rows", move |_, x| ops::square(ops::gather_rows(x[0], Arc::clone(&index))), &[&[4, 2, 3]], same)
    };
    scatter_rows => {
        let index: Arc<[usize]> = Arc::from([2, 0, 2]);
        check("scatter_rows", move |_, x| ops::square(ops::scatter_rows(x[0], Arc::clone(&index), 4)), &[&[3, 2]], same)
    };
    scatter_cols => {
        let index: Arc<[usize]> = Arc::from([2, 0]);
        check("scatter_cols", move |_, x| ops::square(ops::scatter_cols(x[0], index.clone(), 3)), &[&[2]], same)
    };
    softmax => check("softmax", |_, x| ops::softmax(x[0]), &[&[2, 4]], same);
    log_softmax => check("log_softmax", |_, x| ops::log_softmax(x[0]), &[&[2, 4]], same);
    lift => {
        for a in act::AnyActivation::ALL {
            let a = *a;
            check(a.name(), move |_, x| ops::activation(x[0], a), &[&[3, 4]], |x| 3.0 * x);
        }
    };
    trained => {
        let all = act::AnyActivation::ALL.iter().filter_map(|a| a.trainable::<f64>());
        for a in all.chain([Box::new(Cubic { a: 0.6, b: -0.8 }) as Box<dyn act::Trainable<f64>>]) {
            let (name, k, a) = (a.name(), a.count(), Arc::<dyn act::Trainable<f64>>::from(a));
            for (x, p) in [(&[2, 3, 2][..], &[k][..]), (&[2, 3, 2, 2], &[3, k]), (&[4, 3], &[3, k])] {
                let a = Arc::clone(&a);
                check(name, move |_, x| ops::trained(x[0], x[1], Arc::clone(&a)), &[x, p], same);
            }
        }
    };
    row_loss => {
        let labels: Arc<[usize]> = Arc::from([1, 3, 0]);
        let l = Arc::clone(&labels);
        check("cross_entropy", move |_, x| ops::row_loss(x[0], losses::CrossEntropy, Arc::clone(&l)), &[&[3, 4]], same);
        let l = Arc::clone(&labels);
        check("margin", move |_, x| ops::row_loss(x[0], losses::Margin, Arc::clone(&l)), &[&[3, 4]], same);
        let t = sample(3, &[3, 4], 0.0);
        let u = t.clone();
        check("mse", move |_, x| ops::row_loss(x[0], losses::Mse::default(), t.clone()), &[&[3, 4]], same);
        check("bce", move |_, x| ops::row_loss(x[0], losses::BceWithLogits::default(), u.clone()), &[&[3, 4]], same)
    };
}

#[test]
fn every_operation_has_a_row() {
    for file in ops::FILES {
        assert!(CHECKED.contains(file), "ops/{file}.rs has no row in check/table.rs");
    }
    assert_eq!(ops::FILES.len(), CHECKED.len());
}
