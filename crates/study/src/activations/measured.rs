//! What is measured of a finished net beside attacks.

use super::figures::LayerGradient;
use crate::{DiagnosisLoss, DiagnosisSettings, LayerDiagnosis, StudyError, layer_figures};
use serde::{Deserialize, Serialize};
use sparring_activations::Smoothness;
use sparring_datasets::Split;
use sparring_datasets::corruptions::{AnyCorruption, GaussianNoise};
use sparring_datasets::raster::SMALLEST_SIDE;
use sparring_models::ClassifierNet;
use sparring_nn::AnyLayer;
use sparring_seed::Key;
use sparring_train::accuracy;

/// Images whose mean loss gradients are taken of.
const LOSS_IMAGES: usize = 256;

/// Figures of a finished net on some test images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredNet {
    /// Test images.
    pub n: usize,
    /// Fraction right under the strongest Gaussian noise; `None` where examples are too small to be images.
    pub noise: Option<f64>,
    /// Fraction of the hidden units that are dead: f' = 0 for every image (and, of a channel, at every place).
    pub dead: f64,
    /// Hidden units: the channels of a convolution, the neurons of a dense layer.
    pub units: usize,
    /// The largest |f''| of the hidden activations; `None` where one is unbounded, or learnt: that of the start says nothing of it.
    pub curvature: Option<f64>,
    /// f' is continuous in all of them.
    pub smooth: bool,
    /// All of them are bounded on both sides.
    pub bounded: bool,
    /// The gradient of the mean loss of the first 256 images at the weights of each layer, before and after the training.
    pub gradients: Vec<LayerGradient>,
}

/// Measures a net on these images; `key` is that of its training, whose first weights are drawn again.
///
/// # Errors
/// Those of [`layer_figures`]; [`StudyError::Diagnosis`] if the network cannot be drawn again or asks for more memory than there is.
pub fn measure_net(model: &ClassifierNet, test: &Split, key: Key) -> Result<MeasuredNet, StudyError> {
    let [_, h, w] = test.shape();
    let noise = if h.min(w) < SMALLEST_SIDE {
        None
    } else {
        let noise = AnyCorruption::GaussianNoise(GaussianNoise { severity: 5 });
        let noisy =
            noise.corrupt(test, key.named("noise")).map_err(|e| StudyError::Diagnosis(e.to_string()))?;
        Some(accuracy(model, &noisy).map_err(|e| StudyError::Diagnosis(e.to_string()))?)
    };
    let look = |model: &ClassifierNet, on: &Split| {
        let settings = DiagnosisSettings { rank_rows: 1, ..DiagnosisSettings::default() };
        layer_figures(&model.net, on, DiagnosisLoss::CrossEntropy, &settings)
    };
    let layers = look(model, test)?;
    let hidden = || layers.iter().filter_map(|layer| Some((layer, layer.activation.as_ref()?)));
    let units: usize = hidden().map(|(layer, _)| layer.channels()).sum();
    let dead: f64 = hidden().map(|(layer, of)| of.dead * layer.channels() as f64).sum();
    let start = ClassifierNet::new(model.spec().clone(), key.named("init"));
    let start = start.map_err(|e| StudyError::Diagnosis(e.to_string()))?;
    let some = test.first(LOSS_IMAGES.min(test.len()));
    let functions: Vec<&AnyLayer> = model.spec().layers().filter(|layer| layer.about().is_some()).collect();
    let about: Vec<_> = functions.iter().filter_map(|layer| layer.about()).collect();
    let fixed = functions.iter().all(|layer| layer.parameters().is_empty());
    let curvature = about.iter().try_fold(0.0_f64, |most, f| Some(most.max(f.curvature?)));
    Ok(MeasuredNet {
        n: test.len(),
        noise,
        dead: dead / units.max(1) as f64,
        units,
        curvature: curvature.filter(|_| fixed && !about.is_empty()),
        smooth: !about.is_empty() && about.iter().all(|f| f.smoothness >= Smoothness::C1),
        bounded: !about.is_empty() && about.iter().all(|f| f.range.0.is_some() && f.range.1.is_some()),
        gradients: gradients(&look(&start, &some)?, &look(model, &some)?),
    })
}

/// The gradients of the layers with weights.
fn gradients(start: &[LayerDiagnosis], end: &[LayerDiagnosis]) -> Vec<LayerGradient> {
    let of = |(start, end): (&LayerDiagnosis, &LayerDiagnosis)| {
        let [start, end] = [&start.weight, &end.weight].map(|w| w.as_ref().map(|w| w.gradient_l2));
        Some((start?, end?))
    };
    let named = |pair: (&LayerDiagnosis, &LayerDiagnosis)| {
        let (start, end) = of(pair)?;
        Some(LayerGradient { layer: pair.0.name.clone(), start, end })
    };
    start.iter().zip(end).filter_map(named).collect()
}
