//! Dead, frozen and idle units, counted over a whole set.

use super::cell::UnitCounts;
use super::network::pre_activations;
use sparring_activations::{Activation, AnyActivation};
use sparring_autograd::Tape;
use sparring_datasets::Split;
use sparring_metrics::{UnitActivity, UnitFractions};
use sparring_models::ClassifierNet;
use sparring_nn::{Bind, Cx, Mode};
use sparring_seed::Key;
use sparring_train::pixels;

/// Examples at a time.
const CHUNK: usize = 512;

/// Counts over all examples. `mode` says which statistics a batch normalisation uses: before a training there are only those of the batch.
pub(super) fn units(model: &ClassifierNet, a: &AnyActivation, on: &Split, mode: Mode) -> UnitCounts {
    let nodes = pre_activations(model);
    let mut activity: Vec<Option<UnitActivity>> = vec![None; nodes.len()];
    let (mut off, mut pairs) = (0usize, 0usize);
    for start in (0..on.len()).step_by(CHUNK) {
        let rows: Vec<usize> = (start..on.len().min(start + CHUNK)).collect();
        let tape = Tape::new();
        let cx = Cx::train(&tape, Key::new(0), &[]).bound(Bind::Frozen).in_mode(mode);
        let values = model.net.forward_nodes(&cx, tape.constant(pixels(on, &rows)));
        for (&node, activity) in nodes.iter().zip(&mut activity) {
            let h = values[node].value();
            let (ones, mut derivatives) = (vec![1.0; h.len()], vec![0.0; h.len()]);
            a.backward(h.as_slice(), &ones, &mut derivatives);
            off += derivatives.iter().filter(|d| **d == 0.0).count();
            pairs += h.len();
            let units = h.len() / rows.len();
            activity.get_or_insert_with(|| UnitActivity::new(units, units)).push(&derivatives, 1.0);
        }
    }
    let found: Vec<UnitActivity> = activity.into_iter().flatten().collect();
    let count = |share: fn(&UnitFractions) -> f64| -> usize {
        found.iter().map(|of| (share(&of.fractions()) * of.units() as f64).round() as usize).sum()
    };
    UnitCounts {
        examples: on.len(),
        units: found.iter().map(UnitActivity::units).sum(),
        dead: count(|of| of.dead),
        frozen: count(|of| of.frozen),
        off: off as f64 / pairs.max(1) as f64,
    }
}
