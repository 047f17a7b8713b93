//! The table for people.

use super::{SweepGroup, SweepRow, SweepTable};
use crate::CellState;
use sparring_report::html::{Block, Cell, Code, Note, Page, Section, StatTile, Table, Tone};
use sparring_report::svg::{Axis, AxisRange, BarChart, BarSeries, Chart, TickFormat};

/// Figures of trainings that are on the page, if there, before those of the attacks and after them; the others are in the files beside it.
const FIRST: [&str; 5] = ["test_accuracy", "test_mse", "pca_mse", "d_real", "d_fake"];
const LAST: [&str; 3] = ["robust_accuracy", "train_loss", "epochs"];
/// More groups of bars cannot be read.
const MOST_GROUPS: usize = 16;
/// Nor can more bars in each.
const MOST_SERIES: usize = 5;
/// Nobody reads more notes of one kind.
const MOST_NOTES: usize = 10;
/// Longer tables are read as CSV.
const MOST_ROWS: usize = 500;

/// Whether a figure is a fraction of images.
fn is_accuracy(name: &str) -> bool {
    name.contains("accuracy") || name == "clean" || name.contains('@')
}

/// A number with as many digits as can be compared.
fn told(name: &str, v: f64) -> String {
    match () {
        () if is_accuracy(name) => format!("{:.2}\u{a0}%", 100.0 * v),
        () if v == v.trunc() && v.abs() < 1e6 => format!("{v}"),
        () if v.abs() >= 1e-3 && v.abs() < 1e4 => format!("{v:.4}"),
        () => format!("{v:.3e}"),
    }
}

/// Which images, and how well so few can tell: half the width of a 95 % interval, at most.
fn attacked_images(n: usize) -> String {
    let points = 98.0 / (n as f64).sqrt();
    format!(
        "the first {n} test images; of all images an accuracy may be up to {points:.1} points away (95\u{a0}%)"
    )
}

fn with_spread(name: &str, mean: f64, std: Option<f64>) -> String {
    match std {
        None => told(name, mean),
        Some(std) if is_accuracy(name) => format!("{:.2} ± {:.2}\u{a0}%", 100.0 * mean, 100.0 * std),
        Some(std) => format!("{} ± {}", told(name, mean), told(name, std)),
    }
}

/// The first of many notes, and how many more there are.
fn few(all: impl Iterator<Item = (String, String)>, tone: Tone) -> Vec<Block> {
    let mut all: Vec<(String, String)> = all.collect();
    let more = all.len().saturating_sub(MOST_NOTES);
    all.truncate(MOST_NOTES);
    if more > 0 {
        all.push((String::new(), format!("{more} more of this kind are in `results.json`.")));
    }
    all.into_iter().map(|(title, text)| Block::Note(Note { title, text, tone })).collect()
}

/// What is said under a table that was cut.
fn cut(rows: usize, file: &str) -> Option<Block> {
    let more = rows.checked_sub(MOST_ROWS).filter(|&more| more > 0)?;
    Some(Block::text(format!("{more} more are in `{file}`.")))
}

impl SweepTable {
    /// The figures on the page: what a net is worth, what is left of it under all attacks, under each, and the rest.
    fn shown(&self) -> Vec<&str> {
        let there = || self.figures.iter().map(String::as_str);
        let worst = |name: &&str| name.starts_with("worst@");
        let listed = |names: &'static [&'static str]| {
            names.iter().copied().filter(|name| there().any(|own| own == *name))
        };
        let attacks = there().filter(|name| name.contains('@') && !worst(name));
        let clean = there().filter(|name| *name == "clean");
        listed(&FIRST).chain(clean).chain(there().filter(worst)).chain(attacks).chain(listed(&LAST)).collect()
    }
    /// The means over seeds in words, of the figures that are read first: names of the columns, and a row for each combination on the other axes.
    pub fn means(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let shown = self.shown();
        let mut headers: Vec<String> = self.group_axes().into_iter().map(String::from).collect();
        headers.push("cells".into());
        headers.extend(shown.iter().map(|name| name.replace('_', " ")));
        let row = |group: &SweepGroup| -> Vec<String> {
            let figure = |name: &&str| match group.figures.get(*name) {
                None => "–".into(),
                Some(&(n, mean, std)) if n < group.n => format!("{} of {n}", with_spread(name, mean, std)),
                Some(&(_, mean, std)) => with_spread(name, mean, std),
            };
            let cells = group.values.iter().cloned().chain([group.n.to_string()]);
            cells.chain(shown.iter().map(figure)).collect()
        };
        (headers, self.groups.iter().map(row).collect())
    }
    fn over_seeds(&self) -> Section {
        let mut section = Section::new("Means");
        let (headers, rows) = self.means();
        section.blocks.push(Block::Table(Table {
            caption: "Mean over the finished cells that differ in their seed alone, ± the standard deviation of one such cell (n − 1). Cells that failed are not in it.".into(),
            headers,
            rows: rows.into_iter().take(MOST_ROWS).map(|row| row.into_iter().map(Cell::from).collect()).collect(),
            ..Table::default()
        }));
        section.blocks.extend(cut(self.groups.len(), "results.json"));
        section.blocks.extend(self.chart(&self.shown()));
        section
    }
    /// Bars of the means: accuracies, or, where there are none, the first figure.
    fn chart(&self, shown: &[&str]) -> Option<Block> {
        let accuracies: Vec<&str> =
            shown.iter().copied().filter(|name| is_accuracy(name)).take(MOST_SERIES).collect();
        let names = if accuracies.is_empty() { shown.iter().copied().take(1).collect() } else { accuracies };
        if names.is_empty() || self.groups.len() > MOST_GROUPS {
            return None;
        }
        let series = |name: &&str| {
            let of = |group: &SweepGroup| {
                group.figures.get(*name).map(|&(_, mean, std)| (mean, std.unwrap_or(f64::NAN)))
            };
            let figures: Vec<(f64, f64)> =
                self.groups.iter().map(|group| of(group).unwrap_or((f64::NAN, f64::NAN))).collect();
            BarSeries {
                name: name.replace('_', " "),
                values: figures.iter().map(|f| f.0).collect(),
                intervals: figures.iter().map(|(mean, std)| (mean - std, mean + std)).collect(),
                ..BarSeries::default()
            }
        };
        let accuracy = is_accuracy(names[0]);
        let format = if accuracy { TickFormat::Percent } else { TickFormat::default() };
        let label = if accuracy { "accuracy".to_string() } else { names[0].replace('_', " ") };
        let axes = self.group_axes();
        let category = |group: &SweepGroup| match group.values.is_empty() {
            true => "all cells".to_string(),
            false => group.values.join(" · "),
        };
        Some(Block::Chart(Chart::Bar(BarChart {
            title: "Means over seeds".into(),
            description: "mean of each combination, with one standard deviation up and down".into(),
            x_label: axes.join(" · "),
            categories: self.groups.iter().map(category).collect(),
            y: Axis { label, format, range: AxisRange::FromZero, ..Axis::default() },
            series: names.iter().map(series).collect(),
        })))
    }
    fn every_cell(&self) -> Section {
        let mut section = Section::new("Every cell");
        let shown = self.shown();
        let mut headers = vec!["cell".to_string()];
        headers.extend(self.axes().into_iter().map(String::from));
        headers.extend(shown.iter().map(|name| name.replace('_', " ")));
        let row = |row: &SweepRow| -> Vec<Cell> {
            let columns = row.result.as_ref().map(|result| result.columns()).unwrap_or_default();
            let own = |name: &&str| columns.iter().find(|(own, _)| own == name).and_then(|(_, value)| *value);
            let figure = |name: &&str| own(name).map_or(Cell::from("–"), |v| Cell::from(told(name, v)));
            let tone = if matches!(row.state, CellState::Failed { .. }) { Tone::Bad } else { Tone::Plain };
            let first = Cell { tone, ..Cell::from(row.cell.as_str()) };
            let values = row.values.iter().map(|v| Cell::from(v.as_str()));
            [first].into_iter().chain(values).chain(shown.iter().map(figure)).collect()
        };
        section.blocks.push(Block::Table(Table {
            caption: "Each is a run directory under this name in `cells`, with its own page.".into(),
            headers,
            rows: self.rows.iter().take(MOST_ROWS).map(row).collect(),
            ..Table::default()
        }));
        section.blocks.extend(cut(self.rows.len(), "results.csv"));
        section
    }
    /// What is not as it should be: failed cells with their reasons, unfinished ones, warnings of trainings.
    fn notes(&self) -> Vec<Block> {
        let failed = self.rows.iter().filter_map(|row| match &row.state {
            CellState::Failed { reason } => Some((format!("{} failed.", row.cell), reason.clone())),
            _ => None,
        });
        let open = self.rows.iter().filter(|row| row.state == CellState::Open).count();
        let open = (open > 0).then(|| {
            ("Unfinished.".to_string(), format!("{open} cells are open: the same command goes on with them"))
        });
        let warned = self.rows.iter().filter_map(|row| {
            let result = row.result.as_ref().filter(|result| !result.warnings.is_empty())?;
            Some((format!("{}.", row.cell), result.warnings.join("; ")))
        });
        let bad = few(failed, Tone::Bad).into_iter().chain(few(open.into_iter(), Tone::Bad));
        bad.chain(few(warned, Tone::Plain)).collect()
    }
    /// The page: means over seeds with their chart, every cell, and what was asked for. The same bytes for the same table.
    pub fn page(&self) -> Page {
        let done = self.rows.iter().filter(|row| row.result.is_some()).count();
        let mut first = self.over_seeds();
        let tile = |value: usize, label: &str, note: &str, tone| StatTile {
            value: value.to_string(),
            label: label.into(),
            note: note.into(),
            tone,
        };
        let failed = self.rows.iter().filter(|row| matches!(row.state, CellState::Failed { .. })).count();
        let mut tiles = vec![tile(done, "cells finished", &format!("of {}", self.rows.len()), Tone::Plain)];
        if failed > 0 {
            tiles.push(tile(failed, "cells failed", "none of them is counted as a result", Tone::Bad));
        }
        first.blocks.insert(0, Block::Tiles(tiles));
        first.blocks.splice(1..1, self.notes());
        let mut setup = Section::new("What was done");
        let shard =
            if self.shard.count > 1 { format!("shard {} of a sweep", self.shard) } else { "all".into() };
        let attacked = self.rows.iter().find_map(|row| row.result.as_ref()?.attacked.as_ref());
        let mut facts = vec![
            ("trained", self.grid.train.0.clone()),
            ("cells", shard),
            ("program", format!("sparring {} on {}", self.program.0, self.program.1)),
        ];
        facts.extend(attacked.map(|a| ("attacked", attacked_images(a.n))));
        setup.blocks.push(Block::facts(facts));
        setup.blocks.push(Block::Code(Code { caption: "The grid:".into(), text: self.grid.text.clone() }));
        setup.blocks.push(Block::Code(Code {
            caption: "To repeat:".into(),
            text: "sparring sweep grid.toml --out DIR".into(),
        }));
        Page {
            title: "Sweep".into(),
            subtitle: format!("{} trainings by `sparring sweep`", self.rows.len()),
            sections: vec![first, self.every_cell(), setup],
            footer: "Made by `sparring sweep`. Every number on this page was measured in these runs; all of them are in `results.csv` and `results.json`.".into(),
        }
    }
}
