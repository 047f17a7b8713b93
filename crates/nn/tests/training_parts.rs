//! What a training step is made of: dropout, learnt activations, clipping, frozen parameters, gradients gone wrong.

use sparring_activations::{AnyActivation, Prelu};
use sparring_autograd::{Tape, ops};
use sparring_losses::Mse;
use sparring_nn::{Bind, Cx, Graph, Method, Network, NnError, Optimizer, layers};
use sparring_optim::{AnyRule, AnyTransform, ClipNorm, ClipValue, Sgd};
use sparring_seed::Key;
use sparring_tensor::Array;

fn drop(p: f64, step: u64, ids: &[u64], x: Array<f32>) -> Array<f32> {
    let tape = Tape::new();
    let cx = Cx::train(&tape, Key::new(5).child(step), ids);
    layers::dropout(p).forward(&cx, &[], &[tape.constant(x)]).value()
}

#[test]
fn dropout_drops_its_share_and_keeps_the_mean() {
    let (n, p) = (40_000, 0.4);
    let y = drop(p, 1, &[3, 9, 4, 1], Array::ones([4, n / 4]));
    let dropped = y.as_slice().iter().filter(|v| **v == 0.0).count() as f64;
    // Five standard deviations of a binomial count.
    assert!((dropped - p * n as f64).abs() < 5.0 * (n as f64 * p * (1.0 - p)).sqrt(), "{dropped} of {n}");
    assert!(y.as_slice().iter().all(|&v| v == 0.0 || v == 1.0 / 0.6));
}

#[test]
fn a_mask_belongs_to_the_example_and_the_step() {
    let x = |n: usize| Array::ones([n, 50]);
    let whole = drop(0.5, 1, &[8, 3, 6], x(3));
    let alone = drop(0.5, 1, &[3], x(1));
    assert_eq!(&whole.as_slice()[50..100], alone.as_slice(), "the mask changed with the batch");
    assert_ne!(&whole.as_slice()[..50], alone.as_slice(), "two examples share a mask");
    assert_ne!(drop(0.5, 2, &[3], x(1)), alone, "two steps share a mask");
    let tape = Tape::new();
    let quiet = layers::dropout(0.5).forward(&Cx::eval(&tape), &[], &[tape.constant(x(2))]).value();
    assert_eq!(quiet, x(2));
}

fn gradients(net: &Network<f32>, x: &Array<f32>, t: &Array<f32>) -> sparring_autograd::Grads<f32> {
    let tape = Tape::new();
    let y = net.forward(&Cx::train(&tape, Key::new(1), &[]), tape.constant(x.clone()));
    let loss = ops::mean(ops::row_loss(y, Mse::default(), t.clone()));
    tape.backward(loss, Array::scalar(1.0))
}

fn clipped(clip: Option<AnyTransform>) -> Method {
    Method { transforms: clip.into_iter().collect(), ..Method::from(sgd(0.0)) }
}

fn sgd(decay: f64) -> AnyRule {
    Sgd { weight_decay: decay, ..Sgd::default() }.into()
}

#[test]
fn prelu_learns_the_slope_of_its_data() {
    let prelu = layers::activation(&AnyActivation::Prelu(Prelu::default()));
    let mut layer = Graph::chain([1, 1, 8], vec![layers::flatten(), prelu]).build(Key::new(1)).unwrap();
    let x = Array::from_fn([1, 8], |i| i as f32 - 5.0);
    let target = Array::from_fn([1, 8], |i| (i as f32 - 5.0) * if i < 5 { 0.1 } else { 1.0 });
    // Decay would pull the slope towards 0 visibly: learnt activations are exempt from it.
    let mut optimizer = Optimizer::new(sgd(0.5));
    for _ in 0..200 {
        let mut grads = gradients(&layer, &x, &target);
        optimizer.step(&mut layer.params, &mut grads, 0.05).unwrap();
    }
    let slope = &layer.params.get("1.weight").unwrap().value;
    assert!((slope.as_slice()[0] - 0.1).abs() < 1e-5, "{slope:?}");
}

fn small() -> Network<f32> {
    let relu = "relu".parse().unwrap();
    let layers = vec![layers::linear(3, 4), layers::activation(&relu), layers::linear(4, 2)];
    Graph::chain([1, 1, 3], [vec![layers::flatten()], layers].concat()).build(Key::new(2)).unwrap()
}

fn flat(net: &Network<f32>) -> Vec<f32> {
    let mut all = Vec::new();
    net.params.iter().for_each(|p| all.extend_from_slice(p.value.as_slice()));
    all
}

/// How far one SGD step of rate 1 moves each parameter: the gradient as the optimiser used it.
fn moved(clip: Option<AnyTransform>) -> Vec<f32> {
    let mut net = small();
    let (x, t) = (Array::full([5, 3], 3.0), Array::full([5, 2], 40.0));
    let before = flat(&net);
    let mut grads = gradients(&net, &x, &t);
    Optimizer::new(clipped(clip)).step(&mut net.params, &mut grads, 1.0).unwrap();
    flat(&net).iter().zip(before).map(|(a, b)| b - a).collect()
}

#[test]
fn clipping_limits_what_the_rule_sees() {
    let free = moved(None);
    let norm = |g: &[f32]| g.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
    assert!(norm(&free) > 20.0, "the test needs a large gradient");
    let short = moved(Some(ClipNorm { max: 0.5 }.into()));
    assert!((norm(&short) - 0.5).abs() < 1e-4);
    for (s, f) in short.iter().zip(&free) {
        assert!((f64::from(*s) - f64::from(*f) * 0.5 / norm(&free)).abs() < 1e-5, "the direction changed");
    }
    let cut = moved(Some(ClipValue { limit: 0.25 }.into()));
    for (c, f) in cut.iter().zip(&free) {
        assert!((c - f.clamp(-0.25, 0.25)).abs() < 1e-5);
    }
    // A limit that is not reached changes nothing.
    assert_eq!(moved(Some(ClipNorm { max: 1e6 }.into())), free);
}

#[test]
fn frozen_parameters_get_no_gradient_and_the_input_still_does() {
    let net = small();
    let tape = Tape::new();
    let x = tape.leaf(Array::full([2, 3], 1.0));
    let cx = Cx::train(&tape, Key::new(1), &[]).bound(Bind::Frozen);
    let grads = tape.backward(ops::sum(net.forward(&cx, x)), Array::scalar(1.0));
    assert!(grads.get(x).is_some());
    for p in &net.params {
        let name = p.name();
        assert!(grads.param(p.id()).is_none(), "{name}");
    }
}

#[test]
fn a_gradient_that_is_not_finite_stops_the_step_and_names_the_layer() {
    for bad in [f32::NAN, f32::INFINITY] {
        let mut net = small();
        let mut optimizer = Optimizer::new(clipped(Some(ClipNorm { max: 1.0 }.into())));
        let (x, t) = (Array::full([5, 3], 1.0), Array::zeros([5, 2]));
        let mut grads = gradients(&net, &x, &t);
        optimizer.step(&mut net.params, &mut grads, 0.1).unwrap();
        let before = flat(&net);
        let mut grads = gradients(&net, &x, &t);
        for p in &net.params {
            let name = p.name();
            if name == "3.bias" {
                grads.param_mut(p.id()).unwrap().as_mut_slice()[1] = bad;
            }
        }
        let e = optimizer.step(&mut net.params, &mut grads, 0.1).unwrap_err();
        assert_eq!(e, NnError::NonFinite { name: "3.bias".into(), step: 2 });
        assert!(e.to_string().contains("learning rate"), "{e}");
        assert_eq!((flat(&net), optimizer.steps()), (before, 1), "a refused step changed something");
    }
}
