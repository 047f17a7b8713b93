//! What a model is worth on examples: accuracy and loss of a classifier, reconstructions of an autoencoder.

use crate::TrainError;
use crate::data::{check_data, pixels};
use crate::parallel::map_parts;
use sparring_datasets::Split;
use sparring_losses::{CrossEntropy, RowLoss as _};
use sparring_models::{Autoencoder, ClassifierNet};
use sparring_nn::NnError;
use sparring_oracle::{Batch, Classifier as _};
use sparring_tensor::reduce;

/// Fraction of examples classified rightly.
///
/// # Errors
/// If there is no example, its shape is not the network's, or a label is no class of it.
pub fn accuracy(model: &ClassifierNet, split: &Split) -> Result<f64, TrainError> {
    Ok(loss_and_accuracy(model, split)?.1)
}

/// Logits `[n, classes]` of all examples.
///
/// # Errors
/// If there is no example, or its shape is not the network's.
pub fn logits(model: &ClassifierNet, split: &Split) -> Result<Vec<f32>, TrainError> {
    check_data(split, model.spec().input)?;
    let (victim, classes) = (model.victim(), model.classes());
    let parts = map_parts(split.len(), |part| {
        let indices: Vec<usize> = part.collect();
        let ids: Vec<u64> = indices.iter().map(|&i| i as u64).collect();
        let x = pixels(split, &indices);
        let mut logits = vec![0.0; indices.len() * classes];
        let batch = Batch::new(x.as_slice(), split.shape(), &ids).expect("as many ids as examples");
        victim.logits(batch, &mut logits).map_err(|e| TrainError::Data(e.to_string()))?;
        Ok(logits)
    });
    Ok(parts.into_iter().collect::<Result<Vec<_>, TrainError>>()?.concat())
}

/// Mean cross-entropy, and fraction of examples classified rightly.
///
/// # Errors
/// If there is no example, its shape is not the network's, or a label is no class of it.
pub fn loss_and_accuracy(model: &ClassifierNet, split: &Split) -> Result<(f64, f64), TrainError> {
    let classes = model.classes();
    sparring_losses::check_targets(&split.labels(), classes).map_err(|e| TrainError::Data(e.to_string()))?;
    let (mut loss, mut right, mut gradient) = (0.0, 0usize, vec![0.0; classes]);
    for (i, z) in logits(model, split)?.chunks_exact(classes).enumerate() {
        let label = split.label(i);
        loss += f64::from(CrossEntropy.eval(z, &label, &mut gradient));
        right += usize::from(reduce::argmax(z) == label);
    }
    let n = split.len() as f64;
    Ok((loss / n, right as f64 / n))
}

/// Reconstructions, one row of pixels an example.
///
/// # Errors
/// If there is no example, or its shape is not the network's.
pub fn reconstruct(model: &Autoencoder, split: &Split) -> Result<Vec<f32>, TrainError> {
    check_data(split, model.spec().input)?;
    model.net.params.check().map_err(NnError::from)?;
    let parts = map_parts(split.len(), |part| {
        model.reconstruct(pixels(split, &part.collect::<Vec<_>>())).as_slice().to_vec()
    });
    Ok(parts.concat())
}

/// Squared error averaged over pixels and examples.
///
/// # Errors
/// If there is no example, or its shape is not the network's.
pub fn reconstruction_mse(model: &Autoencoder, split: &Split) -> Result<f64, TrainError> {
    let y = reconstruct(model, split)?;
    let x = pixels(split, &(0..split.len()).collect::<Vec<_>>());
    Ok(sparring_metrics::mse(&y, x.as_slice()))
}
