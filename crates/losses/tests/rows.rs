//! Many rows at once have the bits of one row at a time.

use sparring_losses::{AnyClassLoss, AnyValueLoss, CrossEntropy, RowLoss};
use sparring_math::Real;

fn same<E: Real>(got: E, want: E) -> bool {
    got.to_f64().to_bits() == want.to_f64().to_bits() || (got.is_nan() && want.is_nan())
}

fn check<E: Real>() {
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e4, -1e4, 3e38, -3e38];
    for loss in AnyClassLoss::ALL {
        for cols in [2, 3, 9, 10, 15, 16, 17, 40] {
            for rows in [0, 1, 15, 16, 17, 40, 300] {
                let number = |i: usize| -> f64 {
                    match i.wrapping_mul(2_654_435_761) >> 7 & 255 {
                        k if k < special.len() => special[k],
                        k => (k as f64 - 128.0) * if i.is_multiple_of(3) { 0.9 } else { 0.05 },
                    }
                };
                let mut z: Vec<E> = (0..rows * cols).map(|i| E::of(number(i))).collect();
                // A row of equal logits and one that is impossible throughout.
                z.iter_mut().take(cols).for_each(|z| *z = E::ONE);
                z.iter_mut().skip(cols).take(cols).for_each(|z| *z = -E::INFINITY);
                let targets: Vec<usize> = (0..rows).map(|i| i * 7 % cols).collect();
                let (mut losses, mut dz) = (vec![E::ONE; rows], vec![E::ONE; rows * cols]);
                loss.eval_rows(&z, cols, &|i| &targets[i], &mut losses, &mut dz);
                let mut one = vec![E::ZERO; cols];
                for i in 0..rows {
                    let row = i * cols..(i + 1) * cols;
                    let value = loss.eval(&z[row.clone()], &targets[i], &mut one);
                    assert!(
                        same(losses[i], value),
                        "{loss} {rows}x{cols}, row {i}: {} and {value}",
                        losses[i]
                    );
                    for (got, want) in dz[row].iter().zip(&one) {
                        assert!(same(*got, *want), "{loss} {rows}x{cols}, row {i}: slope {got} and {want}");
                    }
                }
            }
        }
    }
}

#[test]
fn many_rows_have_the_bits_of_each() {
    check::<f32>();
    check::<f64>();
}

#[test]
fn rows_of_values() {
    let (z, t) = ([1.0f32, 2.0, 3.0, 4.0], [0.0f32; 4]);
    let (mut losses, mut dz) = ([0.0; 2], [0.0; 4]);
    AnyValueLoss::Mse.eval_rows(&z, 2, &|i| &t[2 * i..2 * i + 2], &mut losses, &mut dz);
    assert_eq!((losses, dz), ([2.5, 12.5], z));
}

#[test]
#[should_panic(expected = "cross-entropy: class 10 is out of range")]
fn a_wrong_class_among_many() {
    CrossEntropy.eval_rows(&[0f32; 200], 10, &|_| &10, &mut [0.0; 20], &mut [0.0; 200]);
}

#[test]
#[should_panic(expected = "cross-entropy: 2 rows of 10 values, but 20 values and 10 gradients are given")]
fn lengths() {
    CrossEntropy.eval_rows(&[0f32; 20], 10, &|_| &0, &mut [0.0; 2], &mut [0.0; 10]);
}
