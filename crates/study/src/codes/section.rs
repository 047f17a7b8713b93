//! What was found of codes, as sections of a page.

use super::alarms::CodeAlarm;
use super::features::NEIGHBOURS;
use super::figures::{CodeFigures, PixelFigures};
use super::pictures::{interpolations, samples};
use super::plane::plane;
use super::rate::RateCurve;
use super::study::CodeReport;
use crate::StudyError;
use sparring_models::ImageCoder;
use sparring_report::html::{Block, Cell, Note, Section, Table, Tone};
use sparring_report::svg::{Axis, Chart, LineChart, Series, VerticalLine};
use sparring_seed::Key;

/// Samples on a page.
const SHOWN: u64 = 64;
/// Ways between two images on a page.
const WAYS: usize = 4;

/// A remark for each alarm.
pub fn alarm_blocks(alarms: &[CodeAlarm]) -> Vec<Block> {
    let note = |alarm: &CodeAlarm| Note { title: "Alarm.".into(), text: alarm.to_string(), tone: Tone::Bad };
    alarms.iter().map(|alarm| Block::Note(note(alarm))).collect()
}

/// What the codes are called beside PCA's.
fn linear(figures: &CodeFigures) -> String {
    format!("PCA-{}", figures.pca_numbers)
}

/// Digits of a number, or that there is none.
fn shown(v: f64, digits: usize) -> String {
    if v.is_finite() { format!("{v:.digits$}") } else { "–".into() }
}

fn units(figures: &CodeFigures) -> Block {
    let row = |name: String, f: &PixelFigures| -> Vec<Cell> {
        let all = [
            name,
            shown(f.mse, 5),
            format!("{} %", shown(100.0 * f.explained, 1)),
            format!("{} dB", shown(f.psnr, 2)),
            shown(f.bce, 4),
            shown(f.bce_above_floor, 4),
        ];
        all.map(Into::into).to_vec()
    };
    let headers = ["", "MSE", "variance explained", "PSNR", "cross-entropy", "above its floor"];
    Block::Table(Table {
        caption: format!(
            "Errors of a pixel on the test images. The cross-entropy is in nats, of pixels drawn into [0.001, 0.999]; grey images have an entropy of their own, {} nats, below which none can be.",
            shown(figures.bce_floor, 4)
        ),
        headers: headers.map(String::from).to_vec(),
        rows: vec![row("network".into(), &figures.own), row(linear(figures), &figures.pca)],
        highlight: vec![0],
    })
}

fn rates(report: &CodeReport) -> Vec<Block> {
    let zlib = report.figures.zlib_bits_per_pixel;
    let curve = |name: String, curve: &RateCurve, slot| Series {
        slot: Some(slot),
        ..Series::new(name, curve.0.iter().map(|p| (p.bits_per_pixel, p.psnr)))
    };
    let name = linear(&report.figures);
    let mut series =
        vec![curve("network".into(), &report.rates, 0), curve(name.clone(), &report.pca_rates, 1)];
    series.retain(|s| !s.points.is_empty());
    let Some((ours, theirs)) = report.rates.finest().zip(report.pca_rates.finest()) else {
        return Vec::new();
    };
    let chart = Chart::Line(LineChart {
        title: "Bits of an image, and what is lost".into(),
        description: "codes rounded to 2, 3, 4, 5, 6 and 8 bits for the widest number".into(),
        x: Axis { label: "bits a pixel".into(), ..Axis::default() },
        y: Axis { label: "PSNR, dB".into(), ..Axis::default() },
        series,
        vertical: vec![VerticalLine { x: zlib, label: format!("zlib, without loss: {}", shown(zlib, 2)) }],
        ..LineChart::default()
    });
    let said = format!(
        "At the finest a test image takes {} bits a pixel at {} dB, by {name} {} bits at {} dB; zlib (level 9, all test images in one stream) keeps every grey level in {} bits. Each \
         number is rounded to multiples of one step, the same for all of a code (the widest has 2 to 8 bits), and pays the logarithm of its level's share among training codes, as an \
         arithmetic coder would; entries of a table pay theirs and are not rounded. The network itself is not counted.",
        shown(ours.bits_per_pixel, 3),
        shown(ours.psnr, 2),
        shown(theirs.bits_per_pixel, 3),
        shown(theirs.psnr, 2),
        shown(zlib, 3),
    );
    vec![Block::Chart(chart), Block::text(said)]
}

fn uses(figures: &CodeFigures) -> Vec<Block> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let percent = |v: f64| format!("{} %", shown(100.0 * v, 1));
    if let Some(f) = figures.features {
        let near = format!("class by the {NEIGHBOURS} nearest of {} training codes", f.train);
        rows.push(vec![near, percent(f.neighbours), percent(f.pca_neighbours)]);
        let probe = format!("class by a linear map, {} test images", f.test);
        rows.push(vec![probe, percent(f.probe), percent(f.pca_probe)]);
    }
    if let (Some(words), Some(own)) = (&figures.anomalies, figures.anomaly_auroc) {
        let pca = figures.pca_anomaly_auroc.map_or("–".into(), |v| shown(v, 4));
        rows.push(vec![format!("AUROC of the error, {words}"), shown(own, 4), pca]);
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let caption = "What else codes and errors are good for. AUROC: how often an unlike image has the larger error of the two; 0.5 is a guess.";
    let headers = vec![String::new(), "network".into(), linear(figures)];
    let rows = rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect();
    vec![Block::Table(Table { caption: caption.into(), headers, rows, highlight: Vec::new() })]
}

/// Pairs of the first images of classes that follow each other among those there are.
fn pairs(labels: &[usize]) -> Vec<(usize, usize)> {
    let classes = labels.iter().max().map_or(0, |most| most + 1);
    let firsts: Vec<usize> = (0..classes).filter_map(|c| labels.iter().position(|&l| l == c)).collect();
    firsts.chunks_exact(2).map(|pair| (pair[0], pair[1])).take(WAYS).collect()
}

/// Sections on the codes of a model: other units and storing, classes and unlike images, the plane of the codes, images from codes. `names` says what a class is called.
///
/// # Errors
/// [`StudyError::Codes`] for codes that are not finite.
pub fn code_sections(
    report: &CodeReport,
    model: &dyn ImageCoder,
    names: &dyn Fn(usize) -> String,
    key: Key,
) -> Result<Vec<Section>, StudyError> {
    let (k, labels) = (model.code_numbers(), &report.labels);
    let mut worth = Section::new("What the code is worth");
    worth.blocks.push(units(&report.figures));
    worth.blocks.extend(rates(report));
    worth.blocks.extend(uses(&report.figures));
    let classes = labels.iter().max().map_or(0, |most| most + 1);
    worth.blocks.push(Block::Chart(plane(&report.codes, k, labels, names, classes)?));
    let mut drawn = Section::new("Images from codes");
    let ways = pairs(labels);
    if report.decodes && !ways.is_empty() {
        drawn.blocks.push(interpolations(model, &report.codes, &ways, |i| names(labels[i]))?);
    }
    if let Some(sampler) = &report.sampler {
        let ids: Vec<u64> = (0..SHOWN).collect();
        let caption = format!(
            "Codes drawn from a mixture of {} Gaussians fitted to those of training images, decoded. Nothing was picked.",
            sampler.components()
        );
        drawn.blocks.push(samples(model, &sampler.draw(key.named("mixture"), &ids)?, caption)?);
    }
    let all = [worth, drawn];
    Ok(all.into_iter().filter(|s| !s.blocks.is_empty()).collect())
}
