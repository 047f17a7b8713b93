//! Dead, frozen and idle units, counted over a whole set.

use super::cell::UnitCounts;
use super::network::pre_activations;
use sparring_activations::{Activation, AnyActivation};
use sparring_autograd::Tape;
use sparring_datasets::Split;
use sparring_models::ClassifierNet;
use sparring_nn::{Bind, Cx, Mode};
use sparring_seed::Key;
use sparring_train::pixels;

/// Below this a slope is as good as none: `f32` has no more digits around 1.
const FROZEN: f32 = 1e-6;
/// Examples at a time.
const CHUNK: usize = 512;

/// Counts over all examples. `mode` says which statistics a batch normalisation uses: before a training there are only those of the batch.
pub(super) fn units(model: &ClassifierNet, a: &AnyActivation, on: &Split, mode: Mode) -> UnitCounts {
    let nodes = pre_activations(model);
    let mut largest: Vec<Vec<f32>> = vec![Vec::new(); nodes.len()];
    let (mut off, mut pairs) = (0usize, 0usize);
    for start in (0..on.len()).step_by(CHUNK) {
        let rows: Vec<usize> = (start..on.len().min(start + CHUNK)).collect();
        let tape = Tape::new();
        let cx = Cx::train(&tape, Key::new(0), &[]).bound(Bind::Frozen).in_mode(mode);
        let values = model.net.forward_nodes(&cx, tape.constant(pixels(on, &rows)));
        for (&node, largest) in nodes.iter().zip(&mut largest) {
            let h = values[node].value();
            let (ones, mut slopes) = (vec![1.0; h.len()], vec![0.0; h.len()]);
            a.backward(h.as_slice(), &ones, &mut slopes);
            largest.resize(h.len() / rows.len(), 0.0);
            for row in slopes.chunks_exact(largest.len()) {
                for (most, slope) in largest.iter_mut().zip(row) {
                    *most = most.max(slope.abs());
                    off += usize::from(*slope == 0.0);
                }
            }
            pairs += h.len();
        }
    }
    let all = || largest.iter().flatten();
    UnitCounts {
        examples: on.len(),
        units: all().count(),
        dead: all().filter(|&&m| m == 0.0).count(),
        frozen: all().filter(|&&m| m < FROZEN).count(),
        off: off as f64 / pairs.max(1) as f64,
    }
}
