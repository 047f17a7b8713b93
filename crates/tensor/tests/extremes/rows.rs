//! Softmax, sums and other functions of rows, and numbers that are none.

use super::memory::{Calls, Fenced, Random, caught};
use sparring_tensor::channels_last::{ConvBlock, PoolBlock};
use sparring_tensor::{
    Array, ConvGeometry, Elem, Keep, Mat, MatMut, Panels, PoolGeometry, Precision, Shape, Support, gemm,
    gemm_in, reduce, softmax, write_outer,
};

fn rows<E: Elem>(name: &'static str, seed: u64) {
    let (mut r, mut calls) = (Random::new(seed), Calls::of(name));
    for _ in 0..3000 {
        let ([n, m], way) = (r.sizes(50, 5), r.below(8));
        calls.call(&mut Fenced::new(0), |_: &mut [E]| {
            let array = |rows: usize, cols: usize| {
                let shape = Shape::checked(&[rows, cols]).expect("a shape");
                assert!(rows < 1 << 59, "memory for a number of each row");
                assert!(shape.numel() < 1 << 16, "no memory is given to {shape}");
                Array::from_slice(shape, Fenced::<E>::new(shape.numel()).get())
            };
            let (x, y) = (array(n, m), array(n, m + usize::from(way == 7 && m < 9)));
            let got = match way {
                0 => softmax::softmax(&x),
                1 => softmax::log_softmax(&x),
                2 => softmax::log_sum_exp(&x),
                3 => softmax::softmax_gradient(&x, &y),
                4 => softmax::log_softmax_gradient(&x, &y),
                5 => reduce::max_rows(&x),
                6 => reduce::sum_axes(&x, &[r.below(3)], Keep::Drop),
                _ => softmax::softmax_gradient(&x, &y),
            };
            assert!(!got.as_slice().iter().any(|v| v.is_nan()), "{name}: read outside");
        });
    }
    calls.both();
}

#[test]
fn rows_panic_or_stay_inside() {
    rows::<f32>("rows of f32", 21);
    rows::<f64>("rows of f64", 22);
}

/// NaN and infinities choose ways (sparse or dense, which element wins), never addresses.
#[test]
fn numbers_that_are_none_change_no_address() {
    let mut r = Random::new(23);
    let odd = [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 1e-42, -0.0, 0.0];
    for _ in 0..300 {
        let mut numbers = |len: usize| {
            let mut x = Fenced::<f32>::new(len);
            x.get_mut().iter_mut().for_each(|v| *v = odd[r.below(odd.len())]);
            x
        };
        let (m, k, n) = (numbers(0).get().len() + 9, 24, 37);
        let (a, b, mut out) = (numbers(m * k), numbers(k * n), numbers(m * n));
        gemm(Mat::new(a.get(), m, k), Mat::new(b.get(), k, n), 1.0, MatMut::new(out.get_mut(), m, n));
        for precision in Precision::ALL {
            let into = MatMut::new(out.get_mut(), m, n);
            gemm_in(precision, Mat::new(a.get(), m, k), Mat::new(b.get(), k, n), 0.0, into);
        }
        assert!(out.stands());
        let width = Panels::<f32>::zeros(1, 1).width();
        let (dy, mut block) = (numbers(m * width), numbers(k * width));
        write_outer(Mat::new(a.get(), m, k), dy.get(), width, block.get_mut());
        let mut support = Support::default();
        support.find(Mat::new(a.get(), m, k));
        if support.pays() {
            support.outer(Mat::new(a.get(), m, k), 0, dy.get(), width, true, block.get_mut());
        }
        assert!(block.stands());
        let conv =
            ConvBlock::new([7, 9], 16, 20, [3, 3], ConvGeometry { stride: [1, 2], padding: [1, 1] }).unwrap();
        let (x, w) = (numbers(2 * conv.image()), numbers(20 * conv.depth()));
        let (mut y, mut dx) = (numbers(2 * conv.result()), numbers(2 * conv.image()));
        let (panels, mut transposed) = (conv.pack(w.get()), conv.backward_panels());
        conv.forward(&panels, None, x.get(), y.get_mut());
        conv.pack_backward(&panels, &mut transposed);
        conv.input_grad(&transposed, y.get(), dx.get_mut());
        let mut acc = numbers(panels.as_slice().len());
        conv.weight_grad(x.get(), y.get(), acc.get_mut());
        assert!(y.stands() && dx.stands() && acc.stands());
        let pool = PoolBlock::new([7, 9], 16, PoolGeometry::default()).unwrap();
        let (mut best, mut at) = (numbers(pool.result()), vec![0; pool.result()]);
        pool.max(&x.get()[..pool.image()], best.get_mut(), &mut at);
        pool.relu_unmax(best.get(), best.get(), &at, &mut dx.get_mut()[..pool.image()]);
        assert!(best.stands() && dx.stands() && at.iter().all(|&at| at < 4));
        let logits = Array::from_slice([m, k], a.get());
        caught(|| softmax::softmax_gradient(&softmax::softmax(&logits), &logits)).expect("no panic");
    }
}

/// Weights far from the cache and fewer columns than threads share: one logit of many numbers, of one example.
#[test]
fn one_row_by_few_columns_of_great_depth() {
    for cols in [1, 2, 7, 8, 9] {
        let depth = 10_000;
        let weights: Vec<f32> = (0..depth * cols).map(|i| (i % 7) as f32 - 3.0).collect();
        let panels = sparring_tensor::Panels::from_fn(depth, cols, |i, j| weights[i * cols + j]);
        let x: Vec<f32> = (0..depth).map(|i| (i % 5) as f32).collect();
        let mut out = vec![f32::NAN; cols];
        panels.left_multiplied(
            sparring_tensor::Mat::new(&x, 1, depth),
            None,
            sparring_tensor::MatMut::new(&mut out, 1, cols),
        );
        for (j, got) in out.iter().enumerate() {
            let want: f32 = (0..depth).map(|i| x[i] * weights[i * cols + j]).sum();
            assert_eq!(*got, want, "{cols} columns, {j}");
        }
    }
}
