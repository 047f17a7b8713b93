//! Moving elements: against index loops, and each adjoint by inner products.

use proptest::prelude::*;
use sparring_tensor::layout::*;
use sparring_tensor::reduce::dot;
use sparring_tensor::{Array, Shape, Tensor};

fn numbers(shape: &[usize], seed: usize) -> Array<f64> {
    Array::from_fn(shape, |i| ((i * 7 + seed * 11 + i * i * 3) % 17) as f64 - 8.0)
}

/// Position along each axis.
fn places(dims: &[usize], mut i: usize) -> Vec<usize> {
    let mut at = vec![0; dims.len()];
    for d in (0..dims.len()).rev() {
        at[d] = i % dims[d];
        i /= dims[d];
    }
    at
}

fn get(a: &Array<f64>, at: &[usize]) -> f64 {
    a.as_slice()[at.iter().zip(a.shape().dims()).fold(0, |i, (&p, &n)| i * n + p)]
}

/// Extents 0 to 6, sometimes one that is longer than a tile.
fn extents(rank: std::ops::Range<usize>) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![8 => 0usize..7, 1 => 17usize..40], rank)
}

proptest! {
    #[test]
    fn permute_moves_axes(dims in extents(0..5), swaps in prop::collection::vec((0usize..4, 0usize..4), 4)) {
        let mut axes: Vec<usize> = (0..dims.len()).collect();
        swaps.iter().filter(|s| s.0.max(s.1) < dims.len()).for_each(|s| axes.swap(s.0, s.1));
        let a = numbers(&dims, 1);
        let y = permute(&a, &axes);
        let moved: Vec<usize> = axes.iter().map(|&d| dims[d]).collect();
        prop_assert_eq!(y.shape(), Shape::new(&moved));
        for i in 0..y.len() {
            let mut from = vec![0; dims.len()];
            places(&moved, i).iter().zip(&axes).for_each(|(&p, &d)| from[d] = p);
            prop_assert_eq!(y.as_slice()[i], get(&a, &from));
        }
    }

    #[test]
    fn slices_and_embeddings(dims in extents(1..5), axis in 0usize..4, cut in (0usize..40, 0usize..40)) {
        let axis = axis % dims.len();
        let (p, q) = (cut.0 % (dims[axis] + 1), cut.1 % (dims[axis] + 1));
        let range = p.min(q)..p.max(q);
        let a = numbers(&dims, 1);
        let y = slice_axis(&a, axis, range.clone());
        let mut cut = dims.clone();
        cut[axis] = range.len();
        prop_assert_eq!(y.shape(), Shape::new(&cut));
        for i in 0..y.len() {
            let mut at = places(&cut, i);
            at[axis] += range.start;
            prop_assert_eq!(y.as_slice()[i], get(&a, &at));
        }
        let dy = numbers(&cut, 2);
        let dx = embed_axis(&dy, axis, range.start, dims[axis]);
        prop_assert_eq!(dx.shape(), a.shape());
        prop_assert_eq!(dot(&dx, &a), dot(&dy, &y));
        prop_assert_eq!(slice_axis(&dx, axis, range.clone()), dy);
        let parts = [slice_axis(&a, axis, 0..range.start), y, slice_axis(&a, axis, range.end..dims[axis])];
        prop_assert_eq!(concat(&parts.each_ref(), axis), a);
    }

    #[test]
    fn rows_go_out_and_come_back(dims in extents(1..5), picks in prop::collection::vec(0usize..100, 0..9)) {
        let idx: Vec<usize> = picks.iter().filter(|_| dims[0] > 0).map(|p| p % dims[0]).collect();
        let a = numbers(&dims, 1);
        let y = gather_rows(&a, &idx);
        let row: usize = dims[1..].iter().product();
        prop_assert_eq!(y.shape()[0], idx.len());
        for (k, &i) in idx.iter().enumerate() {
            prop_assert_eq!(&y.as_slice()[k * row..][..row], &a.as_slice()[i * row..][..row]);
        }
        let dy = numbers(&y.shape(), 2);
        let dx = scatter_rows(&dy, &idx, dims[0]);
        prop_assert_eq!(dx.shape(), a.shape());
        prop_assert_eq!(dot(&dx, &a), dot(&dy, &y));
    }

    #[test]
    fn one_entry_of_each_row(n in 0usize..9, m in 1usize..9, picks in prop::collection::vec(0usize..100, 9)) {
        let idx: Vec<usize> = picks[..n].iter().map(|p| p % m).collect();
        let (a, dy) = (numbers(&[n, m], 1), numbers(&[n], 2));
        let y = select_cols(&a, &idx);
        prop_assert!((0..n).all(|i| y.as_slice()[i] == a.as_slice()[i * m + idx[i]]));
        let dx = scatter_cols(&dy, &idx, m);
        prop_assert_eq!(dx.shape(), a.shape());
        prop_assert_eq!(dot(&dx, &a), dot(&dy, &y));
    }
}

#[test]
fn large_permutations_go_there_and_back() {
    let a = Tensor::from_fn([20, 16, 33, 37], |i| i as f32);
    for axes in [[0, 2, 3, 1], [1, 0, 2, 3], [3, 1, 2, 0], [2, 3, 0, 1]] {
        let mut back = [0; 4];
        axes.iter().enumerate().for_each(|(i, &d)| back[d] = i);
        assert_eq!(permute(&permute(&a, &axes), &back), a, "{axes:?}");
    }
    let m = a.reshape([20 * 16, 33 * 37]);
    assert_eq!(transpose(&transpose(&m)), m);
}

#[test]
#[should_panic(expected = "concat: shapes [2, 3] and [2, 4] differ beyond axis 0")]
fn concat_names_both_shapes() {
    concat(&[&Tensor::ones([2, 3]), &Tensor::ones([2, 4])], 0);
}

#[test]
#[should_panic(expected = "slice_axis: 2..5 leaves axis 1 of shape [2, 3]")]
fn slices_stay_inside() {
    slice_axis(&Tensor::ones([2, 3]), 1, 2..5);
}
