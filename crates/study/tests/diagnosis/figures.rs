//! Figures of layers against loops over the examples.

use super::{network, noise, split};
use sparring_autograd::{Tape, ops};
use sparring_losses::CrossEntropy;
use sparring_nn::layers::*;
use sparring_nn::{Bind, Cx, Graph};
use sparring_seed::Key;
use sparring_study::{DiagnosisLoss, DiagnosisSettings, layer_figures};
use sparring_tensor::{Array, team};
use std::sync::Arc;

fn settings(batch: usize) -> DiagnosisSettings {
    DiagnosisSettings { batch, ..DiagnosisSettings::default() }
}

#[test]
fn units_set_by_hand_are_dead_frozen_and_saturated() {
    // Four units: always active, never, above 1/2 alone, and always at 3.
    let graph = Graph::chain(
        [1, 1, 1],
        vec![flatten(), linear(1, 4), activation(&"relu".parse().unwrap()), linear(4, 2)],
    );
    let heads = [0.1, 0.2, 0.3, 0.4, -0.1, -0.2, -0.3, -0.4];
    let values: [&[f32]; 4] = [&[1.0, 1.0, 1.0, 0.0], &[1.0, -9.0, -0.5, 3.0], &heads, &[0.0, 0.0]];
    let net = network(&graph, &values);
    let x: Vec<f32> = (0..40).map(|i| i as f32 / 40.0).collect();
    let layers =
        layer_figures(&net, &split([1, 1, 1], &x), DiagnosisLoss::CrossEntropy, &settings(7)).unwrap();
    let names: Vec<_> = layers.iter().map(|l| l.title()).collect();
    assert_eq!(names, ["1 (linear)", "2 (relu)", "3 (linear)"]);
    let of = layers[1].activation.as_ref().unwrap();
    assert_eq!((of.dead, of.dead_positions, of.frozen, of.bounded), (0.25, 0.25, 0.25, false));
    // The second unit always, the third where x ≤ 1/2: 21 of 40.
    let zeros = (40.0 + 21.0) / 160.0;
    assert_eq!((of.saturated, layers[1].output.sparsity), (zeros, zeros));
    assert_eq!(of.before.counts.iter().sum::<u64>() + of.before.outside[0] + of.before.outside[1], 160);
    let unit = |x: f32| [x + 1.0, 0.0, (x - 0.5).max(0.0), 3.0].map(f64::from);
    let all: Vec<f64> = x.iter().flat_map(|&x| unit(x)).collect();
    let mean = all.iter().sum::<f64>() / 160.0;
    let std = (all.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 160.0).sqrt();
    assert!((layers[1].output.mean - mean).abs() < 1e-6 && (layers[1].output.std - std).abs() < 1e-6);
    // ELU has no dead unit; below −16 its derivative is under 1e-6. A sigmoid saturates there.
    for (name, frozen, bounded) in
        [("elu", 0.25, false), ("sigmoid", 0.25, true), ("leaky_relu(0.1)", 0.0, false)]
    {
        let graph = Graph::chain(
            [1, 1, 1],
            vec![flatten(), linear(1, 4), activation(&name.parse().unwrap()), linear(4, 2)],
        );
        let values: [&[f32]; 4] = [&[1.0, 1.0, 1.0, 0.0], &[1.0, -20.0, -0.5, 3.0], &heads, &[0.0, 0.0]];
        let net = network(&graph, &values);
        let layers =
            layer_figures(&net, &split([1, 1, 1], &x), DiagnosisLoss::CrossEntropy, &settings(9)).unwrap();
        let of = layers[1].activation.as_ref().unwrap();
        assert_eq!((of.dead, of.frozen, of.bounded), (0.0, frozen, bounded), "{name}");
        let saturated = if name == "leaky_relu(0.1)" { 0.0 } else { 0.25 };
        assert_eq!(of.saturated, saturated, "{name}");
    }
}

#[test]
fn channels_are_dead_where_all_positions_are() {
    let graph = Graph::chain(
        [1, 2, 2],
        vec![conv2d(1, 3, 1, 1, 0), activation(&"relu".parse().unwrap()), flatten(), linear(12, 2)],
    );
    let heads = noise(24, 3);
    let net = network(&graph, &[&[1.0, 1.0, -1.0], &[0.0, -5.0, 0.9], &heads, &[0.0, 0.0]]);
    // The last channel is active only where x < 0.9: never at the second position.
    let rows: Vec<f32> = (0..20).flat_map(|i| [0.1 + i as f32 / 100.0, 0.95, 0.5, 0.6]).collect();
    let layers =
        layer_figures(&net, &split([1, 2, 2], &rows), DiagnosisLoss::CrossEntropy, &settings(6)).unwrap();
    let of = layers[1].activation.as_ref().unwrap();
    assert_eq!((of.dead, of.dead_positions), (1.0 / 3.0, 5.0 / 12.0));
    assert_eq!(layers[1].shape, [3, 2, 2]);
}

/// A net with a branch, batch normalisation and a learnt activation: gradients against one tape over the whole network; equal over threads.
#[test]
fn gradients_are_those_of_one_tape() {
    let mut graph = Graph::chain(
        [1, 4, 4],
        vec![conv2d(1, 3, 3, 1, 1), batch_norm(3), activation(&"prelu".parse().unwrap())],
    );
    let skip = graph.last();
    let deep = graph.push(conv2d(3, 3, 3, 1, 1));
    graph.push_from(add(), &[deep, skip]);
    graph.push(activation(&"tanh".parse().unwrap()));
    graph.push(flatten());
    graph.push(linear(48, 2));
    let net = graph.build::<f32>(Key::new(5)).unwrap();
    let (n, rows) = (24, noise(24 * 16, 9));
    let data = split([1, 4, 4], &rows);
    let found = layer_figures(&net, &data, DiagnosisLoss::CrossEntropy, &settings(10)).unwrap();

    let tape = Tape::new();
    let x = tape.constant(Array::from_slice([n, 1, 4, 4], &rows));
    let cx = Cx::eval(&tape).bound(Bind::Free);
    let nodes = net.forward_nodes(&cx, x);
    let labels: Arc<[usize]> = data.labels().into();
    let loss = ops::sum(ops::row_loss(*nodes.last().unwrap(), CrossEntropy, labels));
    let grads = tape.grad(loss, &nodes);
    let of_params = tape.backward(loss, Array::ones(loss.shape()));
    let squares = |x: &[f32]| x.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>();
    let near = |a: f64, b: f64, what: &str| assert!((a - b).abs() <= 1e-5 * b, "{what}: {a} is not {b}");
    for layer in &found {
        let i: usize = layer.name.parse().unwrap();
        let own = grads[i].value();
        near(layer.gradient_l2, (squares(own.as_slice()) / n as f64).sqrt(), &layer.title());
        near(layer.gradient_rms, (squares(own.as_slice()) / own.len() as f64).sqrt(), &layer.title());
        if let Some(weight) = &layer.weight {
            let param = net.params.get(&format!("{i}.weight")).unwrap();
            let g = of_params.param(param.id()).unwrap();
            near(weight.gradient_l2, squares(g.as_slice()).sqrt() / n as f64, &layer.title());
            near(
                weight.rms,
                (squares(param.value.as_slice()) / param.value.len() as f64).sqrt(),
                &layer.title(),
            );
        }
    }
    assert_eq!(found.len(), 5);
    for threads in [1, 2, 3, 8] {
        let again = team::with_threads(threads, || {
            layer_figures(&net, &data, DiagnosisLoss::CrossEntropy, &settings(10)).unwrap()
        });
        assert_eq!(again, found, "{threads} threads");
    }
}

/// At He's initialisation a wide rectified network does what theory says.
#[test]
fn theory_holds_for_a_network_that_has_learnt_nothing() {
    let wide = 400;
    let he = |inputs, outputs| -> sparring_nn::AnyLayer {
        let init = "he".parse().unwrap();
        Linear { inputs, outputs, init, ..Linear::default() }.into()
    };
    let relu = || activation(&"relu".parse().unwrap());
    let graph = Graph::chain(
        [1, 1, wide],
        vec![flatten(), he(wide, wide), relu(), he(wide, wide), relu(), he(wide, wide), relu(), he(wide, 2)],
    );
    let net = graph.build::<f32>(Key::new(2)).unwrap();
    let data = split([1, 1, wide], &noise(60 * wide, 4));
    let layers = layer_figures(&net, &data, DiagnosisLoss::CrossEntropy, &settings(60)).unwrap();
    let theory: Vec<_> = layers.iter().filter_map(|l| l.theory).collect();
    assert_eq!(theory.len(), 3);
    for t in &theory[..2] {
        assert!(!t.is_off(), "{t:?}");
        assert!((t.chi - 1.0).abs() < 0.05, "He's weights keep gradients: {t:?}");
        assert!((t.q_measured / t.q - 1.0).abs() < 0.35, "{t:?}");
        assert!((t.gradient_ratio_measured.unwrap() / t.gradient_ratio - 1.0).abs() < 0.35, "{t:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused_in_one_line() {
    let graph = Graph::chain([1, 1, 2], vec![flatten(), linear(2, 2)]);
    let net = graph.build::<f32>(Key::new(1)).unwrap();
    let data = split([1, 1, 2], &noise(8, 1));
    let asked = |data: &sparring_datasets::Split, settings: &DiagnosisSettings| {
        layer_figures(&net, data, DiagnosisLoss::CrossEntropy, settings).unwrap_err().to_string()
    };
    let usual = DiagnosisSettings::default();
    assert!(asked(&split([1, 1, 3], &noise(9, 1)), &usual).contains("the network takes [1, 1, 2]"));
    assert!(asked(&data.first(0), &usual).contains("no examples"));
    assert!(asked(&data, &DiagnosisSettings { batch: 0, ..usual }).contains("batch is 0"));
}
