//! What layers say of how much they stretch differences, against differences.

use sparring_activations::{AnyActivation, Sharing};
use sparring_autograd::Tape;
use sparring_math::named::Family;
use sparring_nn::layers::*;
use sparring_nn::{AnyLayer, Cx, Graph, Lipschitz, Source};
use sparring_seed::Key;
use sparring_tensor::{Array, Shape};

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// One layer on random pairs: no quotient is above its constant, and an affine layer gives f(x + d) − f(x) = f(d) − f(0).
#[test]
fn no_difference_grows_by_more_than_a_layer_says() {
    let images: Vec<AnyLayer> = vec![
        max_pool2d(2, 2),
        max_pool2d(3, 1),
        Pool2d { kernel: [3, 2], stride: [2, 1], padding: [1, 1], ..Pool2d::default() }.into(),
        avg_pool2d(2, 1),
        global_avg_pool2d(),
        batch_norm(2),
        minibatch_stddev(),
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

/// The last layer of a chain as the matrix that its outputs at unit vectors make, and its bound; what comes before it is `flatten`.
fn matrix_and_bound(chain: Vec<AnyLayer>, key: Key) -> (nalgebra::DMatrix<f64>, f64) {
    let (n, end) = (72, chain.len() - 1);
    let net = Graph::chain([2, 6, 6], chain).build::<f32>(key).unwrap();
    let tape = Tape::new();
    // All zeros, then the unit vectors.
    let x = Array::from_fn([n + 1, 2, 6, 6], |i| if i / n == i % n + 1 { 1.0f32 } else { 0.0 });
    let y = net.forward(&Cx::eval(&tape), tape.constant(x)).value();
    let outputs = y.len() / (n + 1);
    let at = |row: usize, i: usize| f64::from(y.as_slice()[row * outputs + i]);
    let matrix = nalgebra::DMatrix::from_fn(outputs, n, |i, j| at(j + 1, i) - at(0, i));
    let params: Vec<_> = net.params_of(end).iter().map(|p| &p.value).collect();
    let (layer, shape) = (&net.graph().nodes[end].layer, if end > 0 { vec![1, n] } else { vec![1, 2, 6, 6] });
    let bound = layer.lipschitz_bound(&params, &[Shape::new(&shape)]);
    (matrix, bound.unwrap_or_else(|| panic!("{layer}: no bound")))
}

/// Against the exact singular value of the unrolled matrix: never below it, and near it.
#[test]
fn bounds_are_above_the_exact_singular_value() {
    let with = |kernel, stride, padding, parametrization| -> AnyLayer {
        Conv2d { inputs: 2, outputs: 5, kernel, stride, padding, parametrization, ..Conv2d::default() }.into()
    };
    let transposed = |stride, padding| -> AnyLayer {
        ConvTranspose2d {
            inputs: 2,
            outputs: 3,
            kernel: [4; 2],
            stride,
            padding,
            ..ConvTranspose2d::default()
        }
        .into()
    };
    let dense = |outputs, parametrization| -> AnyLayer {
        Linear { inputs: 72, outputs, parametrization, ..Linear::default() }.into()
    };
    let [none, weight, spectral] =
        [Parametrization::None, Parametrization::WeightNorm, Parametrization::SpectralNorm];
    let all: Vec<(AnyLayer, f64)> = vec![
        (with([3, 3], [1, 1], [1, 1], none), 2.0),
        (with([3, 3], [2, 2], [1, 1], none), 2.0),
        (with([4, 4], [2, 2], [1, 1], none), 2.0),
        (with([5, 2], [1, 2], [2, 0], none), 2.0),
        (with([1, 1], [1, 1], [0, 0], none), 1.01),
        (with([2, 2], [2, 2], [0, 0], none), 1.01),
        (with([3, 3], [1, 1], [1, 1], weight), 2.0),
        (with([3, 3], [1, 1], [1, 1], spectral), 2.0),
        (transposed([1; 2], [0; 2]), 3.0),
        (transposed([2; 2], [1; 2]), 2.0),
        (dense(5, none), 1.01),
        (dense(90, none), 1.01),
        (dense(9, weight), 1.01),
        (dense(9, spectral), 1.01),
        (batch_norm(2), 1.01),
        (minibatch_stddev(), 1.01),
        (affine(&[2, 1, 1]), 1.01),
        (normalize(&[0.1, 0.2], &[0.3, 2.0]), 1.01),
        (avg_pool2d(2, 2), 1.01),
        (avg_pool2d(3, 1), 1.3),
        (global_avg_pool2d(), 1.01),
        (upsample(2, Interpolation::Nearest), 1.01),
        (upsample(3, Interpolation::Bilinear), 1.5),
    ];
    for (layer, near) in all {
        for seed in 0..5 {
            let name = layer.to_string();
            let vectors = layer.tag() == "linear";
            let chain = if vectors { vec![flatten(), layer.clone()] } else { vec![layer.clone()] };
            let (matrix, bound) = matrix_and_bound(chain, Key::new(seed));
            let exact = matrix.singular_values().max();
            assert!(bound >= exact * (1.0 - 1e-6) && bound <= near * exact, "{name}: {bound} for {exact}");
        }
    }
}

/// At parameters of our own, by differences over a fine grid: no quotient is above the bound, and one comes near it.
#[test]
fn a_learnt_function_is_bounded_at_its_present_parameters() {
    let mut rng = Key::new(5).rng(0);
    for name in AnyActivation::TABLE.names() {
        let function: AnyActivation = name.parse().unwrap();
        let Some(learnt) = function.trainable::<f32>() else { continue };
        for _ in 0..20 {
            let p: Vec<f32> = learnt.params().iter().map(|p| p + 0.4 * rng.normal() as f32).collect();
            let layer = activation(&function);
            let params = Array::from_slice([p.len()], &p);
            let bound = layer.lipschitz_bound(&[&params], &[Shape::new(&[1, 4])]).unwrap();
            let mut x: Vec<f32> = (-40_000..40_000).map(|i| i as f32 / 2048.0).collect();
            // A gate of small slope opens far away.
            let far = (0..2000).map(|i| 20.0 * 1.005f32.powi(i));
            x.extend(far.flat_map(|x| [x, -x]));
            let (ones, mut slopes) = (vec![1.0; x.len()], vec![0.0; x.len()]);
            learnt.input_grad_with(&p, Sharing::WHOLE, &x, &ones, &mut slopes);
            let steepest = slopes.iter().fold(0.0, |m: f64, s| m.max(f64::from(s.abs())));
            let room = 1e-4 * bound;
            assert!(steepest <= bound + room, "{name} {p:?}: {steepest} above {bound}");
            // Sine and quotient may have their steepest place elsewhere.
            let tight = ["pau", "snake"].contains(&name) || steepest > 0.9 * bound;
            assert!(tight, "{name} {p:?}: {steepest} far below {bound}");
        }
        let nan = Array::full([learnt.count()], f32::NAN);
        assert_eq!(activation(&function).lipschitz_bound(&[&nan], &[Shape::new(&[1, 4])]), None, "{name}");
    }
    assert_eq!(activation(&"relu2".parse().unwrap()).lipschitz_bound(&[], &[Shape::new(&[1, 4])]), None);
}
