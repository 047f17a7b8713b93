//! What the pages of autoencoders with a law or a table of codes share.

use super::{again, curves, layers};
use crate::cli::Outcome;
use crate::cli::options::Named;
use serde::Serialize;
use sparring::datasets::Split;
use sparring::metrics::Pca;
use sparring::models::{Arch, ImageCoder};
use sparring::nn::Graph;
use sparring::seed::Key;
use sparring::train::pixels;
use sparring_report::grid::Image;
use sparring_report::html::{Block, ImageRow, ImageRows, Page, Section, StatTile};
use sparring_report::svg::{Axis, AxisRange, Chart, LineChart, Series};
use sparring_study::{CodeReport, code_sections};

/// A figure of an epoch and what it is called.
pub(super) type NamedFigure<'a, E> = (&'a str, fn(&E) -> f64);

/// Figures over epochs: title, what is shown, what is measured.
pub(super) fn epoch_curve<E>(
    [title, description, label]: [&str; 3],
    epochs: &[E],
    epoch: fn(&E) -> usize,
    series: &[NamedFigure<'_, E>],
) -> Chart {
    let one = |(slot, (name, of)): (usize, &NamedFigure<'_, E>)| Series {
        slot: Some(slot),
        ..Series::new(*name, epochs.iter().map(|e| (epoch(e) as f64, of(e))))
    };
    Chart::Line(LineChart {
        title: title.into(),
        description: description.into(),
        x: curves::epochs(),
        y: Axis { label: label.into(), range: AxisRange::FromZero, ..Axis::default() },
        series: series.iter().enumerate().map(one).collect(),
        ..LineChart::default()
    })
}

/// The first test image of each class, what a model makes of it (`ours`), and what PCA does.
pub(super) fn firsts(model: &dyn ImageCoder, ours: String, pca: &Pca, test: &Split) -> Outcome<Block> {
    let first = |class: usize| (0..test.len()).find(|&i| test.label(i) == class);
    let chosen: Vec<usize> = (0..10).filter_map(first).collect();
    let x = pixels(test, &chosen);
    let linear = pca.reconstruct(x.as_slice());
    let through = model.reconstruction_of(x.clone());
    let row = |label: String, alt: &str, pixels: &[f32]| -> Outcome<ImageRow> {
        let images = pixels.chunks(test.dim()).map(|one| Image::new(test.shape(), one));
        Ok(ImageRow { label, alt: alt.into(), images: images.collect::<Result<_, _>>()? })
    };
    let rows = vec![
        row("test image".into(), "test image", x.as_slice())?,
        row(ours, "the network's reconstruction", through.as_slice())?,
        row(format!("PCA-{}", pca.k()), "the reconstruction by PCA", &linear)?,
    ];
    Ok(Block::ImageRows(ImageRows { caption: "The first test image of each class.".into(), rows }))
}

/// A figure in large.
pub(super) fn tile(value: String, label: &str, note: String) -> StatTile {
    StatTile { value, label: label.into(), note, ..StatTile::default() }
}

/// What a page says of any such run.
pub(super) struct Frame<'a> {
    pub(super) title: &'a str,
    /// The command that made it, as in `train vae`.
    pub(super) command: &'a str,
    pub(super) arch: &'a Arch,
    pub(super) data: &'a Named,
    pub(super) codes: &'a CodeReport,
    pub(super) seed: u64,
}

impl Frame<'_> {
    /// The page: what is seen, what the codes are worth, and what was done, of which `facts` are the model's own.
    pub(super) fn page(
        &self,
        model: &dyn ImageCoder,
        [encoder, decoder]: [&Graph; 2],
        spec: &impl Serialize,
        mut seen: Vec<Section>,
        facts: Vec<(&str, String)>,
    ) -> Outcome<Page> {
        let set = &self.data.set;
        let key = Key::new(self.seed).named("codes");
        seen.extend(code_sections(self.codes, model, &|class| set.class_name(class), key)?);
        let mut setup = Section::new("What was done");
        let images =
            format!("{}: {} training, {} test images", self.data.asked, set.train.len(), set.test.len());
        setup.blocks.push(Block::facts([("data", images)].into_iter().chain(facts)));
        setup.blocks.push(layers::table("Encoder", &encoder.summary()?, None));
        setup.blocks.push(layers::table("Decoder", &decoder.summary()?, None));
        setup.blocks.push(layers::spec(spec)?);
        setup.blocks.push(again::block());
        seen.push(setup);
        let command = self.command;
        Ok(Page {
            title: self.title.into(),
            subtitle: format!("`{}`, trained on {} by `sparring {command}`", self.arch, self.data.asked),
            sections: seen,
            footer: format!(
                "Made by `sparring {command}`. Every number on this page was measured in this run."
            ),
        })
    }
}
