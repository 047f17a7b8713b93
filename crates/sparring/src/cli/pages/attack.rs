//! The page of an attack.

use super::accuracy::{self, band, cell};
use super::card::cards;
use super::gallery::{Pairs, gallery};
use super::{again, curves, decimal};
use crate::cli::Outcome;
use crate::cli::options::Named;
use serde_json::Value;
use sparring::attacks::{Adversarials, Finding, Report};
use sparring::datasets::MiniBatch;
use sparring::models::Classifier;
use sparring_report::html::{Block, Cell, Note, Page, Section, Table, Tone};
use sparring_report::svg::{Axis, Chart, LineChart, Range, Series, VerticalLine};
use std::path::Path;

/// Images shown: full rows of two.
const SHOWN: usize = 12;
/// The largest `config.json` that is looked into.
const MOST: u64 = 1 << 20;

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

/// The norm and every budget in it, in words.
fn budgets(reports: &[Report]) -> String {
    let all: Vec<_> = reports.iter().map(|r| decimal(r.threat.eps).to_string()).collect();
    match reports.first() {
        Some(first) => format!("{} eps {}", first.threat.norm, all.join(", ")),
        None => String::new(),
    }
}

/// The budget that a run's defence trained for, as its `config.json` says; `None` without one.
fn trained_for(run: &Path) -> Option<f64> {
    fn eps(of: &Value) -> Option<f64> {
        match of {
            Value::Object(fields) => {
                fields.get("eps").and_then(Value::as_f64).or_else(|| fields.values().find_map(eps))
            }
            Value::Array(items) => items.iter().rev().find_map(eps),
            _ => None,
        }
    }
    let config = run.join("config.json");
    if config.metadata().ok()?.len() > MOST {
        return None;
    }
    let value: Value = serde_json::from_slice(&std::fs::read(config).ok()?).ok()?;
    // One recipe, or the recipes of the phases of a demo: the last one counts.
    let recipe = value.get("recipe").or_else(|| value.get("recipes")?.as_array()?.last())?;
    let found = eps(recipe.get("defense")?)?;
    Some(decimal(found as f32))
}

/// Accuracy by budget, a line an attack and one for the worst case, with the budget of the training.
fn curve(reports: &[Report], trained: Option<f64>) -> Chart {
    let [first, ..] = reports else { return Chart::Line(LineChart::default()) };
    // What is left of the model has the model's colour; the attacks take colours that no model has.
    let slot = if trained.is_some() { curves::HARDENED } else { curves::STANDARD };
    let from_clean = |of: &dyn Fn(&Report) -> f64| {
        let under = reports.iter().map(|r| (decimal(r.threat.eps), of(r)));
        std::iter::once((0.0, first.clean)).chain(under).collect::<Vec<_>>()
    };
    let line = |k: usize, name: String, points: Vec<(f64, f64)>| Series {
        slot: Some(if k == 0 { slot } else { k + 1 }),
        band: band(&points, first.n),
        ..Series::new(name, points)
    };
    let mut series: Vec<Series> = Vec::new();
    if first.attacks.len() > 1 {
        series.push(line(0, "worst case of each image".into(), from_clean(&|r| r.robust_accuracy)));
    }
    for (k, a) in first.attacks.iter().enumerate() {
        let points = from_clean(&|r| r.attacks.get(k).map_or(f64::NAN, |a| a.accuracy));
        series.push(line(series.len(), a.attack.clone(), points));
    }
    let norm = first.threat.norm;
    Chart::Line(LineChart {
        title: "Accuracy against budget".into(),
        description: "fraction of images still classified rightly, by budget; 0 is without attack".into(),
        x: Axis {
            label: format!("budget eps ({norm}, pixels in [0, 1])"),
            range: Range::FromZero,
            ..Axis::default()
        },
        y: Axis { range: Range::Fixed(0.0, 1.0), ..accuracy::axis(std::iter::empty()) },
        series,
        vertical: trained
            .into_iter()
            .map(|x| VerticalLine { x, label: format!("trained for L-inf eps {x}") })
            .collect(),
        ..LineChart::default()
    })
}

fn figures(reports: &[Report], trained: Option<f64>) -> Section {
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
        let eps = || decimal(report.threat.eps).to_string();
        for a in &report.attacks {
            let cost =
                [format!("{} x {}", a.steps, a.restarts), a.forwards.to_string(), a.backwards.to_string()];
            rows.push(line(&a.attack, eps(), a.accuracy, cost));
        }
        worst.push(rows.len());
        rows.push(line("worst case of each image", eps(), report.robust_accuracy, none()));
    }
    if reports.len() > 1 {
        figures.blocks.push(Block::Chart(curve(reports, trained)));
    }
    figures.blocks.push(Block::Table(Table {
        caption: format!(
            "{} images, {}. Below each accuracy its 95 % interval. Forwards and backwards are images that the attack sent through the \
             network, and gradients it took.",
            first.n,
            budgets(reports)
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

/// The page: the figures at every budget, and a gallery at the largest.
pub(crate) fn page(
    path: &Path,
    data: &Named,
    model: &Classifier,
    test: &MiniBatch,
    reports: &[Report],
) -> Outcome<Page> {
    let mut figures = figures(reports, trained_for(path));
    for text in findings(reports) {
        figures.blocks.push(Block::Note(Note { title: "Finding.".into(), text, tone: Tone::Bad }));
    }
    figures.blocks.push(cards(reports.iter().flat_map(|r| &r.attacks)));
    figures.blocks.push(again::block());
    let mut sections = vec![figures];
    if let Some(report) = reports.last()
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
            report.threat.norm,
            decimal(report.threat.eps)
        );
        let mut seen = Section::new("Seen by the network");
        seen.blocks.push(Block::Gallery(gallery(model, &pairs, caption)?));
        sections.insert(1, seen);
    }
    Ok(Page {
        title: "Attack".into(),
        subtitle: format!("{} on {}, {}", path.display(), data.asked, budgets(reports)),
        sections,
        footer: "Every proposal was re-checked: box, budget, and fresh logits. No attack proves robustness."
            .into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sparring::attacks::Threat;
    use sparring::train::{Defense, Recipe};

    #[test]
    fn the_budget_of_the_training_is_found_and_marked() {
        let dir = std::env::temp_dir().join(format!("sparring-pages-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let of = |config: Value| {
            std::fs::write(dir.join("config.json"), config.to_string()).unwrap();
            trained_for(&dir)
        };
        let recipe = |defense| Recipe { defense, ..Recipe::default() };
        let (clean, hard) = (recipe(Defense::None), recipe(Defense::fgsm_rs(0.3)));
        assert_eq!(of(json!({ "recipe": hard })), Some(0.3));
        assert_eq!(
            of(json!({ "recipes": [recipe(Defense::fgsm_rs(0.2)), recipe(Defense::pgd(0.3))] })),
            Some(0.3)
        );
        assert_eq!((of(json!({ "recipe": clean })), of(json!([1]))), (None, None));
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(trained_for(&dir), None);

        let report = |eps| Report {
            n: 10,
            threat: Threat::linf(eps).unwrap(),
            clean: 1.0,
            predictions: vec![0; 10],
            attacks: Vec::new(),
            robust_accuracy: 0.5,
            findings: Vec::new(),
            adversarials: None,
        };
        let Chart::Line(line) = curve(&[report(0.1), report(0.3)], Some(0.3)) else { panic!("curves") };
        assert_eq!((line.vertical.len(), line.vertical[0].x), (1, 0.3));
        assert_eq!(budgets(&[report(0.1), report(0.3)]), "linf eps 0.1, 0.3");
    }
}
