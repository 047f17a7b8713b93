//! Everything about a network at once.

use super::figures::{DiagnosisLoss, layer_figures};
use super::layer::LayerDiagnosis;
use super::lipschitz::{LipschitzBounds, bounds, constants};
use super::regions::regions;
use super::row::DiagnosisRow;
use super::settings::DiagnosisSettings;
use super::verdict::{Verdict, verdicts};
use crate::StudyError;
use serde::{Deserialize, Serialize};
use sparring_datasets::Split;
use sparring_nn::Network;
use sparring_seed::Key;
use sparring_train::pixels;

/// Everything that is found of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkDiagnosis {
    /// Examples it was found on.
    pub examples: usize,
    /// Activations and layers with weights, in order.
    pub layers: Vec<LayerDiagnosis>,
    /// What is wrong with them.
    pub verdicts: Vec<Verdict>,
    /// Bounds of the network's Lipschitz constant.
    pub lipschitz: LipschitzBounds,
    /// Linear regions on the segment between the first two examples, at least; `None` of a network that is not piecewise linear, or of a single example.
    pub linear_regions: Option<u64>,
}

/// What is known of the training of a network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingFacts {
    /// The rows that were written while it was watched.
    pub rows: Vec<DiagnosisRow>,
    /// Its learning rate.
    pub lr: Option<f64>,
}

/// Everything about a network on the examples `[c, h, w]` of `split`: figures of its layers, verdicts on them, its Lipschitz constant, and linear regions. `key` draws the first directions of power iterations and of the ascent. `told` is called with what comes next.
///
/// # Errors
/// As [`layer_figures`].
pub fn diagnose_network(
    net: &Network<f32>,
    split: &Split,
    loss: DiagnosisLoss,
    settings: &DiagnosisSettings,
    training: &TrainingFacts,
    key: Key,
    told: &dyn Fn(&str),
) -> Result<NetworkDiagnosis, StudyError> {
    told("layers on all examples");
    let mut layers = layer_figures(net, split, loss, settings)?;
    told("spectral norms");
    let constants = constants(net, settings, key.named("spectral"));
    let last = training.rows.last();
    for layer in &mut layers {
        let node = net.graph().nodes.iter().position(|node| node.name == layer.name);
        let Some(weight) = &mut layer.weight else { continue };
        weight.spectral_norm = node.and_then(|i| constants[i].spectral_norm);
        weight.spectral_bound = node.and_then(|i| constants[i].upper);
        let watched = last.and_then(|row| row.layers.iter().find(|l| l.name == layer.name));
        weight.update_ratio = watched.and_then(|l| l.weight.as_ref()?.update_ratio);
    }
    told("Lipschitz bounds");
    let around: Vec<usize> = (0..split.len().min(settings.ascent_examples)).collect();
    let lipschitz = bounds(net, &constants, &pixels(split, &around), settings, key);
    told("linear regions");
    let ends = (split.len() > 1).then(|| [0, 1].map(|i| pixels(split, &[i])));
    let linear_regions = ends.and_then(|[a, b]| {
        let most = net.cost().map_or(1, |cost| cost.most_examples() / 2).max(1);
        regions(net, [a.as_slice(), b.as_slice()], settings.segment_points, settings.batch.min(most))
    });
    let verdicts = verdicts(&layers, split.len(), &training.rows, training.lr);
    Ok(NetworkDiagnosis { examples: split.len(), layers, verdicts, lipschitz, linear_regions })
}
