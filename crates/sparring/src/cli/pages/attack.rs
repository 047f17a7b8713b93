//! The page of an attack.

use super::gallery::{Pairs, gallery};
use crate::cli::Outcome;
use crate::cli::options::Named;
use sparring::attacks::{AttackResult, Report};
use sparring::datasets::MiniBatch;
use sparring::metrics::wilson_interval;
use sparring::models::Classifier;
use sparring_report::html::{Block, Cell, Code, Details, Note, Page, Section, Table, Tone};
use std::path::Path;

/// Images shown.
const SHOWN: usize = 12;

/// A 95 % interval in words.
pub(crate) fn interval(accuracy: f64, n: usize) -> String {
    let (lo, hi) = wilson_interval((accuracy * n as f64).round() as usize, n, 1.96);
    format!("{:.1} – {:.1} %", 100.0 * lo, 100.0 * hi)
}

/// The cards of the attacks, to be opened.
pub(crate) fn cards<'a>(attacks: impl IntoIterator<Item = &'a AttackResult>) -> Block {
    let text = attacks.into_iter().map(|a| a.card.to_string()).collect::<Vec<_>>().join("\n");
    let code = Code { caption: "every parameter, so that each figure can be repeated".into(), text };
    Block::Details(Details { summary: "Attack cards".into(), blocks: vec![Block::Code(code)] })
}

/// The page.
pub(crate) fn page(
    path: &Path,
    data: &Named,
    model: &Classifier,
    test: &MiniBatch,
    report: &Report,
) -> Outcome<Page> {
    let mut figures = Section::new("Accuracy under attack");
    let line = |name: &str, accuracy: f64, cost: [String; 3]| {
        let mut cells: Vec<Cell> =
            vec![name.into(), Cell::percent(accuracy), interval(accuracy, report.n).into()];
        cells.extend(cost.map(Cell::from));
        cells
    };
    let none = || ["".to_string(), "".to_string(), "".to_string()];
    let mut rows = vec![line("clean", report.clean, none())];
    for a in &report.attacks {
        let cost = [format!("{} x {}", a.steps, a.restarts), a.forwards.to_string(), a.backwards.to_string()];
        rows.push(line(&a.attack, a.accuracy, cost));
    }
    rows.push(line("worst case of each image", report.robust_accuracy, none()));
    figures.blocks.push(Block::Table(Table {
        caption: format!("{} images, {}", report.n, report.threat),
        headers: ["attack", "accuracy", "95 % interval", "steps x restarts", "forwards", "backwards"]
            .map(String::from)
            .to_vec(),
        highlight: vec![rows.len() - 1],
        rows,
    }));
    for finding in &report.findings {
        let note = Note { title: "Finding".into(), text: finding.to_string(), tone: Tone::Bad };
        figures.blocks.push(Block::Note(note));
    }
    figures.blocks.push(cards(&report.attacks));
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
        subtitle: format!("{} on {}, {}", path.display(), data.asked, report.threat),
        sections,
        footer: "Every proposal was re-checked: box, budget, and fresh logits. No attack proves robustness."
            .into(),
    })
}
