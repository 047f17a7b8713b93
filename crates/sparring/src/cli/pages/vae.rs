//! The page of a trained variational autoencoder.

use super::autoencoder::Baselines;
use super::coded::{Frame, NamedFigure, epoch_curve, firsts, tile};
use super::number::number;
use super::{layers, recipe};
use crate::cli::Outcome;
use crate::cli::options::Named;
use sparring::metrics::Pca;
use sparring::models::{Arch, Vae};
use sparring::seed::Key;
use sparring::train::{History, VaeEpoch, VaeRecipe, VaeScores};
use sparring_report::grid::{GridSpec, images_from_rows, png_grid};
use sparring_report::html::{Block, Figure, Page, Section};
use sparring_report::svg::Chart;
use sparring_study::{CodeReport, alarm_blocks};

/// What the run was asked to do, and what it reached.
pub(crate) struct Facts<'a> {
    pub(crate) arch: &'a Arch,
    pub(crate) data: &'a Named,
    pub(crate) recipe: &'a VaeRecipe,
    pub(crate) scores: VaeScores,
    pub(crate) importance: Option<f64>,
    pub(crate) baselines: Baselines,
    /// What its codes are worth.
    pub(crate) codes: &'a CodeReport,
}

fn curve(text: [&str; 3], done: &History<VaeEpoch>, series: &[NamedFigure<'_, VaeEpoch>]) -> Chart {
    epoch_curve(text, &done.epochs, |e| e.epoch, series)
}

fn result(facts: &Facts<'_>, model: &Vae, pca: &Pca, done: &History<VaeEpoch>) -> Section {
    let (s, n) = (facts.scores, facts.data.set.test.len());
    let mut section = Section::new("Result");
    let mut tiles = vec![
        tile(
            format!("{} nats", number(s.elbo, 2)),
            "test ELBO",
            format!("an image, one code each, {n} images"),
        ),
        tile(number(s.reconstruction, 2), "reconstruction", "cross-entropy of grey pixels, summed".into()),
        tile(number(s.kl, 2), "KL", "of the codes from N(0, I)".into()),
        tile(
            format!("{} of {}", s.active_units, model.latent()),
            "active units",
            "numbers of the code whose mean varies by more than 0.01".into(),
        ),
        tile(
            number(s.mse, 5),
            "test MSE a pixel",
            format!(
                "through the codes' means; PCA-{} {}, mean image {}",
                pca.k(),
                number(facts.baselines.pca, 5),
                number(facts.baselines.mean_image, 5)
            ),
        ),
    ];
    tiles.extend(facts.importance.map(|v| {
        tile(
            format!("{} nats", number(v, 2)),
            "importance-weighted bound",
            "of several codes an image".into(),
        )
    }));
    section.blocks.push(Block::Tiles(tiles));
    section.blocks.extend(alarm_blocks(&facts.codes.alarms));
    section.blocks.push(Block::text(
        "Pixels are grey: their own entropy is a floor of the cross-entropy, and the bound is not one on the likelihood of pixels that are 0 or 1, as papers on binarised images report.",
    ));
    section.blocks.push(Block::Charts(vec![
        curve(
            ["Nats of an image", "means over the epoch, training images", "nats"],
            done,
            &[("loss", |e| e.loss), ("reconstruction", |e| e.reconstruction)],
        ),
        curve(
            ["Divergence", "of the codes from N(0, I), training images", "nats"],
            done,
            &[("KL", |e| e.kl)],
        ),
    ]));
    section.blocks.push(Block::Chart(curve(
        ["Active units", "after each epoch, on at most 1024 training images", "numbers of the code"],
        done,
        &[("active units", |e| e.active_units as f64)],
    )));
    section
}

/// Samples on the page.
const SHOWN: u64 = 64;

/// The page.
pub(crate) fn page(facts: &Facts<'_>, model: &Vae, pca: &Pca, done: &History<VaeEpoch>) -> Outcome<Page> {
    let mut seen = Section::new("Reconstructions");
    let ours = format!("mean of {} numbers", model.latent());
    seen.blocks.push(firsts(model, ours, pca, &facts.data.set.test)?);
    let mut samples = Section::new("Samples");
    let key = Key::new(facts.recipe.seed).named("shown");
    let drawn = model.sample(key, &(0..SHOWN).collect::<Vec<_>>());
    let png = png_grid(&images_from_rows(model.shape(), drawn.as_slice())?, &GridSpec::default())?;
    let (alt, caption) = ("Samples".into(), "Codes drawn from N(0, I), decoded. Nothing was picked.".into());
    samples.blocks.push(Block::Figures(vec![Figure { png, alt, caption }]));
    let spec = model.spec();
    let mut own = vec![
        ("networks", format!("{}: encoder to {} means and log-variances, decoder to logits", layers::network(facts.arch, &spec.encoder), model.latent())),
        ("loss", "cross-entropy of grey pixels, summed, and the divergence of the codes from N(0, I); mean over images".to_string()),
    ];
    own.extend(recipe::vae_facts(facts.recipe));
    let Facts { arch, data, codes, .. } = *facts;
    let (title, command, seed) = ("Variational autoencoder", "train vae", facts.recipe.seed);
    let sections = vec![result(facts, model, pca, done), seen, samples];
    let frame = Frame { title, command, arch, data, codes, seed };
    frame.page(model, [&spec.encoder, &spec.decoder], spec, sections, own)
}
