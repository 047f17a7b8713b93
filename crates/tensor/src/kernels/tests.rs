use super::{ChainStart, Kernels, strided_matmul};
use crate::{Array, Elem, Mat, MatMut, Trans, gemm, linear, matmul, matmul_acc, team};
use proptest::prelude::*;
use sparring_math::simd::Isa;

/// Small whole numbers: every order of summation gives the same exact result.
fn whole<E: Elem>(len: usize, salt: usize) -> Vec<E> {
    (0..len).map(|i| E::of(((i * 7919 + salt * 31) % 11) as f64 - 5.0)).collect()
}
fn rough<E: Elem>(len: usize, salt: usize) -> Vec<E> {
    (0..len).map(|i| E::of(((i * 2654435761 + salt) % 10007) as f64 / 5003.0 - 1.0)).collect()
}

fn check<E: Elem>(m: usize, n: usize, k: usize, ta: bool, tb: bool, skip: usize) {
    // Rows `skip` further apart than they need be, and elements two apart for one more of the cases.
    let step = 1 + usize::from(skip == 3);
    let (lda, ldb) = (if ta { m } else { k } * step + skip, if tb { k } else { n } * step + skip);
    let (a, b) = (whole::<E>(lda * (m.max(k) + 1), 1), whole::<E>(ldb * (n.max(k) + 1), 2));
    let view = |data, ld, rows, cols, t: bool| {
        let (r, c) = if t { (cols, rows) } else { (rows, cols) };
        let v = Mat::<E>::with_strides(data, r, c, ld, step);
        if t { v.t() } else { v }
    };
    let (va, vb) = (view(&a, lda, m, k, ta), view(&b, ldb, k, n, tb));
    let (bias, ldc) = (whole::<E>(n, 5), n + skip);
    let old = whole::<E>(ldc * m, 3);
    let sum = |i: usize, j: usize| {
        let at = |v: &Mat<'_, E>, i, j| v.data()[i * v.strides()[0] + j * v.strides()[1]];
        (0..k).fold(E::ZERO, |s, p| s + at(&va, i, p) * at(&vb, p, j))
    };
    for isa in Isa::ALL {
        for kind in 0..3 {
            let mut c = old.clone();
            let start = [ChainStart::Zero, ChainStart::Row(&bias), ChainStart::Out][kind];
            strided_matmul(E::table(isa), va, vb, start, MatMut::with_stride(&mut c, m, n, ldc));
            for (at, &v) in c.iter().enumerate() {
                let (i, j) = (at / ldc, at % ldc);
                let first = if kind == 0 {
                    E::ZERO
                } else if kind == 1 && j < n {
                    bias[j]
                } else {
                    old[at]
                };
                let expected = if j < n { first + sum(i, j) } else { old[at] };
                assert!(v == expected, "{isa} {m} {n} {k} {ta} {tb} {skip} at {i}, {j}: {v} not {expected}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn equals_the_plain_loop(
        m in 0usize..40, n in 0usize..70, k in 0usize..40, ta: bool, tb: bool, skip in 0usize..4,
    ) {
        check::<f32>(m, n, k, ta, tb, skip);
        check::<f64>(m, n, k, ta, tb, skip);
    }
}

#[test]
fn equals_the_plain_loop_across_blocks() {
    for (m, n, k) in [
        (1, 10, 784),
        (32, 64, 784),
        (128, 100, 600),
        (5, 530, 260),
        (3, 1, 1000),
        (130, 1, 7),
        (29, 140, 270),
        (520, 131, 9),
        (205, 390, 40),
        (130, 262, 258),
    ] {
        for t in 0..4 {
            check::<f32>(m, n, k, t % 2 == 1, t > 1, t);
            check::<f64>(m, n, k, t % 2 == 1, t > 1, t);
        }
    }
}

fn determinism<E: Elem>() {
    let (n, k) = (150, 784);
    let (x, w) = (rough::<E>(1000 * k, 1), rough::<E>(n * k, 2));
    let run = |rows: usize| {
        let mut c = vec![E::ZERO; rows * n];
        gemm(Mat::new(&x, rows, k), Mat::new(&w, n, k).t(), E::ZERO, MatMut::new(&mut c, rows, n));
        // The same numbers with B lying the other way, and C transposed.
        let mut wt = vec![E::ZERO; rows.max(k) * n];
        let mut ct = vec![E::ZERO; rows * n];
        for (i, v) in w.iter().enumerate() {
            wt[i % k * n + i / k] = *v;
        }
        gemm(Mat::new(&x, rows, k), Mat::new(&wt, k, n), E::ZERO, MatMut::new(&mut ct, rows, n));
        assert!(c == ct);
        gemm(Mat::new(&w, n, k), Mat::new(&x, rows, k).t(), E::ZERO, MatMut::new(&mut ct, n, rows));
        assert!((0..rows * n).all(|i| c[i] == ct[i % n * rows + i / n]));
        c
    };
    let results = [1, 2, 7].map(|t| team::with_threads(t, || run(1000)));
    assert!(results[0] == results[1] && results[0] == results[2]);
    for rows in [1, 2, 13, 32, 100] {
        assert!(run(rows) == results[0][..rows * n]);
    }
}

#[test]
fn threads_rows_and_layout_change_no_bit() {
    determinism::<f32>();
    determinism::<f64>();
}

#[test]
fn beta_scales_what_was_there_and_zero_does_not_read_it() {
    let (a, b) = ([1.0f64, 2.0], [3.0, 4.0]);
    let mut c = [f64::NAN, 100.0];
    gemm(Mat::new(&a, 1, 2), Mat::new(&b, 2, 1), 0.0, MatMut::new(&mut c[..1], 1, 1));
    gemm(Mat::new(&a, 1, 2), Mat::new(&b, 2, 1), 0.5, MatMut::new(&mut c[1..], 1, 1));
    assert_eq!(c, [11.0, 61.0]);
}

#[test]
fn arrays() {
    let (a, b) =
        (Array::from_slice([2, 3], &whole::<f32>(6, 1)), Array::from_slice([4, 3], &whole::<f32>(12, 2)));
    let bias = Array::from_slice([4], &[1.0, 2.0, 3.0, 4.0]);
    let plain = matmul(&a, Trans::No, &b, Trans::Yes);
    let mut y = Array::from_fn([2, 4], |i| (i % 4 + 1) as f32);
    matmul_acc(&a, Trans::No, &b, Trans::Yes, &mut y);
    assert_eq!(linear(&a, &b, Some(&bias)), y);
    assert_eq!(linear(&a, &b, None), plain);
    let dw = matmul(&plain, Trans::Yes, &a, Trans::No);
    assert_eq!(*dw.shape(), [4, 3]);
}

#[test]
#[should_panic(expected = "linear: input [2, 3] does not fit weight [4, 5]")]
fn a_broken_shape_names_both() {
    linear(&Array::<f32>::zeros([2, 3]), &Array::zeros([4, 5]), None);
}

#[test]
fn bits_say_what_is_not_zero() {
    for n in [0usize, 1, 7, 8, 9, 63, 64, 65, 129, 784] {
        let x: Vec<f32> = (0..n)
            .map(|i| match i * 31 % 7 {
                0 => f32::NAN,
                1 => f32::from_bits(1),
                2 => -0.0,
                3 => 0.0,
                r => (r as f32 - 4.5) * 1e30,
            })
            .collect();
        for isa in Isa::ALL {
            let mut words = vec![u64::MAX; n.div_ceil(64)];
            f32::table(isa).bits(&x, &mut words);
            for (i, &x) in x.iter().enumerate() {
                assert_eq!(words[i / 64] >> (i % 64) & 1 == 1, x != 0.0, "{isa} {n} {i}");
            }
            assert!(n % 64 == 0 || words[n / 64] >> (n % 64) == 0, "{isa}: bits behind {n} numbers");
        }
    }
}
