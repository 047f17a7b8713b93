//! What a model is worth on examples: accuracy and loss of a classifier, reconstructions of an autoencoder.

use crate::TrainError;
use crate::data::{check_data, pixels};
use crate::parallel::map_parts;
use sparring_datasets::Split;
use sparring_losses::{CrossEntropy, RowLoss as _};
use sparring_models::{Autoencoder, ClassifierNet};
use sparring_nn::NnError;
use sparring_oracle::{Batch, Classifier as _};
use sparring_tensor::{Array, reduce};

/// Fraction of examples classified rightly.
///
/// # Errors
/// If there is no example, or its shape is not the network's.
pub fn accuracy(model: &ClassifierNet, split: &Split) -> Result<f64, TrainError> {
    Ok(loss_and_accuracy(model, split)?.1)
}

/// Mean cross-entropy, and fraction of examples classified rightly.
///
/// # Errors
/// If there is no example, its shape is not the network's, or a label is no class of it.
pub fn loss_and_accuracy(model: &ClassifierNet, split: &Split) -> Result<(f64, f64), TrainError> {
    check_data(split, model.spec().input)?;
    let [c, h, w] = split.shape();
    let (victim, classes) = (model.victim(), model.classes());
    sparring_losses::check_targets(&split.labels(), classes).map_err(|e| TrainError::Data(e.to_string()))?;
    let parts = map_parts(split.len(), |part| {
        let indices: Vec<usize> = part.collect();
        let ids: Vec<u64> = indices.iter().map(|&i| i as u64).collect();
        let mut x = Array::<f32>::stale([indices.len(), c, h, w]);
        split.to_f32(&indices, x.as_mut_slice());
        let mut logits = vec![0.0; indices.len() * classes];
        let batch = Batch::new(x.as_slice(), split.shape(), &ids).expect("as many ids as examples");
        victim.logits(batch, &mut logits).map_err(|e| TrainError::Data(e.to_string()))?;
        let (mut loss, mut right, mut gradient) = (0.0, 0, vec![0.0; classes]);
        for (z, &i) in logits.chunks_exact(classes).zip(&indices) {
            let label = split.label(i);
            loss += f64::from(CrossEntropy.eval(z, &label, &mut gradient));
            right += usize::from(reduce::argmax(z) == label);
        }
        Ok((loss, right))
    });
    let parts = parts.into_iter().collect::<Result<Vec<(f64, usize)>, TrainError>>()?;
    let n = split.len() as f64;
    let loss = parts.iter().map(|part| part.0).sum::<f64>();
    Ok((loss / n, parts.iter().map(|part| part.1).sum::<usize>() as f64 / n))
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
