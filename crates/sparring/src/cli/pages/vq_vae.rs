//! The page of a trained autoencoder with a codebook.

use super::autoencoder::Baselines;
use super::coded::{Frame, NamedFigure, epoch_curve, firsts, tile};
use super::number::number;
use super::{layers, recipe};
use crate::cli::Outcome;
use crate::cli::options::Named;
use sparring::metrics::Pca;
use sparring::models::{Arch, VqVae};
use sparring::train::{History, VqVaeEpoch, VqVaeRecipe, VqVaeScores};
use sparring_report::html::{Block, Page, Section};
use sparring_report::svg::Chart;
use sparring_study::{CodeReport, alarm_blocks};

/// What the run was asked to do, and what it reached.
pub(crate) struct Facts<'a> {
    pub(crate) arch: &'a Arch,
    pub(crate) data: &'a Named,
    pub(crate) recipe: &'a VqVaeRecipe,
    pub(crate) scores: VqVaeScores,
    pub(crate) baselines: Baselines,
    /// What its codes are worth.
    pub(crate) codes: &'a CodeReport,
}

fn curve(text: [&str; 3], done: &History<VqVaeEpoch>, series: &[NamedFigure<'_, VqVaeEpoch>]) -> Chart {
    epoch_curve(text, &done.epochs, |e| e.epoch, series)
}

fn result(facts: &Facts<'_>, model: &VqVae, pca: &Pca, done: &History<VqVaeEpoch>) -> Section {
    let (s, n) = (facts.scores, facts.data.set.test.len());
    let mut section = Section::new("Result");
    let baselines = format!(
        "{n} images; PCA-{} {}, mean image {}",
        pca.k(),
        number(facts.baselines.pca, 5),
        number(facts.baselines.mean_image, 5)
    );
    let mut tiles = vec![
        tile(number(s.mse, 5), "test MSE a pixel", baselines),
        tile(number(s.perplexity, 1), "perplexity", "entries, were all chosen as often".into()),
        tile(format!("{} of {}", s.used, model.entries()), "vectors used", "by the test images".into()),
    ];
    tiles.extend(facts.codes.rates.finest().map(|p| {
        let note = format!("{} entries an image, by their shares at their places", model.places());
        tile(number(p.bits_per_pixel, 3), "bits a pixel", note)
    }));
    section.blocks.push(Block::Tiles(tiles));
    section.blocks.extend(alarm_blocks(&facts.codes.alarms));
    let text = ["Squared error of a pixel", "means over the epoch, training images", "mean squared error"];
    let error = curve(text, done, &[("MSE", |e| e.mse)]);
    let text = [
        "Distance of encodings from their vectors",
        "means over the epoch, training images",
        "squared, of a number",
    ];
    section.blocks.push(Block::Charts(vec![error, curve(text, done, &[("distance", |e| e.distance)])]));
    section.blocks.push(Block::Chart(curve(
        ["Use of the codebook", "over each epoch, training images", "vectors"],
        done,
        &[
            ("perplexity", |e| e.perplexity),
            ("chosen at all", |e| e.used as f64),
            ("restarted", |e| e.restarts as f64),
        ],
    )));
    section
}

/// The page.
pub(crate) fn page(facts: &Facts<'_>, model: &VqVae, pca: &Pca, done: &History<VqVaeEpoch>) -> Outcome<Page> {
    let spec = model.spec();
    let mut seen = Section::new("Reconstructions");
    let ours = format!("{} of {} vectors", model.places(), model.entries());
    seen.blocks.push(firsts(model, ours, pca, &facts.data.set.test)?);
    let mut own = vec![
        (
            "networks",
            format!(
                "{}: encoder to {} vectors of {} numbers, decoder from those of the codebook nearest to them",
                layers::network(facts.arch, &spec.encoder),
                model.places(),
                model.dim()
            ),
        ),
        (
            "loss",
            "squared error of a pixel over the variance of pixels, and the commitment; the gradient at the quantised code passes to the encoder as it is".to_string(),
        ),
        ("codebook", format!("{} vectors, moving averages of the encodings that choose them", model.entries())),
    ];
    own.extend(recipe::vq_vae_facts(facts.recipe));
    let Facts { arch, data, codes, .. } = *facts;
    let (title, command, seed) = ("Autoencoder with a codebook", "train vq-vae", facts.recipe.seed);
    let sections = vec![result(facts, model, pca, done), seen];
    let frame = Frame { title, command, arch, data, codes, seed };
    frame.page(model, [&spec.encoder, &spec.decoder], spec, sections, own)
}
