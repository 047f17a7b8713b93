//! What the pages of autoencoders with a law or a table of codes share.

use super::curves;
use crate::cli::Outcome;
use sparring::datasets::Split;
use sparring::metrics::Pca;
use sparring::models::ImageCoder;
use sparring::train::pixels;
use sparring_report::grid::Image;
use sparring_report::html::{Block, ImageRow, ImageRows};
use sparring_report::svg::{Axis, AxisRange, Chart, LineChart, Series};

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
