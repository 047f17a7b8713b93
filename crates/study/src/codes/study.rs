//! A model looked at with the images of its set.

use super::alarms::{CodeAlarm, code_alarms, dead_numbers};
use super::features::{FeatureFigures, Labelled, accuracies};
use super::figures::{CodeFigures, PixelFigures};
use super::lossless::zlib_bits;
use super::outliers::{Outliers, roc_area};
use super::rate::RateCurve;
use super::sampler::{CodeSampler, SAMPLER_ROWS};
use super::spread::{rows, spread};
use crate::StudyError;
use sparring_datasets::Split;
use sparring_metrics::{Pca, bce_floor, departure_from_mean};
use sparring_models::ImageCoder;
use sparring_seed::Key;
use sparring_train::{codes, decoded, reconstructions, symbols};

/// What is looked at, and with what.
#[derive(Clone, Copy)]
pub struct CodeStudy<'a> {
    /// The model.
    pub model: &'a dyn ImageCoder,
    /// Exact PCA of the training images, of as many numbers as the code has.
    pub pca: &'a Pca,
    /// The images that the model was trained on.
    pub train: &'a Split,
    /// Images to judge by.
    pub test: &'a Split,
    /// Classes of both.
    pub classes: usize,
    /// Images unlike them; `None`: [`Outliers::quarters_exchanged`].
    pub outliers: Option<&'a Outliers>,
    /// Of what is drawn.
    pub key: Key,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct CodeReport {
    /// The figures.
    pub figures: CodeFigures,
    /// Bits and losses of rounded codes; empty of a model whose codes [cannot be decoded](ImageCoder::decodes).
    pub rates: RateCurve,
    /// The same of PCA's codes.
    pub pca_rates: RateCurve,
    /// What is wrong.
    pub alarms: Vec<CodeAlarm>,
    /// Codes of the test images that were looked at, `[n, code]`.
    pub(super) codes: Vec<f32>,
    /// Whether codes can be decoded.
    pub(super) decodes: bool,
    /// Their labels.
    pub(super) labels: Vec<usize>,
    /// A law of the training codes; `None` where nothing can be decoded, or codes are entries of a table.
    pub(super) sampler: Option<CodeSampler>,
}

/// Training images whose codes give ranges, shares and neighbours, at most.
const TRAIN: usize = SAMPLER_ROWS;
/// Test images at most, but for the error: it is that of all.
const TEST: usize = 2000;
/// Gaussians of the law of codes.
const COMPONENTS: usize = 10;

/// Reconstructions of all images, in rows.
fn reconstructed(model: &dyn ImageCoder, split: &Split) -> Result<Vec<f32>, StudyError> {
    reconstructions(model, split).map_err(StudyError::codes)
}

impl CodeStudy<'_> {
    /// Looks.
    ///
    /// # Errors
    /// [`StudyError::Codes`] if images do not fit the model, or numbers are not finite.
    pub fn measure(&self) -> Result<CodeReport, StudyError> {
        let (model, pca, k) = (self.model, self.pca, self.model.code_numbers());
        let (x, dim) = (rows(self.test), self.test.dim());
        let y = reconstructed(model, self.test)?;
        let (train, test) = (spread(self.train, TRAIN), spread(self.test, TEST));
        let (train_x, test_x) = (rows(&train), rows(&test));
        // The mean is that of PCA: of all training images.
        let mean = pca.mean();
        let mean_mse = {
            let error =
                |row: &[f32]| -> f64 { row.iter().zip(mean).map(|(&x, m)| (f64::from(x) - m).powi(2)).sum() };
            x.chunks_exact(dim).map(error).sum::<f64>() / x.len() as f64
        };
        let [train_z, test_z] = [&train, &test].map(|split| codes(model, split));
        let (train_z, test_z) = (train_z.map_err(StudyError::codes)?, test_z.map_err(StudyError::codes)?);
        let (train_p, test_p) = (pca.project(&train_x), pca.project(&test_x));
        let (labels, test_labels) = (train.labels(), test.labels());
        let features = (self.classes > 1 && pca.k() > 0)
            .then(|| -> Result<FeatureFigures, StudyError> {
                let of = |train: &[f32], test: &[f32], k| {
                    let train = Labelled { codes: train, labels: &labels };
                    accuracies(&train, &Labelled { codes: test, labels: &test_labels }, k, self.classes)
                };
                let (neighbours, probe) = of(&train_z, &test_z, k).map_err(StudyError::codes)?;
                let (pca_neighbours, pca_probe) =
                    of(&train_p, &test_p, pca.k()).map_err(StudyError::codes)?;
                let (train, test) = (labels.len(), test_labels.len());
                Ok(FeatureFigures { neighbours, pca_neighbours, probe, pca_probe, train, test })
            })
            .transpose()?;
        let exchanged = match self.outliers {
            Some(_) => None,
            None => Outliers::quarters_exchanged(&test).map_err(StudyError::codes)?,
        };
        let outliers = self.outliers.or(exchanged.as_ref());
        let areas = outliers
            .map(|o| -> Result<_, StudyError> {
                let unlike = spread(&o.images, TEST);
                let (u, of_model) = (rows(&unlike), reconstructed(model, &unlike)?);
                let of_pca = pca.reconstruct(&u);
                let usual = pca.reconstruct(&test_x);
                let own = reconstructed(model, &test)?;
                let area = |unlike: &[f32], usual: &[f32]| roc_area([&u, unlike], [&test_x, usual], dim);
                Ok((area(&of_model, &own), area(&of_pca, &usual)))
            })
            .transpose()?;
        let dead = dead_numbers(&test_z, k);
        let departure = departure_from_mean(&y, &x, mean).map_err(StudyError::codes)?;
        let figures = CodeFigures {
            own: PixelFigures::of(&x, &y, mean_mse).map_err(StudyError::codes)?,
            pca: PixelFigures::of(&x, &pca.reconstruct(&x), mean_mse).map_err(StudyError::codes)?,
            pca_numbers: pca.k(),
            mean_image_mse: mean_mse,
            bce_floor: bce_floor(&x).map_err(StudyError::codes)?,
            departure_from_mean: departure,
            dead_numbers: dead,
            zlib_bits_per_pixel: zlib_bits(&x),
            features,
            anomaly_auroc: areas.and_then(|a| a.0),
            pca_anomaly_auroc: areas.and_then(|a| a.1),
            anomalies: outliers.filter(|_| areas.is_some()).map(|o| o.words.clone()),
        };
        let decodes = model.decodes();
        let table = symbols(model, &test).map_err(StudyError::codes)?;
        let rates = match (&table, decodes) {
            (Some((entries, most)), _) => {
                let train =
                    symbols(model, &train).map_err(StudyError::codes)?.map_or(Vec::new(), |found| found.0);
                let places = entries.len() / test.len();
                let y = reconstructions(model, &test).map_err(StudyError::codes)?;
                RateCurve::of_symbols(&train, (entries, *most, places), &test_x, &y)
            }
            (None, true) => RateCurve::of(&train_z, (&test_z, k), &test_x, |z| decoded(model, z)),
            (None, false) => RateCurve::default(),
        };
        let pca_rates = match pca.k() {
            0 => RateCurve::default(),
            linear => RateCurve::of(&train_p, (&test_p, linear), &test_x, |z| pca.expand(z)),
        };
        // A mixture gives vectors that are in no table.
        let sampler = (decodes && table.is_none())
            .then(|| CodeSampler::fit(&train_z, k, COMPONENTS, self.key))
            .transpose()?;
        // Of places in a table some never change: those of a margin that is always black.
        let wasted = if table.is_some() && dead < k { 0 } else { dead };
        let alarms = code_alarms(&train_x, (wasted, k), departure);
        Ok(CodeReport {
            figures,
            rates,
            pca_rates,
            alarms,
            codes: test_z,
            decodes,
            labels: test_labels,
            sampler,
        })
    }
}
