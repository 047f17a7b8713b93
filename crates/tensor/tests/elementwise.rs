//! Element-wise operations, broadcasting and its adjoint, against index loops.

use proptest::prelude::*;
use sparring_tensor::broadcast::{broadcast_to, sum_to};
use sparring_tensor::elementwise::*;
use sparring_tensor::{Array, Shape, Tensor, reduce::dot};

/// Small integers: every sum of them is exact, whatever its order.
fn numbers(shape: &[usize], seed: usize) -> Array<f64> {
    Array::from_fn(shape, |i| ((i * 7 + seed * 13 + i * i * 3) % 17) as f64 - 8.0)
}

/// Element of `a` under NumPy's rule at row-major place `i` of `out`.
fn at(a: &Array<f64>, out: Shape, mut i: usize) -> f64 {
    let (dims, shape) = (a.shape().dims4(), out.dims4());
    let (mut place, mut step) = (0, 1);
    for d in (0..4).rev() {
        place += if dims[d] == 1 { 0 } else { i % shape[d] * step };
        i /= shape[d];
        step *= dims[d];
    }
    a.as_slice()[place]
}

/// A shape of rank 0 to 4 with extents 0 to 5, and two shapes that broadcast to it.
fn three_shapes() -> impl Strategy<Value = [Vec<usize>; 3]> {
    (
        prop::collection::vec(0usize..6, 0..5),
        prop::collection::vec((0u8..3, 0u8..2), 4),
        0usize..5,
        any::<bool>(),
    )
        .prop_map(|(full, ones, cut, swap)| {
            // Of each axis at most one operand is repeated, so that the result has the full shape.
            let one = |which: u8| -> Vec<usize> {
                full.iter().zip(&ones).map(|(&n, &(k, _))| if k == which { 1 } else { n }).collect()
            };
            let (a, mut b) = (one(1), one(2));
            let lead = full.iter().zip(&a).take_while(|(f, a)| f == a).count().min(cut).min(b.len());
            b.drain(..lead);
            if swap { [full, b, a] } else { [full, a, b] }
        })
}

proptest! {
    #[test]
    fn zip_follows_numpy([full, a, b] in three_shapes()) {
        let (a, b) = (numbers(&a, 1), numbers(&b, 2));
        let y = zip(&a, &b, |x, y| 3.0 * x - y);
        prop_assert_eq!(y.shape(), Shape::new(&full));
        for i in 0..y.len() {
            prop_assert_eq!(y.as_slice()[i], 3.0 * at(&a, y.shape(), i) - at(&b, y.shape(), i));
        }
    }

    #[test]
    fn sum_to_is_the_adjoint_of_broadcast_to([full, a, _] in three_shapes()) {
        let (x, y) = (numbers(&a, 3), numbers(&full, 4));
        let wide = broadcast_to(&x, &full[..]);
        for i in 0..wide.len() {
            prop_assert_eq!(wide.as_slice()[i], at(&x, wide.shape(), i));
        }
        let back = sum_to(&y, &a[..]);
        prop_assert_eq!(back.shape(), x.shape());
        prop_assert_eq!(dot(&wide, &y), dot(&x, &back));
    }

    #[test]
    fn same_shape_operations_equal_their_loops(n in 0usize..200, s in -3.0f64..3.0) {
        let (a, b, c) = (numbers(&[n], 1), numbers(&[n], 2), numbers(&[n], 3));
        let (x, y, z) = (a.as_slice(), b.as_slice(), c.as_slice());
        let is = |got: &Array<f64>, f: &dyn Fn(usize) -> f64| (0..n).all(|i| got.as_slice()[i] == f(i));
        prop_assert!(is(&add(&a, &b), &|i| x[i] + y[i]));
        prop_assert!(is(&sub(&a, &b), &|i| x[i] - y[i]));
        prop_assert!(is(&mul(&a, &b), &|i| x[i] * y[i]));
        prop_assert!(is(&div(&a, &add_scalar(&mul(&b, &b), 1.0)), &|i| x[i] / (y[i] * y[i] + 1.0)));
        prop_assert!(is(&neg(&a), &|i| -x[i]));
        prop_assert!(is(&scale(&a, s), &|i| s * x[i]));
        prop_assert!(is(&zip3(&a, &b, &c, |x, y, z| x * y - z), &|i| x[i] * y[i] - z[i]));
        let mut acc = a.clone();
        add_assign(&mut acc, &b);
        add_scaled(&mut acc, s, &c);
        prop_assert!(is(&acc, &|i| x[i] + y[i] + s * z[i]));
        prop_assert!(is(&a, &|i| x[i]), "the clone was copied before it was written");
    }
}

#[test]
fn large_arrays_go_by_chunks_without_a_seam() {
    let n = (1 << 17) + 5;
    let a = Tensor::from_fn([n], |i| i as f32);
    assert!(map(&a, |x| x + 1.0).as_slice().iter().enumerate().all(|(i, &y)| y == i as f32 + 1.0));
    let y = zip(&a, &Tensor::scalar(2.0), |x, s| s * x);
    assert!(y.as_slice().iter().enumerate().all(|(i, &y)| y == 2.0 * i as f32));
    let (images, bias) = (Tensor::ones([50, 7, 21, 23]), Tensor::from_fn([7, 1, 1], |c| c as f32));
    let y = add(&images, &bias);
    assert!(y.as_slice().iter().enumerate().all(|(i, &y)| y == 1.0 + (i / (21 * 23) % 7) as f32));
    assert_eq!(add(&bias, &images), y);
    assert_eq!(sum_to(&y, [7, 1, 1]).as_slice()[6], (50 * 21 * 23 * 7) as f32);
    let wide = broadcast_to(&bias, [50, 7, 21, 23]);
    assert_eq!(sub(&y, &wide), images);
}

#[test]
#[should_panic(expected = "add: shapes [2, 3] and [2] do not broadcast")]
fn the_panic_names_operation_and_shapes() {
    add(&Tensor::ones([2, 3]), &Tensor::ones([2]));
}

#[test]
#[should_panic(expected = "sum_to: shape [2, 3]")]
fn summing_to_a_shape_that_is_no_part_panics() {
    sum_to(&Tensor::ones([2, 3]), [2]);
}
