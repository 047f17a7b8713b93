//! Drawn digits pushed towards other digits, as adversarial examples.

use crate::digits::{SIDE, digit};
use sparring_report::ReportError;
use sparring_report::grid::Image;
use sparring_report::html::{Gallery, GalleryEntry, Prediction};

/// Six examples; what the network sees of each is invented.
pub fn gallery() -> Result<Gallery, ReportError> {
    let shape = [1, SIDE, SIDE];
    // Label, the digit it is pushed towards, what the network then sees.
    let verdicts = [(7, 3, 3), (2, 8, 2), (5, 6, 6), (9, 4, 4), (0, 8, 0), (8, 3, 3)];
    let entry = |(label, towards, seen): (usize, usize, usize)| {
        let clean = digit(label, 0.0);
        let delta: Vec<f32> =
            digit(towards, 0.0).iter().zip(&clean).map(|(s, c)| ((s - c) * 0.6).clamp(-0.3, 0.3)).collect();
        let adversarial: Vec<f32> = clean.iter().zip(&delta).map(|(c, d)| c + d).collect();
        let prediction = |class: usize, confidence: &str| Prediction {
            class: class.to_string(),
            confidence: confidence.into(),
        };
        Ok(GalleryEntry {
            clean: Image::new(shape, &clean)?,
            perturbation: Image::signed(shape, &delta, 0.3)?,
            adversarial: Image::new(shape, &adversarial)?,
            label: label.to_string(),
            before: prediction(label, "99.8 %"),
            after: prediction(seen, "87.1 %"),
            attack: "pgd".into(),
        })
    };
    Ok(Gallery {
        caption: "The standard network under PGD-40, eps 0.3. Red adds light, blue takes it away.".into(),
        entries: verdicts.into_iter().map(entry).collect::<Result<_, ReportError>>()?,
    })
}
