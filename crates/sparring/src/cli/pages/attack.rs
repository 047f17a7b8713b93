//! The page of an attack.

use super::decimal;
use super::gallery::{Pairs, gallery};
use crate::cli::Outcome;
use crate::cli::options::Named;
use sparring::attacks::{AttackResult, Finding, Report};
use sparring::datasets::MiniBatch;
use sparring::metrics::wilson_interval;
use sparring::models::Classifier;
use sparring_report::html::{Block, Cell, Code, Details, Note, Page, Section, Table, Tone};
use sparring_report::svg::{Axis, Chart, LineChart, Range, Series, TickFormat};
use std::path::Path;

/// Images shown.
const SHOWN: usize = 12;

/// A 95 % interval in words.
pub(crate) fn interval(accuracy: f64, n: usize) -> String {
    let (lo, hi) = wilson_interval((accuracy * n as f64).round() as usize, n, 1.96);
    format!("{:.1} – {:.1} %", 100.0 * lo, 100.0 * hi)
}

/// What casts doubt on the figures; each finding once, with its eps where there are several.
pub(crate) fn findings(reports: &[Report]) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for report in reports {
        for finding in &report.findings {
            let of_the_model =
                matches!(finding, Finding::LooksLikeProbabilities | Finding::Randomised { .. });
            let line = if of_the_model || reports.len() == 1 {
                finding.to_string()
            } else {
                format!("eps {}: {finding}", report.threat.eps)
            };
            if !told.contains(&line) {
                told.push(line);
            }
        }
    }
    told
}

/// The cards of the attacks, to be opened.
pub(crate) fn cards<'a>(attacks: impl IntoIterator<Item = &'a AttackResult>) -> Block {
    let text = attacks.into_iter().map(|a| a.card.to_string()).collect::<Vec<_>>().join("\n");
    let code = Code { caption: "every parameter, so that each figure can be repeated".into(), text };
    Block::Details(Details { summary: "Attack cards".into(), blocks: vec![Block::Code(code)] })
}

/// The norm and every budget in it, in words.
fn budgets(reports: &[Report]) -> String {
    let all: Vec<_> = reports.iter().map(|r| r.threat.eps.to_string()).collect();
    format!("{} eps {}", reports[0].threat.norm, all.join(", "))
}

/// Accuracy by budget, a line an attack and one for the worst case.
fn curve(reports: &[Report]) -> Chart {
    let from_clean = |of: &dyn Fn(&Report) -> f64| {
        let under = reports.iter().map(|r| (decimal(r.threat.eps), of(r)));
        std::iter::once((0.0, reports[0].clean)).chain(under).collect::<Vec<_>>()
    };
    let attacks = reports[0].attacks.iter().enumerate();
    let mut series: Vec<Series> =
        attacks.map(|(k, a)| Series::new(a.attack.clone(), from_clean(&|r| r.attacks[k].accuracy))).collect();
    if series.len() > 1 {
        series.push(Series::new("worst case", from_clean(&|r| r.robust_accuracy)));
    }
    Chart::Line(LineChart {
        title: "Accuracy against budget".into(),
        description: "fraction of images still classified rightly, by budget; 0 is without attack".into(),
        x: Axis {
            label: format!("budget eps ({}, pixels in [0, 1])", reports[0].threat.norm),
            range: Range::FromZero,
            ..Axis::default()
        },
        y: Axis {
            label: "accuracy".into(),
            format: TickFormat::Percent,
            range: Range::Fixed(0.0, 1.0),
            ..Axis::default()
        },
        series,
    })
}

/// The page: the figures at every budget, and a gallery at the largest.
pub(crate) fn page(
    path: &Path,
    data: &Named,
    model: &Classifier,
    test: &MiniBatch,
    reports: &[Report],
) -> Outcome<Page> {
    let report = &reports[reports.len() - 1];
    let mut figures = Section::new("Accuracy under attack");
    let line = |name: &str, accuracy: f64, cost: [String; 3]| {
        let mut cells: Vec<Cell> =
            vec![name.into(), Cell::percent(accuracy), interval(accuracy, report.n).into()];
        cells.extend(cost.map(Cell::from));
        cells
    };
    let none = || ["".to_string(), "".to_string(), "".to_string()];
    let mut rows = vec![line("clean", report.clean, none())];
    let mut worst = Vec::new();
    for report in reports {
        let at = if reports.len() > 1 { format!(", eps {}", report.threat.eps) } else { String::new() };
        for a in &report.attacks {
            let cost =
                [format!("{} x {}", a.steps, a.restarts), a.forwards.to_string(), a.backwards.to_string()];
            rows.push(line(&format!("{}{at}", a.attack), a.accuracy, cost));
        }
        worst.push(rows.len());
        rows.push(line(&format!("worst case of each image{at}"), report.robust_accuracy, none()));
    }
    if reports.len() > 1 {
        figures.blocks.push(Block::Chart(curve(reports)));
    }
    figures.blocks.push(Block::Table(Table {
        caption: format!("{} images, {}", report.n, budgets(reports)),
        headers: ["attack", "accuracy", "95 % interval", "steps x restarts", "forwards", "backwards"]
            .map(String::from)
            .to_vec(),
        highlight: worst,
        rows,
    }));
    for text in findings(reports) {
        let note = Note { title: "Finding".into(), text, tone: Tone::Bad };
        figures.blocks.push(Block::Note(note));
    }
    figures.blocks.push(cards(reports.iter().flat_map(|r| &r.attacks)));
    let mut sections = vec![figures];
    if let Some(adv) = &report.adversarials {
        let (n, dim) = (SHOWN.min(report.n), test.x.len() / report.n);
        let pairs = Pairs {
            shape: test.shape,
            ids: &test.ids[..n],
            labels: &test.labels[..n],
            clean: &test.x[..n * dim],
            adversarial: &adv.x_adv[..n * dim],
            eps: report.threat.eps.min(1.0),
        };
        let caption =
            format!("The first {n} images: clean, perturbation (red adds, blue takes away), adversarial.");
        let mut seen = Section::new("Seen by the network");
        seen.blocks.push(Block::Gallery(gallery(model, &pairs, caption)?));
        sections.push(seen);
    }
    Ok(Page {
        title: "Attack".into(),
        subtitle: format!("{} on {}, {}", path.display(), data.asked, budgets(reports)),
        sections,
        footer: "Every proposal was re-checked: box, budget, and fresh logits. No attack proves robustness."
            .into(),
    })
}
