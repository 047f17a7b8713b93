//! What layers say of how much they stretch differences, against differences.

use sparring_autograd::Tape;
use sparring_nn::layers::*;
use sparring_nn::{Cx, Graph, Lipschitz, Source};
use sparring_seed::Key;
use sparring_tensor::Array;

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// One layer on random pairs: no quotient is above its constant, and an affine layer gives f(x + d) − f(x) = f(d) − f(0).
#[test]
fn no_difference_grows_by_more_than_a_layer_says() {
    let images: Vec<sparring_nn::AnyLayer> = vec![
        max_pool2d(2, 2),
        max_pool2d(3, 1),
        Pool2d { kernel: [3, 2], stride: [2, 1], padding: [1, 1], ..Pool2d::default() }.into(),
        avg_pool2d(2, 1),
        global_avg_pool2d(),
        batch_norm(2),
        conv2d(2, 3, 3, 2, 1),
        ConvTranspose2d {
            inputs: 2,
            outputs: 3,
            kernel: [3; 2],
            stride: [2; 2],
            padding: [1; 2],
            ..ConvTranspose2d::default()
        }
        .into(),
        normalize(&[0.1, 0.2], &[0.3, 2.0]),
        upsample(2, Interpolation::Bilinear),
        flatten(),
        permute(&[2, 3, 1]),
        dropout(0.5),
        clamp(-0.2, 0.4),
        affine(&[2, 1, 1]),
        activation(&"leaky_relu(0.3)".parse().unwrap()),
        activation(&"silu".parse().unwrap()),
        activation(&"tanh".parse().unwrap()),
    ];
    for (i, layer) in images.into_iter().enumerate() {
        let (said, kind) = (layer.lipschitz(), layer.kind());
        let mut graph = Graph::new([2, 6, 6]);
        graph.push_from(layer, &[Source::Input]);
        let net = graph.build::<f64>(Key::new(i as u64)).unwrap();
        let run = |x: &[f64]| {
            let tape = Tape::new();
            let x = tape.constant(Array::from_slice([1, 2, 6, 6], x));
            net.forward(&Cx::eval(&tape), x).value().as_slice().to_vec()
        };
        let mut rng = Key::new(7).child(i as u64).rng(0);
        let zero = run(&[0.0; 72]);
        let mut largest = 0.0f64;
        for _ in 0..50 {
            let x: Vec<f64> = (0..72).map(|_| rng.normal()).collect();
            let d: Vec<f64> = (0..72).map(|_| 0.1 * rng.normal()).collect();
            let moved: Vec<f64> = x.iter().zip(&d).map(|(x, d)| x + d).collect();
            let step: Vec<f64> = run(&moved).iter().zip(run(&x)).map(|(a, b)| a - b).collect();
            largest = largest.max(norm(&step) / norm(&d));
            if let Lipschitz::Affine(_) = said {
                let own = run(&d);
                let off = step.iter().zip(own.iter().zip(&zero)).map(|(s, (a, b))| (s - (a - b)).abs());
                assert!(off.fold(0.0, f64::max) < 1e-12, "{kind} is not affine");
            }
        }
        match said {
            Lipschitz::AtMost(c) | Lipschitz::Affine(Some(c)) => {
                assert!(largest <= c * (1.0 + 1e-12), "{kind}: {largest} above {c}")
            }
            Lipschitz::Affine(None) => assert!(largest > 0.0, "{kind}"),
            Lipschitz::Unknown => panic!("{kind} says nothing"),
        }
    }
}

#[test]
fn a_learnt_function_and_a_norm_over_the_example_promise_nothing() {
    assert_eq!(activation(&"prelu".parse().unwrap()).lipschitz(), Lipschitz::Unknown);
    assert_eq!(layer_norm(&[4]).lipschitz(), Lipschitz::Unknown);
    assert_eq!(log_softmax().lipschitz(), Lipschitz::Unknown);
    assert_eq!(softmax().lipschitz(), Lipschitz::AtMost(0.5));
}
