//! What is measured of the codes of a trained autoencoder of any kind.

use crate::cli::io::json::json;
use crate::cli::io::say;
use crate::cli::options::Named;
use crate::cli::pages::autoencoder::Baselines;
use crate::cli::{Failure, Outcome};
use serde_json::{Map, Value};
use sparring::datasets::Split;
use sparring::metrics::{Pca, mean_image_mse};
use sparring::models::ImageCoder;
use sparring::seed::Key;
use sparring::train::pixels;
use sparring_study::{CodeReport, CodeStudy, Outliers};
use std::path::Path;

/// Flags.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CodeArgs {
    /// Images unlike the training's, a set or a folder, that the reconstruction error is to tell from test images. Default: test images with opposite quarters exchanged.
    #[arg(long, value_name = "NAME|DIR")]
    outliers: Option<String>,
}

impl CodeArgs {
    /// The images of the flag, of this shape.
    pub(super) fn outliers(&self, shape: [usize; 3]) -> Outcome<Option<Outliers>> {
        let Some(asked) = &self.outliers else { return Ok(None) };
        let found = Named::find(asked)?;
        found.fits(shape, "the network, to which --outliers are shown,")?;
        Ok(Some(Outliers { images: found.set.test, words: format!("test images of {asked}") }))
    }
}

/// What an autoencoder of any kind is measured beside.
pub(super) struct Beside {
    pub(super) pca: Pca,
    pub(super) baselines: Baselines,
}

impl Beside {
    /// Exact PCA of the training images by `k` numbers, and their mean.
    pub(super) fn of(data: &Named, k: usize) -> Outcome<Self> {
        say::note(&format!("exact PCA of the training images, {k} numbers .."));
        let rows = |split: &Split| pixels(split, &(0..split.len()).collect::<Vec<_>>());
        let ([train, test], dim) = ([&data.set.train, &data.set.test].map(rows), data.set.test.dim());
        let pca = Pca::fit(train.as_slice(), dim, k)?;
        let mean_image = mean_image_mse(train.as_slice(), test.as_slice(), dim);
        let baselines = Baselines { pca: pca.mse(test.as_slice()), mean_image };
        Ok(Self { pca, baselines })
    }
    /// Refuses figures that are no numbers, its own and these: JSON would have null for them, which nobody reads as an error.
    pub(super) fn finite(&self, figures: &[(&str, f64)], weights: &Path) -> Outcome {
        let own = [("PCA MSE", self.baselines.pca), ("mean image MSE", self.baselines.mean_image)];
        match figures.iter().chain(&own).find(|(_, value)| !value.is_finite()) {
            None => Ok(()),
            Some((name, value)) => {
                let weights = weights.display();
                Err(Failure::Failed(format!("the {name} is {value}: no report; the model is in {weights}")))
            }
        }
    }
}

/// The figures of a model trained on these data, beside PCA of the same size.
pub(super) fn measure(
    model: &dyn ImageCoder,
    pca: &Pca,
    data: &Named,
    outliers: Option<&Outliers>,
    seed: u64,
) -> Outcome<CodeReport> {
    say::note("codes: bits, classes, unlike images, a mixture to draw from ..");
    let key = Key::new(seed).named("codes");
    let (train, test, classes) = (&data.set.train, &data.set.test, data.set.classes);
    Ok(CodeStudy { model, pca, train, test, classes, outliers, key }.measure()?)
}

/// The report's part of the object of `--json`.
pub(super) fn object(report: &CodeReport) -> Map<String, Value> {
    let f = &report.figures;
    let (own, pca) = (report.rates.finest(), report.pca_rates.finest());
    let all = json!({
        "explained": f.own.explained, "psnr": f.own.psnr, "pca_psnr": f.pca.psnr,
        "bce": f.own.bce, "bce_floor": f.bce_floor, "bce_above_floor": f.own.bce_above_floor, "pca_bce_above_floor": f.pca.bce_above_floor,
        "departure_from_mean": f.departure_from_mean, "dead_numbers": f.dead_numbers,
        "bits_per_pixel": own.map(|p| p.bits_per_pixel), "stored_psnr": own.map(|p| p.psnr),
        "pca_bits_per_pixel": pca.map(|p| p.bits_per_pixel), "pca_stored_psnr": pca.map(|p| p.psnr),
        "zlib_bits_per_pixel": f.zlib_bits_per_pixel,
        "knn_accuracy": f.features.map(|f| f.neighbours), "pca_knn_accuracy": f.features.map(|f| f.pca_neighbours),
        "probe_accuracy": f.features.map(|f| f.probe), "pca_probe_accuracy": f.features.map(|f| f.pca_probe),
        "anomaly_auroc": f.anomaly_auroc, "pca_anomaly_auroc": f.pca_anomaly_auroc, "anomalies": f.anomalies,
        "alarms": report.alarms,
    });
    match all {
        Value::Object(all) => all,
        _ => unreachable!("written as an object"),
    }
}

/// The report's lines for people.
pub(super) fn lines(report: &CodeReport) -> String {
    let f = &report.figures;
    let mut all = format!(
        "explained       {:.1} % of the variance (PCA {:.1} %), PSNR {:.2} dB",
        100.0 * f.own.explained,
        100.0 * f.pca.explained,
        f.own.psnr
    );
    if let Some(p) = report.rates.finest() {
        let (bits, psnr, zlib) = (p.bits_per_pixel, p.psnr, f.zlib_bits_per_pixel);
        all += &format!(
            "\nstored codes    {bits:.3} bits a pixel at {psnr:.2} dB (zlib, without loss, {zlib:.3})"
        );
    }
    if let Some(c) = f.features {
        all += &format!(
            "\nclass by codes  {:.1} % by neighbours, {:.1} % by a linear map (PCA {:.1} %, {:.1} %)",
            100.0 * c.neighbours,
            100.0 * c.probe,
            100.0 * c.pca_neighbours,
            100.0 * c.pca_probe
        );
    }
    if let (Some(own), Some(words)) = (f.anomaly_auroc, &f.anomalies) {
        let pca = f.pca_anomaly_auroc.map_or(String::new(), |v| format!(" (PCA {v:.4})"));
        all += &format!("\nanomaly AUROC   {own:.4}{pca}, {words}");
    }
    all
}
