//! Layers of rows are the activations of rows: each is one under the same name, on a tape, twice differentiable, and gives what the function on slices gives.

use sparring_activations::{AnyRowActivation, RowActivation};
use sparring_autograd::Tape;
use sparring_math::named::Family;
use sparring_nn::{AnyLayer, Cx};
use sparring_tensor::Array;

fn all() -> Vec<AnyRowActivation> {
    let more = ["maxout(4)", "k_wta(0.5)", "k_wta(0.3)"].map(|text| text.parse().unwrap());
    AnyRowActivation::TABLE.at_defaults().into_iter().chain(more).collect()
}

fn near(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-14 * (1.0 + b.abs())
}

/// At numbers that a product with a mask, or a sum without a shift, would spoil, and at ties.
#[test]
fn values_and_gradients_are_those_on_slices() {
    let inf = f64::INFINITY;
    let rows = [
        [1e8, 0.0, 0.5, -3.0],
        [-inf, 1.0, 0.75, -1.0],
        [f64::NAN, 0.0, 1.0, 2.0],
        [0.2, 0.1, 0.4, 0.3],
        [0.5, 0.5, -1.0, -1.0],
        [-800.0, 3.0, 900.0, 2.0],
    ];
    for a in all() {
        let layer: AnyLayer = a.to_string().parse().unwrap();
        for x in rows {
            let outputs = RowActivation::<f64>::outputs(&a, 4).unwrap();
            let dy: Vec<f64> = (0..outputs).map(|i| 0.5 - 1.25 * i as f64).collect();
            let (mut y, mut dx) = (vec![9.0; outputs], [9.0; 4]);
            a.forward_rows(4, &x, &mut y);
            a.backward_rows(4, &x, &dy, &mut dx);
            let tape = Tape::new();
            let leaf = tape.leaf(Array::from_slice([1, 4], &x));
            let got = layer.forward(&Cx::eval(&tape), &[], &[leaf]);
            let same = got.value().as_slice().iter().zip(&y).all(|(a, b)| near(*a, *b));
            assert!(same, "{layer} of {x:?}: {:?}, {y:?}", got.value());
            // Of what is not finite gradients differ: 0 times it, or nothing.
            if x.iter().all(|x| x.is_finite()) {
                let back = tape.backward(got, Array::from_slice([1, outputs], &dy)).take(leaf).unwrap();
                let same = back.as_slice().iter().zip(&dx).all(|(a, b)| near(*a, *b));
                assert!(same, "gradient of {layer} at {x:?}: {back:?}, {dx:?}");
            }
        }
    }
}
