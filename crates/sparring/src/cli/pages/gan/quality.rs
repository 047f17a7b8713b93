//! The section that says how good the samples are.

use super::figures::{Row, rows};
use crate::cli::pages::number::{number, percent};
use sparring::train::{GanScores, GenerativeScores};
use sparring_report::html::{Block, Note, Section, StatTile, Table, Tone};
use sparring_report::svg::{Axis, AxisRange, BarChart, BarSeries, Chart, TickFormat};

/// Every figure beside that of real examples.
pub(crate) fn quality(scores: &GanScores) -> Section {
    let mut section = Section::new("How good the samples are");
    if let GanScores::Unjudged(why) = scores {
        section.blocks.push(Block::text(format!("There are no figures for these data: {}.", why.unjudged)));
        return section;
    }
    let rows = rows(scores);
    section.blocks.push(Block::text(lead(scores)));
    section.blocks.push(Block::Tiles(tiles(scores, &rows)));
    if let GanScores::Images(scores) = scores {
        section.blocks.extend(remarks(scores));
        section.blocks.extend(histogram(scores));
    }
    section.blocks.push(table(&rows));
    section
}

fn lead(scores: &GanScores) -> String {
    match scores {
        GanScores::Images(s) => {
            let reads = match s.judge_accuracy {
                Some(accuracy) if s.class_histogram.is_some() => {
                    format!("it reads {} of the test images here rightly", percent(accuracy, 1))
                }
                _ => "it was made for digits, which these are not, so nothing is said of classes".into(),
            };
            format!(
                "Samples are compared with test images by the 64 features of a small classifier that ships with `sparring` and never changes ({reads}). Its figures compare with no other network's, so each stands beside \
                 the same figure of real training images in the place of the samples: no generator can be asked for more."
            )
        }
        GanScores::Toy(_) => {
            "The modes of these data are known, so they can be counted: a mode is hit by a sample within three standard deviations of its centre.".into()
        }
        _ => "The digits of the three channels are read by a small classifier that ships with `sparring`; there are a thousand triples.".into(),
    }
}

fn tiles(scores: &GanScores, rows: &[Row]) -> Vec<StatTile> {
    let shown: &[&str] = match scores {
        GanScores::Images(_) => {
            &["Fréchet distance", "precision", "recall", "coverage", "rarest class", "two-sample test"]
        }
        _ => &["modes", "high quality", "reverse KL"],
    };
    let tile = |r: &Row| StatTile {
        value: r.samples.clone(),
        label: r.name.into(),
        note: format!("real: {}", r.real),
        ..StatTile::default()
    };
    rows.iter().filter(|r| shown.contains(&r.name)).map(tile).collect()
}

fn remarks(s: &GenerativeScores) -> Vec<Block> {
    let mut remarks = vec![Block::text(format!(
        "The Fréchet distance is {} times that of real images.",
        number(s.frechet / s.frechet_floor, 1)
    ))];
    if s.looks_copied() {
        remarks.push(Block::Note(Note {
            title: "Copies?".into(),
            text: format!(
                "{} of the samples are nearer to a training image than all but {} of the test images are. Either they are copies, or so blurred that they are near to many.",
                percent(s.copies, 0),
                percent(GenerativeScores::NEARER_THAN, 0)
            ),
            tone: Tone::Bad,
        }));
    }
    remarks
}

fn histogram(s: &GenerativeScores) -> Option<Block> {
    let (of, real) = (s.class_histogram?, s.class_histogram_floor?);
    let series = |name: &str, shares: [f64; 10], slot| BarSeries {
        name: name.into(),
        values: shares.to_vec(),
        slot: Some(slot),
        ..BarSeries::default()
    };
    Some(Block::Chart(Chart::Bar(BarChart {
        title: "Classes".into(),
        description: "share of each digit among samples and test images, as the classifier reads them".into(),
        x_label: "digit".into(),
        categories: (0..10).map(|k: usize| k.to_string()).collect(),
        y: Axis {
            label: "share".into(),
            format: TickFormat::Percent,
            range: AxisRange::FromZero,
            ..Axis::default()
        },
        series: vec![series("samples", of, 0), series("test images", real, 6)],
    })))
}

fn table(rows: &[Row]) -> Block {
    let cells = |r: &Row| {
        vec![r.name.into(), r.samples.clone().into(), r.real.clone().into(), r.about.clone().into()]
    };
    Block::Table(Table {
        caption: "Every figure".into(),
        headers: ["", "samples", "real", "what it is"].map(String::from).to_vec(),
        rows: rows.iter().map(cells).collect(),
        highlight: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring::train::{ToyScores, Unjudged};

    fn blocks(scores: &GanScores) -> String {
        format!("{:?}", quality(scores).blocks)
    }

    #[test]
    fn every_figure_stands_beside_that_of_real_points() {
        let toy = ToyScores {
            samples: 2500,
            modes: 7,
            of: 8,
            high_quality: 0.9312,
            high_quality_real: 0.9889,
            reverse_kl: Some(0.123),
            reverse_kl_real: Some(0.001),
        };
        let text = blocks(&GanScores::Toy(toy));
        for part in ["7 of 8", "93.1", "98.9", "0.123", "0.001", "2500"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let none = blocks(&GanScores::Toy(ToyScores { reverse_kl: None, ..toy }));
        assert!(none.contains("\"–\"") && !none.contains("0.123"), "{none}");
    }

    #[test]
    fn data_without_figures_say_why() {
        let text = blocks(&GanScores::Unjudged(Unjudged { unjudged: "examples are bananas".into() }));
        assert!(text.contains("no figures for these data: examples are bananas."), "{text}");
    }
}
