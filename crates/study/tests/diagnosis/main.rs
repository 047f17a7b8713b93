//! What is found inside networks whose insides are known.
#![allow(missing_docs)]

mod bounds;
mod figures;
mod verdicts;
mod watching;

use sparring_datasets::{Pixels, Split};
use sparring_nn::{Graph, Network};
use sparring_seed::Key;

/// Rows of numbers in [0, 1] as examples of this shape, all of class 0 or 1 in turn.
fn split(shape: [usize; 3], rows: &[f32]) -> Split {
    let n = rows.len() / shape.iter().product::<usize>();
    let labels: Vec<u8> = (0..n).map(|i| (i % 2) as u8).collect();
    Split::new(Pixels::F32(rows.to_vec().into()), shape, labels).unwrap()
}

/// A network whose parameters are set by hand, in order.
fn network(graph: &Graph, values: &[&[f32]]) -> Network<f32> {
    let mut net = graph.build::<f32>(Key::new(1)).unwrap();
    assert_eq!(net.params.len(), values.len());
    for (param, value) in net.params.iter_mut().zip(values) {
        param.value.as_mut_slice().copy_from_slice(value);
    }
    net
}

/// Numbers in [0, 1) without a pattern.
fn noise(n: usize, seed: u64) -> Vec<f32> {
    let mut rng = Key::new(seed).rng(0);
    (0..n).map(|_| rng.below(1 << 20) as f32 / (1 << 20) as f32).collect()
}
