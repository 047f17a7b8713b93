//! Clean image, perturbation, adversarial image, with what the network says.

use super::number::percent;
use crate::cli::Outcome;
use sparring::attacks::predicted;
use sparring::models::ClassifierNet;
use sparring::oracle::{Batch, Classifier as _};
use sparring::tensor::{Array, softmax};
use sparring_report::grid::Image;
use sparring_report::html::{Gallery, GalleryEntry, Prediction};

/// Images beside their adversarial versions.
pub(crate) struct Pairs<'a> {
    pub(crate) shape: [usize; 3],
    pub(crate) ids: &'a [u64],
    pub(crate) labels: &'a [usize],
    pub(crate) clean: &'a [f32],
    pub(crate) adversarial: &'a [f32],
    /// Full scale of the perturbation's colours.
    pub(crate) eps: f32,
    /// What made each adversarial image, or why there is none.
    pub(crate) made_by: Vec<String>,
}

fn verdicts(model: &ClassifierNet, pairs: &Pairs<'_>, x: &[f32]) -> Outcome<Vec<Prediction>> {
    let (n, classes) = (pairs.ids.len(), model.classes());
    let mut logits = vec![0.0; n * classes];
    model.victim().logits(Batch::new(x, pairs.shape, pairs.ids)?, &mut logits)?;
    let p = softmax::softmax(&Array::from_slice([n, classes], &logits));
    let one = |(z, p): (&[f32], &[f32])| {
        let class = predicted(z);
        Prediction { class: class.to_string(), confidence: percent(f64::from(p[class]), 0) }
    };
    Ok(logits.chunks(classes).zip(p.as_slice().chunks(classes)).map(one).collect())
}

/// The gallery of all pairs.
pub(crate) fn gallery(model: &ClassifierNet, pairs: &Pairs<'_>, caption: String) -> Outcome<Gallery> {
    let dim: usize = pairs.shape.iter().product();
    let before = verdicts(model, pairs, pairs.clean)?;
    let after = verdicts(model, pairs, pairs.adversarial)?;
    let mut entries = Vec::new();
    for (i, (before, after)) in before.into_iter().zip(after).enumerate() {
        let row = i * dim..(i + 1) * dim;
        let (clean, adversarial) = (&pairs.clean[row.clone()], &pairs.adversarial[row]);
        let delta: Vec<f32> = adversarial.iter().zip(clean).map(|(a, c)| a - c).collect();
        entries.push(GalleryEntry {
            clean: Image::new(pairs.shape, clean)?,
            perturbation: Image::signed(pairs.shape, &delta, pairs.eps)?,
            adversarial: Image::new(pairs.shape, adversarial)?,
            label: pairs.labels[i].to_string(),
            before,
            after,
            attack: pairs.made_by.get(i).cloned().unwrap_or_default(),
        });
    }
    Ok(Gallery { caption, entries })
}
