//! The page of a trained autoencoder.

mod reconstructions;

use super::{curves, layers};
use crate::cli::Outcome;
use crate::cli::commands::train::EpochRow;
use crate::cli::options::Named;
use reconstructions::{Compared, grid, per_class};
use sparring::activations::AnyActivation;
use sparring::metrics::{Pca, psnr, unexplained};
use sparring::models::{Arch, Autoencoder};
use sparring::train::{Recipe, Summary};
use sparring_report::html::{Block, Note, Page, Section, Tile, Tone};
use sparring_report::svg::{Axis, Chart, LineChart, Range, Series};

/// What a network that learnt nothing, or only a plane, would reach on the test images.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Baselines {
    /// Exact PCA of the training images, as many components as the code has numbers or the images have directions.
    pub(crate) pca: f64,
    /// The components used.
    pub(crate) components: usize,
    /// The mean training image for every test image.
    pub(crate) mean_image: f64,
}

/// What the run was asked to do, and what it reached.
pub(crate) struct Facts<'a> {
    pub(crate) arch: Arch,
    pub(crate) activation: AnyActivation,
    pub(crate) data: &'a Named,
    pub(crate) recipe: &'a Recipe,
    pub(crate) baselines: Baselines,
    pub(crate) test_mse: f64,
}

/// `PCA-32`; the number is that of the components, which few images have fewer of than the code has numbers.
pub(crate) fn pca_name(components: usize) -> String {
    format!("PCA-{components}")
}

fn curve(rows: &[EpochRow], baselines: Baselines) -> Chart {
    let level = |name: String, v: f64| {
        let ends = [rows.first(), rows.last()];
        Series::new(name, ends.into_iter().flatten().map(|r| (r.epoch as f64, v)))
    };
    Chart::Line(LineChart {
        title: "Squared error of a pixel".into(),
        description: "by epoch, beside the two baselines on the test images".into(),
        x: Axis { label: "epoch".into(), ..Axis::default() },
        y: Axis { label: "mean squared error".into(), range: Range::FromZero, ..Axis::default() },
        series: vec![
            Series::new("training images", rows.iter().map(|r| (r.epoch as f64, r.train_loss))),
            Series::new("test images", rows.iter().map(|r| (r.epoch as f64, r.test.value()))),
            level(format!("{}, test images", pca_name(baselines.components)), baselines.pca),
            level("mean image, test images".into(), baselines.mean_image),
        ],
    })
}

/// The figure against PCA, in words that its sign chooses.
fn verdict(facts: &Facts<'_>, code: usize) -> Note {
    let Baselines { pca, components, .. } = facts.baselines;
    let ratio = facts.test_mse / pca;
    let percent = 100.0 * (ratio - 1.0).abs();
    let which = if components < code {
        format!("all {components} directions that the training images have (the code has {code} numbers)")
    } else {
        format!("{code} components")
    };
    let (tone, text) = if facts.test_mse >= facts.baselines.mean_image {
        (
            Tone::Bad,
            "It is no better than the mean image: it has learnt nothing about single images.".to_string(),
        )
    } else if !ratio.is_finite() {
        (Tone::Plain, format!("PCA with {which} makes the test images exactly, the network does not."))
    } else if ratio < 1.0 {
        (
            Tone::Good,
            format!(
                "Its error is {percent:.1} % below that of PCA with {which}, the best linear code of this size."
            ),
        )
    } else {
        (
            Tone::Plain,
            format!(
                "Its error is {percent:.1} % above that of PCA with {which} ({pca:.5}), the best linear code of this size: a \
             linear map would do better."
            ),
        )
    };
    Note { title: "Against PCA.".into(), text, tone }
}

fn result(facts: &Facts<'_>, code: usize, rows: &[EpochRow], done: &Summary) -> Section {
    let n = facts.data.set.test.len();
    let tile = |value: String, label: String, note: String| Tile { value, label, note, ..Tile::default() };
    let Baselines { pca, mean_image, components } = facts.baselines;
    let left = |mse: f64| match unexplained(mse, mean_image) {
        share if share.is_finite() => format!("explains {:.1} % of the variance", 100.0 * (1.0 - share)),
        // Test images that all equal the mean of the training images.
        _ => "there is no variance to explain".to_string(),
    };
    let mut section = Section::new("Result");
    section.blocks.push(Block::Tiles(vec![
        tile(
            format!("{:.5}", facts.test_mse),
            "test MSE a pixel".into(),
            format!("{}; {n} images", left(facts.test_mse)),
        ),
        tile(
            format!("{pca:.5}"),
            pca_name(components),
            format!(
                "{}; exact, from the training images{}",
                left(pca),
                if components < code { ", which have no more directions" } else { "" }
            ),
        ),
        tile(format!("{mean_image:.5}"), "mean image".into(), "what learning nothing reaches".into()),
        tile(
            format!("{:.1} dB", psnr(facts.test_mse, 1.0)),
            "PSNR".into(),
            format!("{}: {:.1} dB", pca_name(components), psnr(pca, 1.0)),
        ),
    ]));
    section.blocks.push(Block::Note(verdict(facts, code)));
    section.blocks.push(Block::Chart(curve(rows, facts.baselines)));
    section.blocks.push(Block::text(format!(
        "The training error is the mean over an epoch while the network still changes ({:.5} in the last one), the test error is \
         measured after it.",
        done.train_loss()
    )));
    section
}

fn command(facts: &Facts<'_>) -> Vec<String> {
    let r = facts.recipe;
    let flags = [
        ("--data", facts.data.asked.clone()),
        ("--arch", facts.arch.to_string()),
        ("--activation", facts.activation.to_string()),
        ("--optimizer", r.rule.to_string()),
        ("--lr", r.lr.to_string()),
        ("--schedule", r.schedule.to_string()),
        ("--epochs", r.epochs.to_string()),
        ("--batch", r.batch.to_string()),
        ("--seed", r.seed.to_string()),
    ];
    let head = ["sparring", "train", "autoencoder"].map(String::from);
    head.into_iter().chain(flags.into_iter().flat_map(|(flag, value)| [flag.to_string(), value])).collect()
}

/// The page.
pub(crate) fn page(
    facts: &Facts<'_>,
    model: &Autoencoder,
    pca: &Pca,
    rows: &[EpochRow],
    done: &Summary,
) -> Outcome<Page> {
    let (code, set) = (model.code(), &facts.data.set);
    let compared = Compared::new(model, pca, &set.test)?;
    let mut seen = Section::new("Reconstructions");
    let rows_are = format!(
        "Rows: the test image, what the network makes of it through {code} numbers, what {} makes of it.",
        pca_name(pca.k())
    );
    let firsts = compared.first_of_each_class(10);
    seen.blocks.push(grid(&compared, &firsts, format!("The first test image of each class. {rows_are}"))?);
    let worst = compared.worst(10);
    seen.blocks.push(grid(
        &compared,
        &worst,
        format!("The test images with the largest error of the network. {rows_are}"),
    )?);
    seen.blocks.push(per_class(&compared, set.classes, pca_name(pca.k())));
    let mut setup = Section::new("What was done");
    let mut pairs = vec![
        ("network", format!("{} ({}), {}", facts.arch, facts.arch.info().layers, facts.activation)),
        ("code", format!("{code} numbers for {} pixels", set.test.dim())),
        (
            "data",
            format!("{}: {} training, {} test images", facts.data.asked, set.train.len(), set.test.len()),
        ),
        ("loss", "squared error, mean over pixels and images".to_string()),
    ];
    // An autoencoder has no defence to speak of.
    pairs.extend(curves::recipe(facts.recipe).into_iter().filter(|(name, _)| *name != "defence"));
    setup.blocks.push(Block::facts(pairs));
    let encoder = model.encoder().checked_sub(1);
    setup.blocks.push(layers::table("Layers; the marked one puts out the code.", &model.summary(), encoder));
    setup.blocks.push(layers::spec(model.spec())?);
    setup.blocks.push(layers::again(&command(facts)));
    Ok(Page {
        title: "Autoencoder".into(),
        subtitle: format!(
            "`{}`, trained on {} by `sparring train autoencoder`",
            facts.arch, facts.data.asked
        ),
        sections: vec![result(facts, code, rows, done), seen, setup],
        footer: "Made by `sparring train autoencoder`. Every number on this page was measured in this run."
            .into(),
    })
}
