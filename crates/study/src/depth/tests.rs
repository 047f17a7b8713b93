//! Against plain loops, closed forms and the other way to a gradient.

use super::cell::DepthCell;
use super::dead::units;
use super::network::{graph, pre_activations};
use super::settings::{DepthStudy, NormalizedBy};
use super::signal::signal;
use super::study::depth_study;
use super::words::{depth_findings, depth_table};
use sparring_autograd::{Tape, ops};
use sparring_datasets::{Dataset, Mnist};
use sparring_losses::CrossEntropy;
use sparring_models::ClassifierNet;
use sparring_nn::{Cx, Mode};
use sparring_seed::Key;
use sparring_train::pixels;
use std::sync::Arc;

fn cell(activation: &str, init: &str) -> DepthCell {
    let (activation, init) = (activation.parse().unwrap(), init.parse().unwrap());
    DepthCell { activation, init, normalization: NormalizedBy::None }
}

fn few(n: usize) -> Dataset {
    let all = Mnist::embedded();
    Dataset { train: all.train.first(n), test: all.test.first(n), ..all }
}

fn model(study: &DepthStudy, cell: &DepthCell) -> ClassifierNet {
    ClassifierNet::new(graph(study, cell, [1, 28, 28], 10).unwrap(), Key::new(3)).unwrap()
}

/// With one example the gradient at a pre-activation is that at the bias that is added to it.
#[test]
fn gradients_are_those_of_the_biases() {
    let study = DepthStudy { depth: 5, width: 20, ..DepthStudy::default() };
    let (data, cell) = (few(1), cell("tanh", "he"));
    let model = model(&study, &cell);
    let (found, gradient) = signal(&model, &data.train, Key::new(1));
    let tape = Tape::new();
    let cx = Cx::train(&tape, Key::new(1), &[]);
    let x = tape.constant(pixels(&data.train, &[0]));
    let labels: Arc<[usize]> = data.train.labels().into();
    let loss = ops::mean(ops::row_loss(model.net.forward(&cx, x), CrossEntropy, labels));
    let grads = tape.backward(loss, sparring_tensor::Array::scalar(1.0));
    assert_eq!((found.len(), gradient.len()), (5, 5));
    for (node, got) in pre_activations(&model).into_iter().zip(gradient) {
        let bias = model.net.params.get(&format!("{node}.bias")).unwrap();
        let g = grads.param(bias.id()).unwrap().as_slice();
        let want = (g.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / g.len() as f64).sqrt();
        assert!((got / want - 1.0).abs() < 1e-4, "{node}: {got} {want}");
    }
}

/// Units counted by plain loops over the weights, in `f64`.
#[test]
fn dead_units_are_those_that_no_example_reaches() {
    let study = DepthStudy { depth: 2, width: 12, ..DepthStudy::default() };
    let (data, cell) = (few(60).train, cell("relu", "he"));
    let mut model = model(&study, &cell);
    // Three units of the first layer, one of the second, that nothing reaches.
    for (name, unit) in [("1.bias", 0), ("1.bias", 4), ("1.bias", 11), ("3.bias", 7)] {
        model.net.params.get_mut(name).unwrap().value.as_mut_slice()[unit] = -1e4;
    }
    let tensor = |name: &str| -> Vec<f64> {
        model.net.params.get(name).unwrap().value.as_slice().iter().map(|v| f64::from(*v)).collect()
    };
    let (mut reached, mut off) = (vec![false; 24], 0);
    for i in 0..data.len() {
        let mut x: Vec<f64> = data.row(i).into_iter().map(f64::from).collect();
        for (layer, name) in ["1", "3"].into_iter().enumerate() {
            let (w, b) = (tensor(&format!("{name}.weight")), tensor(&format!("{name}.bias")));
            let h = |u: usize| b[u] + x.iter().zip(&w[u * x.len()..]).map(|(x, w)| x * w).sum::<f64>();
            let h: Vec<f64> = (0..12).map(h).collect();
            h.iter().enumerate().for_each(|(u, &h)| reached[12 * layer + u] |= h > 0.0);
            off += h.iter().filter(|&&h| h <= 0.0).count();
            x = h.into_iter().map(|h| h.max(0.0)).collect();
        }
    }
    let found = units(&model, &cell.activation, &data, Mode::Eval);
    assert_eq!((found.examples, found.units), (60, 24));
    let dead = reached.iter().filter(|r| !**r).count();
    assert!(dead >= 4);
    assert_eq!((found.dead, found.frozen), (dead, dead));
    assert!((found.off - off as f64 / (60.0 * 24.0)).abs() < 1e-9, "{} {off}", found.off);
}

/// Over ten layers and many orders of magnitude, theory is right within a factor of 2, for a gradient that vanishes and for one that does not; what cannot be made is a row that says why.
#[test]
fn theory_stands_beside_the_measurement() {
    let study = DepthStudy {
        depth: 10,
        width: 128,
        activations: ["sigmoid", "tanh", "relu", "softplus"].map(|a| a.parse().unwrap()).to_vec(),
        inits: ["torch", "he", "lsuv", "edge_of_chaos"].map(|i| i.parse().unwrap()).to_vec(),
        examples: 64,
        steps: 0,
        ..DepthStudy::default()
    };
    let mut seen = 0;
    let rows = depth_study(&study, &few(400), |_| {
        seen += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!((rows.len(), seen), (16, 16));
    for row in &rows {
        let softplus = row.activation == "softplus" && row.init == "edge_of_chaos";
        assert_eq!(row.refused.is_some(), softplus, "{row:?}");
        if softplus {
            continue;
        }
        let (measured, theory) = row.ratios();
        let off = measured.unwrap() / theory.unwrap();
        assert!(off.ln().abs() < 2f64.ln(), "{} {}: {off}", row.activation, row.init);
        if row.activation == "sigmoid" && row.init == "torch" {
            assert!(measured.unwrap() < 1e-6, "{row:?}");
        }
        if row.activation == "relu" && row.init == "he" {
            assert!((0.4..2.5).contains(&measured.unwrap()), "{row:?}");
        }
    }
    let (headers, lines) = depth_table(&rows);
    assert!(lines.len() == 16 && lines.iter().all(|line| line.len() == headers.len()));
    let findings = depth_findings(&rows).join("\n");
    assert!(findings.contains("sigmoid, torch: the gradient vanishes"), "{findings}");
    assert!(findings.contains("softplus has no edge of chaos"), "{findings}");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let usual = DepthStudy::default();
    assert!(usual.validate().is_ok());
    for (study, word) in [
        (DepthStudy { depth: 1, ..usual.clone() }, "depth is 1"),
        (DepthStudy { depth: 1_000_000, ..usual.clone() }, "at most 1000"),
        (DepthStudy { lr: f64::NAN, ..usual.clone() }, "lr is NaN"),
        (DepthStudy { clip_norms: vec![Some(-1.0)], ..usual.clone() }, "clip_norm is -1"),
        (DepthStudy { inits: Vec::new(), ..usual.clone() }, "inits names nothing"),
    ] {
        let error = study.validate().unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    assert!("batchnorm".parse::<NormalizedBy>().is_ok() && "instance".parse::<NormalizedBy>().is_err());
}

#[test]
fn examples_that_no_memory_holds_are_refused_before_the_network_is_made() {
    let study = DepthStudy {
        depth: 100,
        width: 1000,
        examples: 10_000,
        activations: vec!["relu".parse().unwrap()],
        inits: vec!["torch".parse().unwrap()],
        ..DepthStudy::default()
    };
    let error = depth_study(&study, &few(10_000), |_| Ok(())).unwrap_err().to_string();
    assert!(error.starts_with("examples: a batch of 10000 examples: this network allows"), "{error}");
}
