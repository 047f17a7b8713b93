//! Networks of every form a plan knows, and examples for them.

use sparring_activations::AnyActivation;
use sparring_nn::{AnyLayer, Graph, layers};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};
use std::sync::Arc;

pub fn act(name: &str) -> AnyLayer {
    layers::activation(&name.parse::<AnyActivation>().unwrap())
}
pub fn pool(kernel: usize, stride: usize) -> AnyLayer {
    layers::max_pool2d(kernel, stride)
}

/// Every form a plan knows.
pub fn specs() -> Vec<Graph> {
    let flat = layers::flatten();
    vec![
        Graph::chain(
            [1, 5, 7],
            vec![flat.clone(), layers::linear(35, 50), act("relu"), layers::linear(50, 3)],
        ),
        Graph::chain([1, 1, 9], vec![flat.clone(), layers::linear(9, 4)]),
        Graph::chain(
            [2, 4, 4],
            vec![
                flat.clone(),
                act("tanh"),
                layers::linear(32, 20),
                act("silu"),
                act("elu"),
                layers::linear(20, 4),
            ],
        ),
        Graph::chain(
            [3, 8, 8],
            vec![
                layers::conv2d(3, 16, 4, 2, 1),
                act("relu"),
                layers::conv2d(16, 33, 3, 1, 1),
                act("gelu"),
                flat.clone(),
                layers::linear(33 * 16, 5),
            ],
        ),
        Graph::chain(
            [1, 12, 12],
            vec![
                layers::conv2d(1, 8, 5, 1, 2),
                act("relu"),
                pool(2, 2),
                layers::conv2d(8, 20, 3, 1, 1),
                act("tanh"),
                pool(3, 2),
                pool(2, 1),
                layers::dropout(0.0),
                flat.clone(),
                layers::linear(20, 4),
            ],
        ),
        Graph::chain([1, 6, 6], vec![pool(2, 2), flat.clone(), layers::linear(9, 3)]),
        Graph::chain(
            [1, 2, 3],
            vec![
                flat.clone(),
                layers::linear(6, 16),
                act("relu"),
                layers::reshape(&[1, 4, 4]),
                layers::conv2d(1, 2, 3, 1, 0),
                flat,
                layers::linear(8, 3),
            ],
        ),
    ]
}

pub fn examples<E: Elem>(spec: &Graph, n: usize) -> Vec<E> {
    let mut numbers = Key::new(5).rng(0);
    (0..n * spec.input.iter().product::<usize>()).map(|_| E::of(numbers.normal())).collect()
}
pub fn labels(n: usize, classes: usize) -> Arc<[usize]> {
    (0..n).map(|i| i * 7 % classes).collect()
}
pub fn shaped<E: Elem>(spec: &Graph, x: &[E]) -> Array<E> {
    let [c, h, w] = spec.input;
    Array::from_slice([x.len() / (c * h * w), c, h, w], x)
}

/// The same bits; a product over a flattened image of several channels sums in the order of channels-last, so up to rounding.
pub fn agree<E: Elem>(spec: &Graph, a: &[E], b: &[E]) {
    let convolves = spec.layers().any(|l| l.as_layer::<layers::Conv2d>().is_some_and(|c| c.outputs > 1));
    let far = |a: E, b: E| (a - b).abs() > E::of(8.0) * E::EPSILON * (E::ONE + b.abs());
    let wrong = a.iter().zip(b).filter(|&(&a, &b)| if convolves { far(a, b) } else { a != b }).count();
    assert!(a.len() == b.len() && wrong == 0, "{spec:?}: {wrong} of {} differ: {a:?} {b:?}", a.len());
}
