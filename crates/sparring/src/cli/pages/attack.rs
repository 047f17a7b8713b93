//! The page of an attack.

mod curve;

use super::accuracy::cell;
use super::again;
use super::card::cards;
use super::gallery::{Pairs, gallery};
use super::number;
use super::purifier;
use crate::cli::Outcome;
use crate::cli::commands::attack::{Outcomes, Source, Target};
use curve::curve;
pub(crate) use curve::trained_for;
use sparring::attacks::{Adversarials, Course, Finding, Report, merged_findings};
use sparring_report::html::{Block, Cell, Note, Page, Section, Table, Tone};
use std::path::PathBuf;

/// Images shown: full rows of two.
const SHOWN: usize = 12;

/// The checks of all budgets as one list.
pub(crate) fn findings(reports: &[Report]) -> Vec<Finding> {
    merged_findings(reports.iter().map(|r| (r.threat.eps, &r.findings[..])))
}

/// Proposals that did not count, an attack a line.
pub(crate) fn refused(reports: &[Report]) -> Vec<String> {
    let results = reports.iter().flat_map(|r| &r.attacks).filter(|a| a.refused.total() > 0);
    results.map(|a| format!("{} at eps {}: {}", a.attack, a.eps, a.refused)).collect()
}

/// A curve that stands above what the table says at one of its budgets: its attack found less there than others.
pub(crate) fn weaker(done: &Outcomes) -> Option<String> {
    let curve = done.curve.as_ref()?;
    let report = done.reports.iter().rev().find_map(|r| Some((r, curve.over_reported(r)?)));
    let (report, accuracy) = report?;
    Some(format!(
        "the curve of {} over-reports: at eps {} it leaves {:.1} % right, the attacks of the table {:.1} %",
        curve.attack,
        report.threat.eps,
        100.0 * accuracy,
        100.0 * report.robust_accuracy
    ))
}

/// Every check, with its answer and the number behind it.
fn checks(findings: &[Finding]) -> Section {
    let row = |f: &Finding| {
        let (answer, tone) = match (f.raised, f.value) {
            (true, _) => ("yes", Tone::Bad),
            (false, Some(_)) => ("no", Tone::Good),
            (false, None) => ("not examined", Tone::Plain),
        };
        let answer = Cell { tone, ..Cell::from(answer) };
        let value = f.value.map_or("–".to_string(), number::short);
        let name = Cell { note: f.id.question().into(), ..Cell::from(format!("`{}`", f.id)) };
        vec![name, answer, value.into(), f.why.as_str().into()]
    };
    let mut section = Section::new("Checks");
    section.blocks.push(Block::Table(Table {
        caption: "What would cast doubt on the figures, with the number behind each answer. Some need runs of their own (`--diagnose`), which look at a few images at the \
                  largest budget."
            .into(),
        headers: ["check", "answer", "number", "what was seen"].map(String::from).to_vec(),
        highlight: (0..findings.len()).filter(|&k| findings[k].raised).collect(),
        rows: findings.iter().map(row).collect(),
    }));
    section
}

/// The norm and every budget in it, in words.
fn budgets(reports: &[Report]) -> String {
    let all: Vec<_> = reports.iter().map(|r| r.threat.eps.to_string()).collect();
    match reports.first() {
        Some(first) => format!("{} eps {}", first.threat.norm, all.join(", ")),
        None => String::new(),
    }
}

fn figures(done: &Outcomes, trained: Option<f64>) -> Section {
    let reports = &done.reports[..];
    let mut figures = Section::new("Accuracy under attack");
    let Some(first) = reports.first() else { return figures };
    let line = |name: &str, eps: String, accuracy: f64, cost: [String; 3]| {
        let mut cells: Vec<Cell> = vec![name.into(), eps.into(), cell(accuracy, first.n)];
        cells.extend(cost.map(Cell::from));
        cells
    };
    let none = || ["".to_string(), "".to_string(), "".to_string()];
    let (mut rows, mut worst) =
        (vec![line("none: clean images", "–".into(), first.clean, none())], Vec::new());
    for report in reports {
        let eps = || report.threat.eps.to_string();
        for a in &report.attacks {
            let cost =
                [format!("{} x {}", a.steps, a.restarts), a.forwards.to_string(), a.backwards.to_string()];
            rows.push(line(&a.attack, eps(), a.accuracy, cost));
        }
        worst.push(rows.len());
        rows.push(line("worst case of each image", eps(), report.robust_accuracy, none()));
    }
    if reports.len() > 1 || done.curve.is_some() {
        figures.blocks.push(Block::Chart(curve(reports, done.curve.as_ref(), trained)));
    }
    if let Some(curve) = &done.curve {
        figures.blocks.push(Block::text(match curve.median_size {
            Some(size) => format!(
                "Half of the images are fooled by a change of {size:.4} or less ({}, {}{}).",
                curve.attack,
                curve.norm,
                if curve.bisected { ", bisected over the budgets: an upper bound" } else { "" }
            ),
            None => format!("More than half of the images stand at the largest budget of {}.", curve.attack),
        }));
    }
    figures.blocks.push(Block::Table(Table {
        caption: format!(
            "{} images, {}. Below each accuracy its 95 % interval. Forwards and backwards are images that the attack sent through the \
             network, and gradients it took.{}",
            first.n,
            budgets(reports),
            match first.course {
                Course::Cascade => " Each attack had only the images that those before it left right: its accuracy is what is left after it.",
                Course::Each => "",
            }
        ),
        headers: ["attack", "eps", "accuracy", "steps x restarts", "forwards", "backwards"]
            .map(String::from)
            .to_vec(),
        highlight: worst,
        rows,
    }));
    figures
}

/// Who made each of the first `n` adversarial images.
fn made_by(report: &Report, adv: &Adversarials, labels: &[usize]) -> Vec<String> {
    let one = |(i, &label): (usize, &usize)| match adv.made_by.get(i).copied().flatten() {
        Some(a) => report.attacks.get(a).map_or(String::new(), |a| a.attack.clone()),
        None if report.predictions.get(i) != Some(&label) => "not attacked".into(),
        None => "no attack came nearer".into(),
    };
    labels.iter().enumerate().map(one).collect()
}

/// The model, and what stands before it or in its place.
fn named(source: &Source) -> String {
    let beside = |what: &str, path: &Option<PathBuf>| {
        path.as_ref().map_or(String::new(), |path| format!(" {what} {}", path.display()))
    };
    let purifier = beside("behind the purifier", &source.purifier);
    format!(
        "{}{purifier}{}",
        source.model.display(),
        beside("transferred from the surrogate", &source.surrogate)
    )
}

/// The page of an attack on this model, which was `trained` against this budget: the figures at every budget, and a gallery at the largest where the target is given and its images were kept.
pub(crate) fn page(
    source: &Source,
    data: &str,
    trained: Option<f64>,
    target: Option<&Target>,
    done: &Outcomes,
) -> Outcome<Page> {
    let reports = &done.reports[..];
    let mut figures = figures(done, trained);
    let all = findings(reports);
    let doubts =
        all.iter().filter(|f| f.raised).map(ToString::to_string).chain(refused(reports)).chain(weaker(done));
    for text in doubts {
        figures.blocks.push(Block::Note(Note { title: "Finding.".into(), text, tone: Tone::Bad }));
    }
    figures.blocks.push(cards(reports.iter().flat_map(|r| &r.attacks)));
    figures.blocks.push(again::block());
    let mut sections = vec![figures];
    sections.extend(done.purifier.as_ref().map(purifier::section));
    if let (Some(report), Some(Target { model, test, .. })) = (reports.last(), target)
        && let Some(adv) = &report.adversarials
    {
        let (n, dim) = (SHOWN.min(report.n), test.x.len() / report.n);
        let labels = &test.labels[..n];
        let pairs = Pairs {
            shape: test.shape,
            ids: &test.ids[..n],
            labels,
            clean: &test.x[..n * dim],
            adversarial: &adv.x_adv[..n * dim],
            eps: report.threat.eps.min(1.0),
            made_by: made_by(report, adv, labels),
        };
        let caption = format!(
            "The first {n} test images at {} eps {}, each under the attack that came nearest to an error or farthest beyond; its name \
             stands on the right.",
            report.threat.norm, report.threat.eps
        );
        let mut seen = Section::new("Seen by the network");
        seen.blocks.push(Block::Gallery(gallery(model, &pairs, caption)?));
        sections.push(seen);
    }
    let at = sections.len().min(1 + usize::from(done.purifier.is_some()));
    sections.insert(at, checks(&all));
    Ok(Page {
        title: "Attack".into(),
        subtitle: format!("{} on {}, {}", named(source), data, budgets(reports)),
        sections,
        footer: "Every proposal was re-checked: box, budget, and fresh logits. No attack proves robustness."
            .into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring::attacks::{ModelStatistics, Threat};

    #[test]
    fn budgets_are_written_as_given() {
        let report = |eps| Report {
            n: 10,
            threat: Threat::linf(eps).unwrap(),
            course: Course::Each,
            clean: 1.0,
            predictions: vec![0; 10],
            attacks: Vec::new(),
            robust_accuracy: 0.5,
            margins: vec![1.0; 10],
            findings: Vec::new(),
            observed: ModelStatistics::default(),
            adversarials: None,
        };
        assert_eq!(budgets(&[report(0.1), report(0.3)]), "linf eps 0.1, 0.3");
    }
}
