//! The demo's page: two nets, what attacked them, what was left.

use super::accuracy::{self, band, cell, tile, tone};
use super::card::{cards, words};
use super::curves::{self, Training};
use super::gallery::{Pairs, gallery};
use super::number::percent;
use super::{again, recipe};
use crate::cli::Outcome;
use crate::cli::commands::demo::Fighter;
use crate::cli::options::Named;
use sparring::models::{Arch, FgsmRs};
use sparring_report::html::{Block, Cell, Code, Details, Note, Page, Section, Table, Tone};
use sparring_report::svg::{Axis, AxisRange, Chart, LineChart, Series, Stroke, VerticalLine};

/// Full scale of the perturbation's colours, and the budget of the gallery.
fn pairs(f: &Fighter) -> Pairs<'_> {
    let shown = &f.judged.shown;
    Pairs {
        shape: shown.shape,
        ids: &shown.ids,
        labels: &shown.labels,
        clean: &shown.x,
        adversarial: &f.judged.shown_adversarial,
        eps: f.judged.full(),
        made_by: vec![pgd(f); shown.ids.len()],
    }
}

/// PGD with the steps it took.
fn pgd(f: &Fighter) -> String {
    let steps = f.judged.results().find(|a| a.attack == "pgd").map_or(0, |a| a.steps);
    format!("PGD-{steps}")
}

/// Accuracy by budget for both attacks: a colour a net, the attacks by their strokes, and what the net was trained for.
fn curve(fighters: &[&Fighter], n: usize) -> Chart {
    let mut series = Vec::new();
    for f in fighters {
        for (attack, stroke) in [("pgd", Stroke::Solid), ("fgsm", Stroke::Dashed)] {
            let points = f.judged.curve(attack);
            series.push(Series {
                slot: Some(curves::slot(&f.recipe)),
                stroke,
                band: band(&points, n),
                ..Series::new(format!("{}, {}", f.name, attack.to_uppercase()), points)
            });
        }
    }
    let trained = fighters.iter().filter_map(|f| Some((f, curves::trained_for(&f.recipe.defense)?)));
    let vertical =
        trained.map(|(f, x)| VerticalLine { x, label: format!("{}: trained for eps {x}", f.name) });
    Chart::Line(LineChart {
        title: "Accuracy against budget".into(),
        description: "fraction of images still classified rightly under FGSM and PGD by L-inf budget, with 95 % intervals".into(),
        x: Axis {
            label: "budget eps (L-inf, pixels in [0, 1])".into(),
            range: AxisRange::FromZero,
            ..Axis::default()
        },
        y: Axis { range: AxisRange::Fixed(0.0, 1.0), ..accuracy::axis(std::iter::empty()) },
        series,
        vertical: vertical.collect(),
        ..LineChart::default()
    })
}

/// Clean, FGSM and PGD by budget, a column a net: it fits a phone.
fn table(fighters: &[&Fighter], n: usize) -> Block {
    let mut headers = vec!["attack".to_string(), "budget".to_string()];
    headers.extend(fighters.iter().map(|f| f.name.to_string()));
    let line = |name: String, budget: String, values: Vec<f64>| {
        let mut cells: Vec<Cell> = vec![name.into(), budget.into()];
        cells.extend(values.into_iter().map(|v| cell(v, n)));
        cells
    };
    let mut rows = vec![line("none".into(), "–".into(), fighters.iter().map(|f| f.judged.clean).collect())];
    for a in fighters.iter().take(1).flat_map(|f| f.judged.table()) {
        let values = fighters.iter().map(|f| f.judged.at(&a.attack, a.eps)).collect();
        rows.push(line(a.attack.to_uppercase(), a.eps.to_string(), values));
    }
    Block::Table(Table {
        caption: format!(
            "Accuracy on the first {n} test images, below it its 95 % interval; budgets in L-inf"
        ),
        headers,
        highlight: vec![rows.len() - 1],
        rows,
    })
}

fn notes(fighters: &[&Fighter]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for f in fighters {
        for finding in &f.judged.findings {
            let title = format!("Finding on the {} net", f.name);
            blocks.push(Block::Note(Note { title, text: finding.to_string(), tone: Tone::Bad }));
        }
    }
    blocks
}

fn training(fighters: &[&Fighter], n: usize) -> Section {
    let trainings: Vec<_> = fighters
        .iter()
        .map(|f| Training { name: f.name, slot: curves::slot(&f.recipe), rows: &f.rows, recipe: &f.recipe })
        .collect();
    let mut section = Section::new("Training");
    section.blocks.push(Block::Charts(vec![curves::loss(&trainings), curves::accuracy(&trainings, n)]));
    section.blocks.push(Block::text(
        "The loss of the hardened net is that on its adversarial examples: it is higher because its task is harder.",
    ));
    section
}

fn recipe_of(f: &Fighter) -> Block {
    let blocks = vec![Block::facts(recipe::facts(&f.recipe))];
    Block::Details(Details { summary: format!("Recipe of the {} net", f.name), blocks })
}

fn seen(f: &Fighter) -> Outcome<Section> {
    let pairs = pairs(f);
    let caption =
        format!("The first {} test images under {} at L-inf eps {}.", pairs.ids.len(), pgd(f), pairs.eps);
    let mut section = Section::new(format!("What the {} net sees", f.name));
    section.blocks.push(Block::Gallery(gallery(&f.model, &pairs, caption)?));
    Ok(section)
}

/// Every attack with its settings in words.
fn attacks(f: &Fighter) -> String {
    let mut all: Vec<String> = Vec::new();
    for a in f.judged.table() {
        let text = format!("{}: {}", a.attack.to_uppercase(), words(&a.card));
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all.join("; ")
}

fn setup(fighters: &[&Fighter], data: &Named, n: usize) -> Outcome<Section> {
    let (set, net) = (&data.set, Arch::from(FgsmRs::default()).info());
    let mut section = Section::new("What was done");
    section.blocks.push(Block::facts([
        (
            "data",
            format!(
                "{}: {} training images; {n} of {} test images attacked",
                data.asked,
                set.train.len(),
                set.test.len()
            ),
        ),
        ("net", format!("{}, {} parameters", net.layers, fighters[0].model.summary().parameters)),
        ("attacks", attacks(fighters[0])),
        ("checks", "every adversarial image re-checked: box, budget, fresh logits".to_string()),
        ("seed", fighters[0].recipe.seed.to_string()),
    ]));
    section.blocks.extend(fighters.iter().map(|f| recipe_of(f)));
    let spec = serde_json::to_string_pretty(fighters[0].model.spec())?;
    section.blocks.push(Block::Details(Details {
        summary: "The net as data".into(),
        blocks: vec![Block::Code(Code { caption: "spec".into(), text: spec })],
    }));
    section.blocks.push(cards(fighters.iter().flat_map(|f| f.judged.table())));
    section.blocks.push(again::block());
    Ok(section)
}

/// The page over both nets.
pub(crate) fn page(fighters: &[Fighter; 2], data: &Named, n: usize) -> Outcome<Page> {
    let all: Vec<&Fighter> = fighters.iter().collect();
    let [standard, hardened] = fighters;
    let full = standard.judged.full();
    let under = |f: &Fighter| f.judged.at("pgd", full);
    let (clean, attacked) = (
        |f: &Fighter| tile(format!("{}, clean", f.name), f.judged.clean, n, "images", Tone::Plain),
        |f: &Fighter| {
            let label = format!("{}, {}, eps {}", f.name, pgd(f), full);
            tile(label, under(f), n, "images", tone(f.judged.clean, under(f)))
        },
    );
    let mut result = Section::new("Result");
    result.blocks.push(Block::Tiles(vec![
        clean(standard),
        attacked(standard),
        clean(hardened),
        attacked(hardened),
    ]));
    result.blocks.push(table(&all, n));
    result.blocks.push(Block::Chart(curve(&all, n)));
    result.blocks.extend(notes(&all));
    result.blocks.push(Block::text(
        "PGD is an upper bound on robust accuracy: a stronger attack can only lower these figures. Beyond the budget that a net was \
         trained for nothing was promised: its accuracy falls off behind the mark.",
    ));
    let sections = vec![
        result,
        seen(standard)?,
        seen(hardened)?,
        training(&all, data.set.test.len()),
        setup(&all, data, n)?,
    ];
    Ok(Page {
        title: "A standard net and its hardened twin under attack".into(),
        subtitle: format!(
            "The same network trained twice on {} and attacked: under PGD at eps {} the standard one goes from {} to {}, the \
             hardened one from {} to {}.",
            data.asked,
            full,
            percent(standard.judged.clean, 1),
            percent(under(standard), 1),
            percent(hardened.judged.clean, 1),
            percent(under(hardened), 1)
        ),
        sections,
        footer: "Made by `sparring demo`. Every number on this page was measured in this run.".into(),
    })
}

/// The page of one net, in its own run directory.
pub(crate) fn single(f: &Fighter, data: &Named) -> Outcome<Page> {
    let (all, n) = ([f], f.judged.results().next().map_or(0, |a| a.fooled.len()));
    let mut result = Section::new("Result");
    result.blocks.push(table(&all, n));
    result.blocks.push(Block::Chart(curve(&all, n)));
    result.blocks.extend(notes(&all));
    Ok(Page {
        title: format!("The {} net", f.name),
        subtitle: format!("Trained on {} by `sparring demo`, attacked by FGSM and {}", data.asked, pgd(f)),
        sections: vec![result, seen(f)?, training(&all, data.set.test.len()), setup(&all, data, n)?],
        footer: "Every number on this page was measured in this run.".into(),
    })
}
