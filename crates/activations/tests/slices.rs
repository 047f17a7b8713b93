//! A slice has the bits of the scalar calls, at each length and through the enum, the type and a trait object.

use crate::cases::{all, line};
use sparring_activations::{Activation, AnyActivation, Sigmoid, Silu};
use sparring_math::{Real, simd};

/// Those whose formulas use multiply-adds.
fn fused(a: &AnyActivation) -> bool {
    let exact = ["identity", "relu", "leaky_relu", "prelu"];
    !exact.contains(&a.name())
}

fn check<E: Real>(values: &[E]) {
    for a in all() {
        let object: &dyn Activation<E> = &a;
        for n in [0, 1, 15, 16, 17, values.len()] {
            let x = &values[values.len() - n..];
            let dy: Vec<E> = (0..n).map(|i| E::of(i as f64 * 0.37 - 3.0)).collect();
            let (mut y, mut dx, mut ddx) = (vec![E::ZERO; n], vec![E::ZERO; n], vec![E::ZERO; n]);
            object.forward(x, &mut y);
            object.backward(x, &dy, &mut dx);
            object.backward2(x, &dy, &mut ddx);
            let mut of_value = vec![E::ONE; n];
            let known = object.backward_of_value(&y, &dy, &mut of_value);
            assert_eq!(known, object.df_of_value(E::ONE).is_some(), "{a}");
            assert!(known || of_value.iter().all(|&v| v == E::ONE), "{a} writes without a derivative");
            for i in 0..n {
                let (v, d) = (std::hint::black_box(x[i]), dy[i]);
                let scalars = if simd::fuses() && fused(&a) {
                    let (v, d) = (simd::fused(&[v])[0], simd::fused(&[d])[0]);
                    [a.f(v), d * a.df(v), d * a.d2f(v)].map(|s| s.to_f64())
                } else {
                    [a.f(v), d * a.df(v), d * a.d2f(v)].map(|s| s.to_f64())
                };
                if let Some(slope) = a.df_of_value(y[i]) {
                    let (got, scalar) = (of_value[i].to_f64(), (d * slope).to_f64());
                    let same = got.to_bits() == scalar.to_bits() || (got.is_nan() && scalar.is_nan());
                    assert!(same, "{a} at {v}, of the value: slice {got}, scalar {scalar}");
                }
                for (got, scalar) in [y[i], dx[i], ddx[i]].into_iter().zip(scalars) {
                    let same =
                        got.to_f64().to_bits() == scalar.to_bits() || (got.is_nan() && scalar.is_nan());
                    assert!(same, "{a} at {v}: slice {got}, scalar {scalar}");
                }
            }
        }
    }
}

#[test]
fn slices_have_the_bits_of_scalars() {
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e-40, -1e-45, 3e38, -3e38];
    let values: Vec<f64> = line(6_000, 110.0).chain(line(2_000, 3.0)).chain(special).collect();
    check(&values);
    check(&values.iter().map(|&v| v as f32).collect::<Vec<_>>());
}

#[test]
#[should_panic(expected = "activation forward: 2 inputs, 3 outputs")]
fn lengths_are_checked() {
    Silu.forward(&[0.0f32; 2], &mut [0.0; 3]);
}

#[test]
#[should_panic(expected = "activation backward: lengths (2, 2, 1) differ")]
fn lengths_are_checked_backward() {
    Silu.backward(&[0.0f32; 2], &[0.0; 2], &mut [0.0; 1]);
}

#[test]
#[should_panic(expected = "activation backward_of_value: lengths (2, 1, 2) differ")]
fn lengths_are_checked_backward_of_value() {
    Sigmoid.backward_of_value(&[0.0f32; 2], &[0.0; 1], &mut [0.0; 2]);
}
