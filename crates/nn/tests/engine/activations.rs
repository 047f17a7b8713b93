//! Every activation of the table, fixed and learnt, on the engine and on the tape.

use super::check;
use super::graphs::chain;
use sparring_activations::AnyActivation;
use sparring_math::named::Family;
use sparring_nn::layers;

/// At the defaults of the table: as epilogue of a matmul, behind a convolution and a pooling, and behind a batch normalisation. A learnt one has one weight for all elements, which is how the layer
/// shares it.
#[test]
fn every_activation_agrees() {
    let mut learnt = 0;
    for function in AnyActivation::TABLE.at_defaults() {
        let weights = layers::activation(&function).parameters().len();
        assert_eq!(weights, usize::from(function.is_trainable()), "{function}");
        learnt += weights;
        for (input, layers) in [
            ([1, 3, 4], format!("flatten, linear(12, 20), {function}, linear(20, 3)")),
            ([2, 7, 6], format!("conv2d(2, 5, 3, 1, 1), max_pool2d(2), {function}, flatten, linear(45, 3)")),
            ([2, 5, 4], format!("conv2d(2, 4, 3, 1, 1), batch_norm(4), {function}, flatten, linear(80, 3)")),
        ] {
            check::<f64>(&chain(input, &layers), 13, 1e-12);
        }
    }
    assert!(learnt > 0);
}
