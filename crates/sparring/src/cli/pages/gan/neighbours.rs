//! Samples beside the training images nearest to them: are they copies?

use crate::cli::Outcome;
use crate::cli::pages::number::number;
use sparring::datasets::Dataset;
use sparring::metrics::nearest_distances;
use sparring::models::Gan;
use sparring::seed::Key;
use sparring::train::pixels;
use sparring_report::grid::images_from_rows;
use sparring_report::html::{Block, Cell, ImageRow, ImageRows, Section, Table};

/// Samples looked at.
const SAMPLES: usize = 20;
/// Samples shown in a row, and rows: large enough to be compared.
const ACROSS: usize = 6;
const ROWS: usize = 2;
/// Training images searched: beyond this the search would take longer than an epoch.
const SEARCHED: usize = 10_000;

/// Smallest, middle and largest distance.
fn spread(found: &[(usize, f64)]) -> [f64; 3] {
    let mut d: Vec<f64> = found.iter().map(|f| f.1).collect();
    d.sort_by(f64::total_cmp);
    match d[..] {
        [] => [f64::NAN; 3],
        [first, .., last] => [first, d[d.len() / 2], last],
        [only] => [only; 3],
    }
}

/// The section: samples of new noise above their neighbours, and the distances beside those of real test images.
pub(crate) fn neighbours(model: &Gan, set: &Dataset, seed: u64) -> Outcome<Section> {
    let rows = |split: &sparring::datasets::Split, n: usize| {
        pixels(split, &(0..n.min(split.len())).collect::<Vec<_>>()).as_slice().to_vec()
    };
    let (dim, shape) = (set.train.dim(), set.shape());
    let (searched, real) = (rows(&set.train, SEARCHED), rows(&set.test, SAMPLES));
    let noise = model.noise(Key::new(seed).named("neighbours"), &(0..SAMPLES as u64).collect::<Vec<_>>());
    let samples = model.generate(noise).as_slice().to_vec();
    let [near, usual] = [&samples, &real].map(|x| nearest_distances(x, &searched, dim));
    let found: Vec<f32> =
        near.iter().flat_map(|&(i, _)| &searched[i * dim..(i + 1) * dim]).copied().collect();
    let n = searched.len() / dim;
    let mut rows = Vec::new();
    for (row, neighbours) in samples.chunks(ACROSS * dim).zip(found.chunks(ACROSS * dim)).take(ROWS) {
        for (label, alt, pixels) in
            [("sample", "sample", row), ("nearest training image", "its nearest training image", neighbours)]
        {
            rows.push(ImageRow {
                label: label.into(),
                alt: alt.into(),
                images: images_from_rows(shape, pixels)?,
            });
        }
    }
    let mut section = Section::new("Copies?");
    section.blocks.push(Block::ImageRows(ImageRows {
        caption: format!(
            "{} samples of new noise, each above the nearest of {n} training images.",
            (ACROSS * ROWS).min(SAMPLES)
        ),
        rows,
    }));
    let line = |name: &str, found: &[(usize, f64)]| -> Vec<Cell> {
        std::iter::once(name.into()).chain(spread(found).map(|distance| number(distance, 2).into())).collect()
    };
    section.blocks.push(Block::Table(Table {
        caption: format!("Euclidean distance to the nearest of the first {n} training images"),
        headers: ["", "smallest", "median", "largest"].map(String::from).to_vec(),
        rows: vec![
            line(&format!("{SAMPLES} samples"), &near),
            line(&format!("{} real test images", usual.len()), &usual),
        ],
        highlight: Vec::new(),
    }));
    section.blocks.push(Block::text(
        "Samples much nearer to a training image than real test images are would be copies. Samples farther away are not proof \
         of quality: blurred and broken ones are far from everything, grey ones near to it all.",
    ));
    Ok(section)
}
