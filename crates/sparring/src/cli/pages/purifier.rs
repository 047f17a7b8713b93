//! What a purifier is worth, for people.

use super::accuracy::{cell, interval};
use super::again;
use crate::cli::io::table::table;
use sparring::train::PurifierScores;
use sparring_report::html::{Block, Page, Section, Table};
use std::path::Path;

/// What each figure is: without the purifier and behind it, without an attack and under each.
fn lines(scores: &PurifierScores) -> Vec<(&'static str, f64, &'static str)> {
    let PurifierScores { clean_bare, clean, bare, grey_box, adaptive, bpda, square, robust, .. } = *scores;
    let adaptive =
        adaptive.map(|figure| ("adaptive: PGD through it", figure, "by the whole gradient of both"));
    [
        Some(("no attack, without the purifier", clean_bare, "")),
        Some(("no attack, behind the purifier", clean, "")),
        Some(("PGD, without the purifier", bare, "")),
        Some(("grey box", grey_box, "PGD on the model alone, judged behind the purifier: no measure of it")),
        adaptive,
        Some(("adaptive: BPDA", bpda, "PGD, the purifier as the identity on the way back")),
        Some(("adaptive: Square", square, "through the purifier, without gradients")),
        Some((
            "robust",
            robust,
            "right under the grey box and every adaptive attack: the figure of the defence",
        )),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What was attacked, and how.
fn what(scores: &PurifierScores) -> String {
    let PurifierScores { n, norm, eps, steps, queries, .. } = scores;
    format!("{n} images, {norm} eps {eps}; PGD of {steps} steps, Square of {queries} queries")
}

/// The table for a terminal.
pub(crate) fn text(scores: &PurifierScores) -> String {
    let row = |(name, figure, about): (&str, f64, &str)| {
        let interval = interval(figure, scores.n).replace('\u{a0}', " ");
        vec![name.to_string(), format!("{:6.2} %", 100.0 * figure), interval, about.to_string()]
    };
    let rows: Vec<_> = lines(scores).into_iter().map(row).collect();
    format!("the purifier, {}\n{}", what(scores), table(&["", "right", "95 % interval", ""], &rows))
}

/// The section of a page.
pub(crate) fn section(scores: &PurifierScores) -> Section {
    let mut section = Section::new("Behind the purifier");
    let lines = lines(scores);
    let last = lines.len() - 1;
    let row =
        |(name, figure, about): (&str, f64, &str)| vec![name.into(), cell(figure, scores.n), about.into()];
    section.blocks.push(Block::Table(Table {
        caption: format!(
            "{}. Who does not know of a purifier says little of it: what counts is what is left against who does. Below each accuracy its 95 % interval.",
            what(scores)
        ),
        headers: ["", "right", ""].map(String::from).to_vec(),
        rows: lines.into_iter().map(row).collect(),
        highlight: vec![last],
    }));
    section
}

/// The page of a model behind the generator of a GAN.
pub(crate) fn page(model: &Path, purifier: &Path, data: &str, scores: &PurifierScores) -> Page {
    let mut section = section(scores);
    section.blocks.push(again::block());
    Page {
        title: "Attack behind a GAN".into(),
        subtitle: format!(
            "{} behind {} on {data}, {} eps {}",
            model.display(),
            purifier.display(),
            scores.norm,
            scores.eps
        ),
        sections: vec![section],
        footer: "Every proposal was re-checked: box, budget, and fresh logits. No attack proves robustness."
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_gradient_has_no_line_for_it() {
        let scores = PurifierScores {
            n: 50,
            norm: sparring::attacks::AnyNorm::Linf,
            eps: 0.3,
            steps: 40,
            queries: 1000,
            clean_bare: 1.0,
            clean: 0.9,
            bare: 0.0,
            grey_box: 0.8,
            adaptive: Some(0.1),
            bpda: 0.2,
            square: 0.3,
            robust: 0.05,
        };
        let told = text(&scores);
        assert!(
            told.contains("PGD through it") && told.contains(" 80.00 %") && told.contains("  5.00 %"),
            "{told}"
        );
        assert_eq!(lines(&scores).len(), 8);
        let search = PurifierScores { adaptive: None, ..scores };
        assert!(!text(&search).contains("PGD through it") && lines(&search).len() == 7);
        let Block::Table(table) = &section(&search).blocks[0] else { panic!("a table") };
        assert_eq!((table.rows.len(), &table.highlight[..]), (7, &[6][..]));
    }
}
