//! How strongly each unit answers to each class.

use serde::Serialize;
use sparring_autograd::Tape;
use sparring_datasets::Split;
use sparring_models::ClassifierNet;
use sparring_nn::Cx;
use sparring_train::pixels;

/// Mean activations of the units of one layer; a unit of an image layer is a channel, and its activation the mean over its places.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitMeans {
    /// Position of the activation among the nodes.
    pub node: usize,
    /// Its name.
    pub name: String,
    /// The function.
    pub function: String,
    /// `[class][unit]`; NaN for a class without examples.
    pub means: Vec<Vec<f64>>,
}

/// Examples that pass the network at once.
const CHUNK: usize = 256;

/// The mean activation of every unit behind every activation, by class, over all examples.
pub fn unit_means(model: &ClassifierNet, on: &Split, classes: usize) -> Vec<UnitMeans> {
    let nodes: Vec<usize> =
        (0..model.spec().nodes.len()).filter(|&i| model.spec().nodes[i].layer.about().is_some()).collect();
    let mut counts = vec![0.0f64; classes];
    let mut sums: Vec<Vec<Vec<f64>>> = vec![vec![Vec::new(); classes]; nodes.len()];
    for start in (0..on.len()).step_by(CHUNK) {
        let rows: Vec<usize> = (start..on.len().min(start + CHUNK)).collect();
        let tape = Tape::new();
        let values = model.net.forward_nodes(&Cx::eval(&tape), tape.constant(pixels(on, &rows)));
        rows.iter().for_each(|&i| counts[on.label(i)] += 1.0);
        for (&node, sums) in nodes.iter().zip(&mut sums) {
            let value = values[node].value();
            let dims = value.shape();
            let units = dims.dims()[1];
            let places = value.len() / (rows.len() * units);
            for (&i, row) in rows.iter().zip(value.as_slice().chunks_exact(units * places)) {
                let own = &mut sums[on.label(i)];
                own.resize(units, 0.0);
                for (sum, at) in own.iter_mut().zip(row.chunks_exact(places)) {
                    *sum += at.iter().map(|v| f64::from(*v)).sum::<f64>() / places as f64;
                }
            }
        }
    }
    let layer = |(&node, sums): (&usize, Vec<Vec<f64>>)| {
        let units = sums.iter().map(Vec::len).max().unwrap_or(0);
        let mean = |(mut sum, n): (Vec<f64>, &f64)| {
            sum.resize(units, f64::NAN);
            sum.iter_mut().for_each(|s| *s /= n);
            sum
        };
        let means = sums.into_iter().zip(&counts).map(mean).collect();
        let at = &model.spec().nodes[node];
        let function = at.layer.activation_text().unwrap_or_else(|| at.layer.to_string());
        UnitMeans { node, name: at.name.clone(), function, means }
    };
    nodes.iter().zip(sums).map(layer).collect()
}
