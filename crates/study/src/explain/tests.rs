//! Against closed forms and plain loops.

use super::{IntegratedGradients, Maximise, integrated_gradients, learnt_shapes, maximise, unit_means};
use sparring_datasets::{Mnist, Pixels, Split};
use sparring_models::{ClassifierNet, Mlp};
use sparring_nn::{Graph, layers};
use sparring_seed::Key;
use sparring_train::logits;

fn model(layers: &[&str]) -> ClassifierNet {
    let layers = layers.iter().map(|layer| layer.parse().unwrap()).collect();
    ClassifierNet::new(Graph::chain([1, 28, 28], layers), Key::new(5)).unwrap()
}

/// Of a linear map z = W x + b the integrated gradients from black are w ∘ x, and the saliency is |w|.
#[test]
fn a_linear_map_has_its_weights_for_attributions() {
    let model = model(&["flatten", "linear(784, 10)"]);
    let x = Mnist::embedded().test.row(3);
    let found = integrated_gradients(&model, &x, 4, &IntegratedGradients::default());
    let w = &model.net.params.get("1.weight").unwrap().value.as_slice()[4 * 784..][..784];
    for i in 0..784 {
        assert!((found.integrated[i] - w[i] * x[i]).abs() < 1e-5);
        assert!((found.saliency[i] - w[i].abs()).abs() < 1e-6);
    }
    assert!(found.gap() < 1e-3 && found.steps == 64);
}

/// Through smooth, kinked, learnt and saturating activations the attributions add up to the difference of the logits, which the engine gives.
#[test]
fn attributions_are_complete_through_any_activation() {
    let data = Mnist::embedded().test.first(2);
    for activation in ["relu", "tanh", "silu", "prelu", "sigmoid", "leaky_relu(slope=0.2)", "elu"] {
        let spec = Mlp::with(activation.parse().unwrap()).spec();
        let scheme: sparring_nn::AnyInitScheme = "he".parse().unwrap();
        let model = ClassifierNet::new(scheme.applied(&spec).unwrap(), Key::new(2)).unwrap();
        let z = logits(&model, &data).unwrap();
        let pixels = Pixels::U8(vec![0; 784].into());
        let black = Split::new(pixels, [1, 28, 28], vec![0u8]).unwrap();
        let z0 = logits(&model, &black).unwrap();
        for i in 0..2 {
            let found = integrated_gradients(&model, &data.row(i), 7, &IntegratedGradients::default());
            let want = f64::from(z[10 * i + 7]) - f64::from(z0[7]);
            let sum: f64 = found.integrated.iter().map(|v| f64::from(*v)).sum();
            assert!((sum - want).abs() < 1.1e-3, "{activation}: {sum} for {want} in {} steps", found.steps);
        }
    }
}

#[test]
fn units_by_class_are_means_of_plain_loops() {
    let model = model(&["flatten", "linear(784, 6)", "relu", "linear(6, 10)"]);
    let data = Mnist::embedded().test.first(300);
    let found = unit_means(&model, &data, 10);
    assert_eq!((found.len(), found[0].node, found[0].function.as_str()), (1, 2, "relu"));
    let (w, b) = (model.net.params.get("1.weight").unwrap(), model.net.params.get("1.bias").unwrap());
    for class in 0..10 {
        let own: Vec<usize> = (0..300).filter(|&i| data.label(i) == class).collect();
        for unit in 0..6 {
            let h = |&i: &usize| {
                let x = data.row(i);
                let w = &w.value.as_slice()[784 * unit..][..784];
                let sum: f64 = x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
                (sum + f64::from(b.value.as_slice()[unit])).max(0.0)
            };
            let want = own.iter().map(h).sum::<f64>() / own.len() as f64;
            assert!((found[0].means[class][unit] - want).abs() < 1e-5, "{class} {unit}");
        }
    }
}

/// Of a monotone function of w · x the best image within [0, 1] is white where w is positive and black elsewhere.
#[test]
fn the_image_of_a_linear_unit_is_where_its_weights_are_positive() {
    let model = model(&["flatten", "linear(784, 3)", "tanh", "linear(3, 10)"]);
    let how = Maximise { steps: 600, step_size: 4.0, decay: 0.0 };
    // At the linear node: behind tanh the slope dies out on the way.
    let found = maximise(&model, 1, 2, &how, Key::new(1));
    let w = &model.net.params.get("1.weight").unwrap().value.as_slice()[2 * 784..][..784];
    let want: f64 = w.iter().map(|w| f64::from(w.max(0.0))).sum::<f64>()
        + f64::from(model.net.params.get("1.bias").unwrap().value.as_slice()[2]);
    assert!(found.after > 0.98 * want && found.after <= want + 1e-4, "{} of {want}", found.after);
    assert!(found.before < found.after);
    let penalised = maximise(&model, 1, 2, &Maximise { decay: 0.05, ..how }, Key::new(1));
    let size = |x: &[f32]| x.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
    assert!(size(&penalised.image) < size(&found.image));
}

#[test]
fn learnt_shapes_are_those_of_the_parameters() {
    let mut graph = Graph::chain([1, 28, 28], vec![layers::flatten(), layers::linear(784, 4)]);
    graph.push(layers::activation(&"prelu".parse().unwrap()));
    graph.push(layers::linear(4, 10));
    let mut model = ClassifierNet::new(graph, Key::new(5)).unwrap();
    model.net.params.get_mut("2.weight").unwrap().value.as_mut_slice()[0] = -0.5;
    let found = learnt_shapes(&model);
    assert_eq!((found.len(), found[0].parameters.as_slice()), (1, &[-0.5][..]));
    for &(x, before, now) in &found[0].points {
        assert!((before - if x > 0.0 { x } else { 0.25 * x }).abs() < 1e-12);
        assert!((now - if x > 0.0 { x } else { -0.5 * x }).abs() < 1e-12);
    }
}
