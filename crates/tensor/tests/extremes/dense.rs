//! Views, products, panels, tiles.

use super::memory::{Calls, Fenced, Random};
use sparring_tensor::{
    Elem, Mat, MatMut, Panels, Precision, Support, TilePanels, accumulate_outer, gemm, gemm_in, write_outer,
};

/// Longer chains than this come only from strides of 0, and take as long as they say.
const LONG: usize = 1 << 12;

/// A random view; most fit the data.
fn view<'a, E: Elem>(r: &mut Random, x: &'a [E], rows: usize, cols: usize) -> Mat<'a, E> {
    let m = match r.below(6) {
        0 => Mat::with_strides(x, rows, cols, r.size(70, 3), r.size(4, 6)),
        1 => Mat::new(x, cols, rows).t(),
        _ => Mat::new(x, rows, cols),
    };
    // Nobody waits for more steps than there are numbers.
    assert!(m.rows() < LONG && m.cols() < LONG, "too long to wait for");
    m
}
/// As `like`, or something else one time in eight.
fn near(r: &mut Random, like: usize) -> usize {
    if r.below(8) == 0 { r.size(70, 3) } else { like }
}

fn products<E: Elem>(name: &'static str, seed: u64) {
    let (mut r, mut calls) = (Random::new(seed), Calls::of(name));
    for _ in 0..12_000 {
        let [m, k, n] = r.sizes(50, 8);
        let (a, b) = ([near(&mut r, m), near(&mut r, k)], [near(&mut r, k), near(&mut r, n)]);
        let [x, y] = [a, b].map(|extents| Fenced::<E>::exactly(&mut r, &extents));
        let mut out = Fenced::exactly(&mut r, &[m, n]);
        let beta = E::of(r.below(3) as f64);
        calls.call(&mut out, |out| {
            let (a, b) = (view(&mut r, x.get(), a[0], a[1]), view(&mut r, y.get(), b[0], b[1]));
            let stride = if r.yes() { n } else { r.size(90, 4) };
            gemm(a, b, beta, MatMut::with_stride(out, m, n, stride));
        });
    }
    calls.both();
}

fn outer<E: Elem>(name: &'static str, seed: u64) {
    let (mut r, mut calls) = (Random::new(seed), Calls::of(name));
    let width = Panels::<E>::zeros(1, 1).width();
    for _ in 0..12_000 {
        let ([n, k], stride) = (r.sizes(40, 8), r.size(70, 4));
        let rows = near(&mut r, k).min(60);
        let mut out = Fenced::new(rows * width + usize::from(r.below(20) == 0));
        let (x, dy) = (Fenced::<E>::exactly(&mut r, &[n, k]), Fenced::exactly(&mut r, &[n, stride]));
        let go = if r.yes() { accumulate_outer } else { write_outer };
        calls.call(&mut out, |out| {
            go(view(&mut r, x.get(), n, k), dy.get(), stride, out);
        });
    }
    calls.both();
}

fn panels<E: Elem>(name: &'static str, seed: u64) {
    let (mut r, mut calls, x) = (Random::new(seed), Calls::of(name), Fenced::<E>::new(4000));
    for _ in 0..16_000 {
        let ([k, n, m], [from, to]) = (r.sizes(50, 10), r.sizes(4, 6));
        let way = r.below(6);
        let mut out = Fenced::exactly(&mut r, &if way == 3 { [n, 32] } else { [m, n] });
        calls.call(&mut out, |out| {
            let mut w = Panels::zeros(k, n);
            if k > 0 && n > 0 {
                w.fill(Mat::new(&x.get()[..k * n], k, n));
            }
            let [rows, depth, cols] = [m, k, n].map(|e| near(&mut r, e));
            let row = r.yes().then(|| &x.get()[..r.below(60)]);
            let a = |r: &mut Random, k| view(r, x.get(), rows, k);
            match way {
                0 => w.left_multiplied(a(&mut r, depth), row, MatMut::with_stride(out, m, cols, cols)),
                1 => {
                    let cols = w.columns(&(from..to)).len();
                    w.left_multiplied_panels(from..to, a(&mut r, depth), row, MatMut::new(out, m, cols));
                }
                2 => {
                    let (range, into) =
                        (from.saturating_mul(9)..to.saturating_mul(11), MatMut::new(out, m, cols));
                    w.left_multiplied_rows(range.clone(), a(&mut r, range.len()), r.yes(), into);
                }
                3 => w.transposed_panel(from, out),
                4 => {
                    let mut transposed = Panels::zeros(w.columns(&(from..to)).len(), near(&mut r, k));
                    transposed.fill_from_transposed(&w, &(from..to));
                    assert!(!transposed.as_slice().iter().any(|v| v.is_nan()), "read outside");
                }
                _ => {
                    w.fill(view(&mut r, x.get(), depth, cols));
                    assert!(!w.at(from, to).is_nan(), "read outside");
                }
            }
        });
    }
    calls.both();
}

fn supports<E: Elem>(name: &'static str, seed: u64) {
    let (mut r, mut calls, x) = (Random::new(seed), Calls::of(name), Fenced::<E>::sparse(4000));
    let width = Panels::<E>::zeros(1, 1).width();
    for _ in 0..12_000 {
        let [n, k] = [0; 2].map(|_| 8 + r.size(60, 12).min(usize::MAX - 8));
        let mut out = Fenced::new(if r.yes() { r.below(60) * width } else { r.below(3000) });
        calls.call(&mut out, |out| {
            let (mut support, a) = (Support::default(), Mat::new(x.get(), n, k));
            support.find(view(&mut r, x.get(), n, k));
            support.find(a);
            let a = if r.below(6) == 0 { view(&mut r, x.get(), n, k) } else { a };
            if r.yes() {
                let dy = &x.get()[..r.below(4000)];
                return support.outer(a, 8 * r.size(4, 5).min(1 << 60), dy, r.size(70, 5), r.yes(), out);
            }
            let w = Panels::from_fn(near(&mut r, k), r.below(70), |_, _| E::ONE);
            let panels = r.size(2, 8)..r.size(4, 8);
            let cols = w.columns(&panels).len();
            let row = x.get().get(..near(&mut r, cols)).unwrap_or(&[]);
            support.times_panels(a, &w, panels, row, MatMut::new(out, near(&mut r, n), cols));
        });
    }
    calls.both();
}

#[test]
fn products_panic_or_stay_inside() {
    products::<f32>("gemm of f32", 1);
    products::<f64>("gemm of f64", 2);
}

#[test]
fn outer_products_panic_or_stay_inside() {
    outer::<f32>("write_outer of f32", 3);
    outer::<f64>("write_outer of f64", 4);
}

#[test]
fn panels_panic_or_stay_inside() {
    panels::<f32>("Panels of f32", 5);
    panels::<f64>("Panels of f64", 6);
}

#[test]
fn supports_panic_or_stay_inside() {
    supports::<f32>("Support of f32", 7);
    supports::<f64>("Support of f64", 8);
}

#[test]
fn tiles_panic_or_stay_inside() {
    let (mut r, mut calls, x) = (Random::new(9), Calls::of("tiles"), Fenced::<f32>::new(4000));
    for _ in 0..6000 {
        let [m, k, n] = r.sizes(50, 10);
        let precision = Precision::ALL[1 + r.below(2)];
        let mut out = Fenced::exactly(&mut r, &[m, n]);
        calls.call(&mut out, |out| {
            let stride = if r.yes() { n } else { r.size(90, 4) };
            let into = MatMut::with_stride(out, m, n, stride);
            let a = view(&mut r, x.get(), m, k);
            if r.yes() {
                let b = [near(&mut r, k), near(&mut r, n)];
                return gemm_in(precision, a, view(&mut r, x.get(), b[0], b[1]), 1.0, into);
            }
            let mut w = Panels::from_fn(near(&mut r, k), near(&mut r, n), |p, j| (p % 3 + j % 5) as f32);
            if let Some(mut tiles) = TilePanels::new(&w, precision) {
                tiles.fill(&w);
                w.as_mut_slice().fill(0.0);
                assert!(TilePanels::if_faster(&w, Precision::F32).is_none(), "plain f32 has no tiles");
                tiles.left_multiplied(a, r.yes().then(|| &x.get()[..r.below(60)]), into);
            }
        });
    }
    calls.both();
}
