//! Networks of every form a plan knows, and examples for them.

use sparring_activations::AnyActivation;
use sparring_nn::{LayerSpec, Spec, layers::Pool};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};
use std::sync::Arc;

pub fn act(name: &str) -> LayerSpec {
    LayerSpec::activation(&name.parse::<AnyActivation>().unwrap())
}
pub fn pool(kernel: usize, stride: usize) -> LayerSpec {
    LayerSpec::Pool2d { pool: Pool::Max, kernel: [kernel; 2], stride: [stride; 2], padding: [0; 2] }
}

/// Every form a plan knows.
pub fn specs() -> Vec<Spec> {
    let flat = LayerSpec::Flatten;
    vec![
        Spec::new(
            [1, 5, 7],
            vec![flat.clone(), LayerSpec::linear(35, 50), act("relu"), LayerSpec::linear(50, 3)],
        ),
        Spec::new([1, 1, 9], vec![flat.clone(), LayerSpec::linear(9, 4)]),
        Spec::new(
            [2, 4, 4],
            vec![
                flat.clone(),
                act("tanh"),
                LayerSpec::linear(32, 20),
                act("silu"),
                act("elu"),
                LayerSpec::linear(20, 4),
            ],
        ),
        Spec::new(
            [3, 8, 8],
            vec![
                LayerSpec::conv(3, 16, 4, 2, 1),
                act("relu"),
                LayerSpec::conv(16, 33, 3, 1, 1),
                act("gelu"),
                flat.clone(),
                LayerSpec::linear(33 * 16, 5),
            ],
        ),
        Spec::new(
            [1, 12, 12],
            vec![
                LayerSpec::conv(1, 8, 5, 1, 2),
                act("relu"),
                pool(2, 2),
                LayerSpec::conv(8, 20, 3, 1, 1),
                act("tanh"),
                pool(3, 2),
                pool(2, 1),
                LayerSpec::Dropout { p: 0.0 },
                flat.clone(),
                LayerSpec::linear(20, 4),
            ],
        ),
        Spec::new([1, 6, 6], vec![pool(2, 2), flat.clone(), LayerSpec::linear(9, 3)]),
        Spec::new(
            [1, 2, 3],
            vec![
                flat.clone(),
                LayerSpec::linear(6, 16),
                act("relu"),
                LayerSpec::Reshape { shape: vec![1, 4, 4] },
                LayerSpec::conv(1, 2, 3, 1, 0),
                flat,
                LayerSpec::linear(8, 3),
            ],
        ),
    ]
}

pub fn examples<E: Elem>(spec: &Spec, n: usize) -> Vec<E> {
    let mut numbers = Key::new(5).rng(0);
    (0..n * spec.input.iter().product::<usize>()).map(|_| E::of(numbers.normal())).collect()
}
pub fn labels(n: usize, classes: usize) -> Arc<[usize]> {
    (0..n).map(|i| i * 7 % classes).collect()
}
pub fn shaped<E: Elem>(spec: &Spec, x: &[E]) -> Array<E> {
    let [c, h, w] = spec.input;
    Array::from_slice([x.len() / (c * h * w), c, h, w], x)
}

/// The same bits; a product over a flattened image of several channels sums in the order of channels-last, so up to rounding.
pub fn agree<E: Elem>(spec: &Spec, a: &[E], b: &[E]) {
    let convolves =
        spec.layers.iter().any(|l| matches!(l, LayerSpec::Conv2d { outputs, .. } if *outputs > 1));
    let far = |a: E, b: E| (a - b).abs() > E::of(8.0) * E::EPSILON * (E::ONE + b.abs());
    let wrong = a.iter().zip(b).filter(|&(&a, &b)| if convolves { far(a, b) } else { a != b }).count();
    assert!(a.len() == b.len() && wrong == 0, "{spec:?}: {wrong} of {} differ: {a:?} {b:?}", a.len());
}
