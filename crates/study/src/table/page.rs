//! The table for people.

use super::{SweepGroup, SweepRow, SweepTable};
use crate::figure::{FIRST, title, told, with_spread};
use crate::{Attacked, CellState, Manifest};
use sparring_report::html::{Block, Cell, Code, Note, Page, Section, StatTile, Table, Tone};

/// Figures of trainings that are on the page, if there, after those of the attacks; the others are in the files beside it.
const LAST: [&str; 3] = ["robust_accuracy", "train_loss", "epochs"];
/// Nobody reads more notes of one kind.
const MOST_NOTES: usize = 10;
/// Longer tables are read as CSV.
const MOST_ROWS: usize = 500;

/// Which images, and how well so few can tell: half the width of a 95 % interval, at most.
fn attacked_images(n: usize) -> String {
    let points = 98.0 / (n as f64).sqrt();
    format!(
        "the first {n} test images; of all images an accuracy may be up to {points:.1} points away (95\u{a0}%)"
    )
}

/// Which attacks, in which norm, at which budgets.
fn attacks(attacked: &Attacked) -> String {
    let mut names: Vec<&str> = Vec::new();
    for row in &attacked.attacks {
        if !names.contains(&row.attack.as_str()) {
            names.push(&row.attack);
        }
    }
    let budgets: Vec<String> = attacked.worst.iter().map(|(eps, _)| eps.to_string()).collect();
    format!("{} in {} at eps {}", names.join(", "), attacked.norm(), budgets.join(", "))
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
        headers.extend(shown.iter().map(|name| title(name)));
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
    /// Why there is no row, of a shard beyond the cells.
    pub fn nothing(&self) -> Option<String> {
        let total = self.grid.cells().len();
        let what =
            format!("Shard {} has no cell: the grid has {total}, fewer than there are shards.", self.shard);
        self.rows.is_empty().then_some(what)
    }
    fn over_seeds(&self) -> Section {
        let mut section = Section::new("Means");
        if let Some(nothing) = self.nothing() {
            section.blocks.push(Block::text(nothing));
            return section;
        }
        let (headers, rows) = self.means();
        section.blocks.push(Block::Table(Table {
            caption: "Mean over the finished cells that differ in their seed alone, ± the standard deviation of one such cell (n − 1). Cells that failed are not in it.".into(),
            headers,
            rows: rows.into_iter().take(MOST_ROWS).map(|row| row.into_iter().map(Cell::from).collect()).collect(),
            ..Table::default()
        }));
        section.blocks.extend(cut(self.groups.len(), "results.json"));
        section.blocks.extend(self.charts(&self.shown()));
        section
    }
    fn every_cell(&self) -> Section {
        let mut section = Section::new("Every cell");
        if self.rows.is_empty() {
            return section;
        }
        let shown = self.shown();
        let mut headers = vec!["cell".to_string()];
        headers.extend(self.axes().into_iter().map(String::from));
        headers.extend(shown.iter().map(|name| title(name)));
        let row = |row: &SweepRow| -> Vec<Cell> {
            let columns = row.result.as_ref().map(|result| result.columns()).unwrap_or_default();
            let own = |name: &&str| columns.iter().find(|(own, _)| own == name).and_then(|(_, value)| *value);
            let figure = |name: &&str| own(name).map_or(Cell::from("–"), |v| Cell::from(told(name, v)));
            let tone = if matches!(row.state, CellState::Failed { .. }) { Tone::Bad } else { Tone::Plain };
            let link = match row.result {
                Some(_) => format!("{}/report.html", Manifest::run_of(&row.cell).display()),
                None => String::new(),
            };
            let first = Cell { tone, link, ..Cell::from(row.cell.as_str()) };
            let values = row.values.iter().map(|v| Cell::from(v.as_str()));
            [first].into_iter().chain(values).chain(shown.iter().map(figure)).collect()
        };
        section.blocks.push(Block::Table(Table {
            caption: "Each is a run directory under this name in `cells`, with its own page; those of merged shards are where the shards are.".into(),
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
        facts.extend(attacked.map(|a| ("attacks", attacks(a))));
        facts.extend(attacked.map(|a| ("attacked", attacked_images(a.n))));
        setup.blocks.push(Block::facts(facts));
        setup.blocks.push(Block::Code(Code { caption: "The grid:".into(), text: self.grid.text.clone() }));
        let shard = if self.shard.count > 1 { format!(" --shard {}", self.shard) } else { String::new() };
        setup.blocks.push(Block::Code(Code {
            caption: "To repeat:".into(),
            text: format!("sparring sweep grid.toml{shard} --out DIR"),
        }));
        Page {
            title: "Sweep".into(),
            subtitle: match self.rows.len() {
                1 => "1 training by `sparring sweep`".into(),
                n => format!("{n} trainings by `sparring sweep`"),
            },
            sections: [first, self.every_cell(), setup].into_iter().filter(|s| !s.blocks.is_empty()).collect(),
            footer: "Made by `sparring sweep`. Every number on this page was measured in these runs; all of them are in `results.csv` and `results.json`.".into(),
        }
    }
}
