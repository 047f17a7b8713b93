//! Networks built from a `Graph`, in `f64`: gradients of all parameters and of the input, and their gradients again,
//! against central differences.

use sparring_autograd::{Checking, Tape, Var, gradcheck, gradgradcheck, ops};
use sparring_losses::CrossEntropy;
use sparring_math::grammar::pieces;
use sparring_nn::{Cx, Graph, Network, Param};
use sparring_seed::Key;
use sparring_tensor::Array;
use std::sync::Arc;

/// Step of the central differences; small enough that no sample of these seeds crosses a kink.
const STEP: f64 = 1e-6;
const IDS: [u64; 3] = [7, 2, 11];

/// Every kind of layer with parameters, both pools, smooth, kinked and learnt activations, dropout.
fn networks() -> [(&'static str, Graph); 4] {
    let chain = |name, input, layers| {
        let layers = pieces(layers).into_iter().map(|layer| layer.parse().unwrap());
        (name, Graph::chain(input, layers.collect()))
    };
    [
        chain(
            "conv, max pool, prelu",
            [2, 6, 6],
            "conv2d(2, 3, 3, 1, 1), max_pool2d(2), prelu, flatten, linear(27, 4), silu, linear(4, 5)",
        ),
        chain(
            "transposed conv, mean pool, dropout",
            [1, 1, 12],
            "reshape(3-2-2), conv_transpose2d(3, 2, 4x3, 2x1, 1, 1x0, init=glorot), gelu, avg_pool2d(3x2, 2, 1x0), flatten,
             dropout(0.3), linear(6, 5)",
        ),
        chain(
            "norms, gates, noise, upsampling",
            [2, 3, 2],
            "conv2d(2, 4, 1, parametrization=weight_norm), group_norm(2, 4), swiglu, dropout2d(0.3), upsample(2, mode=bilinear), instance_norm(2, affine=true),
             gaussian_noise(0.1), upsample(1x2), rms_norm(6-8), maxout, flatten, alpha_dropout(0.2), gaussian_dropout(0.3), linear(48, 5)",
        ),
        chain(
            "weight norms",
            [1, 2, 4],
            "conv_transpose2d(1, 2, 2, parametrization=weight_norm), tanh, flatten, linear(30, 6, parametrization=weight_norm), geglu, linear(3, 5)",
        ),
    ]
}

fn numbers(shape: &[usize], key: Key) -> Array<f64> {
    let mut random = key.rng(0);
    Array::from_fn(shape, |_| 2.0 * random.uniform_f64() - 1.0)
}

fn batch(spec: &Graph) -> Array<f64> {
    let [c, h, w] = spec.input;
    numbers(&[3, c, h, w], Key::new(40))
}

/// Summed cross-entropy in training mode.
fn loss<'t>(net: &Network<f64>, cx: &Cx<'t, f64>, x: Var<'t, f64>) -> Var<'t, f64> {
    let labels: Arc<[usize]> = Arc::from([4, 0, 2]);
    ops::sum(ops::row_loss(net.forward(cx, x), CrossEntropy, labels))
}

/// Something to differentiate with respect to the parameters.
type Quantity = for<'t> fn(&Network<f64>, &Cx<'t, f64>, Var<'t, f64>) -> Var<'t, f64>;

/// u · ∇ₓ loss: its gradient is the mixed second derivative.
fn derivative_in_input<'t>(net: &Network<f64>, cx: &Cx<'t, f64>, x: Var<'t, f64>) -> Var<'t, f64> {
    let g = cx.tape().grad(loss(net, cx, x), &[x])[0];
    ops::sum(g * cx.tape().constant(numbers(g.shape().dims(), Key::new(50))))
}

/// u · ∇θ loss: its gradient is the Hessian in the parameters times u.
fn derivative_in_parameters<'t>(net: &Network<f64>, cx: &Cx<'t, f64>, x: Var<'t, f64>) -> Var<'t, f64> {
    let root = loss(net, cx, x);
    let mut wrt = Vec::new();
    net.params.iter().for_each(|p| wrt.push(cx.param(p)));
    let grads = cx.tape().grad(root, &wrt);
    let along = |(i, g): (usize, Var<'t, f64>)| {
        ops::sum(g * cx.tape().constant(numbers(g.shape().dims(), Key::new(60).child(i as u64))))
    };
    grads.into_iter().enumerate().map(along).reduce(|a, b| a + b).unwrap()
}

fn value(net: &Network<f64>, x: &Array<f64>, of: Quantity) -> f64 {
    let tape = Tape::new();
    of(net, &Cx::train(&tape, Key::new(9), &IDS), tape.leaf(x.clone())).item()
}

/// Moves every parameter by `by` along its direction.
fn shift(net: &mut Network<f64>, by: f64, towards: impl Fn(&Param<f64>, u64) -> Array<f64>) {
    let mut i = 0;
    net.params.iter_mut().for_each(|p| {
        let v = towards(p, i);
        p.value.as_mut_slice().iter_mut().zip(v.as_slice()).for_each(|(w, v)| *w += by * v);
        i += 1;
    });
}

fn check_parameters(name: &str, spec: &Graph, of: Quantity) {
    let mut net = spec.build::<f64>(Key::new(3)).unwrap();
    let x = batch(spec);
    let tape = Tape::new();
    let root = of(&net, &Cx::train(&tape, Key::new(9), &IDS), tape.leaf(x.clone()));
    let grads = tape.backward(root, Array::scalar(1.0));
    for direction in 0..3 {
        let towards =
            |p: &Param<f64>, i: u64| numbers(p.value.shape().dims(), Key::new(70).child(direction).child(i));
        let (mut directional, mut i) = (0.0, 0);
        for p in &net.params {
            let layer = p.name();
            let g = grads.param(p.id()).unwrap_or_else(|| panic!("{name}: {layer} got no gradient"));
            directional += g.as_slice().iter().zip(towards(p, i).as_slice()).map(|(g, v)| g * v).sum::<f64>();
            i += 1;
        }
        let ends = [STEP, -STEP].map(|by| {
            shift(&mut net, by, towards);
            let end = value(&net, &x, of);
            shift(&mut net, -by, towards);
            end
        });
        let numeric = (ends[0] - ends[1]) / (2.0 * STEP);
        let error = (numeric - directional).abs() / numeric.abs().max(directional.abs()).max(1.0);
        assert!(error <= 1e-6, "{name}, direction {direction}: numeric {numeric}, tape {directional}");
    }
}

#[test]
fn gradients_of_all_parameters() {
    for (name, spec) in networks() {
        check_parameters(name, &spec, loss);
    }
}

#[test]
fn second_derivatives_of_all_parameters() {
    for (name, spec) in networks() {
        check_parameters(&format!("{name}, input then parameters"), &spec, derivative_in_input);
        check_parameters(&format!("{name}, parameters twice"), &spec, derivative_in_parameters);
    }
}

#[test]
fn gradients_of_the_input_first_and_second_order() {
    for (name, spec) in networks() {
        let net = spec.build::<f64>(Key::new(3)).unwrap();
        let x = [batch(&spec)];
        let how = Checking { step: STEP, ..Checking::default() };
        gradcheck(|t, x| loss(&net, &Cx::train(t, Key::new(9), &IDS), x[0]), &x, how)
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        gradgradcheck(|t, x| loss(&net, &Cx::train(t, Key::new(9), &IDS), x[0]), &x, how)
            .unwrap_or_else(|e| panic!("{name}, second order: {e}"));
    }
}
