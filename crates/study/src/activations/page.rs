//! The study for people.

use super::numbers::AUTOATTACK;
use super::sections::Seconds;
use super::study::{ActivationGroup, ActivationStudy};
use crate::{CellState, Manifest};
use sparring_report::html::{Block, Cell, Code, Details, Note, Page, Section, StatTile, Table, Tone};

impl ActivationStudy {
    /// The page. `seconds` gives those of the training and of the attacks of a cell by its name, as far as they are known; all else on it is the same for the same study.
    pub fn page(&self, seconds: Seconds<'_>) -> Page {
        let mut first = self.ranking();
        first.blocks.splice(0..0, self.at_a_glance());
        let sections = [
            first,
            self.what_held(),
            self.over_budgets(),
            self.curvature(),
            self.training(seconds),
            self.what_was_done(),
        ];
        let (nets, done) = (self.rows.len(), self.rows.iter().filter(|row| row.result.is_some()).count());
        Page {
            title: "Activations".into(),
            subtitle: format!("{done} of {nets} nets trained and attacked by `sparring study activations`"),
            sections: sections.into_iter().filter(|s| !s.blocks.is_empty()).collect(),
            footer: "Made by `sparring study activations`. Every number on this page was measured in these runs; all of them are in `results.csv` and `results.json`.".into(),
        }
    }
    fn at_a_glance(&self) -> Vec<Block> {
        let done = self.rows.iter().filter(|row| row.result.is_some()).count();
        let masked = self.rows.iter().filter(|row| row.masked().is_some()).count();
        let tile = |value: String, label: &str, note: String, tone| StatTile {
            value,
            label: label.into(),
            note,
            tone,
        };
        let mut tiles =
            vec![tile(done.to_string(), "nets finished", format!("of {}", self.rows.len()), Tone::Plain)];
        let best = |defense: &String| {
            let own = |g: &&ActivationGroup| g.defense == *defense && g.place == Some(1);
            let group = self.groups.iter().find(own)?;
            let mean = group.means.get(AUTOATTACK)?.mean;
            // All that share the first place by this figure.
            let ties = |g: &&ActivationGroup| {
                g.defense == *defense
                    && g.place.is_some()
                    && g.means.get(AUTOATTACK).is_some_and(|m| m.mean == mean)
            };
            let names: Vec<_> = self.groups.iter().filter(ties).map(|g| g.activation.as_str()).collect();
            Some(tile(
                format!("{:.1}\u{a0}%", 100.0 * mean),
                &format!("most under AutoAttack, {defense}"),
                names.join(", "),
                Tone::Plain,
            ))
        };
        tiles.extend(self.plan.defenses.iter().filter_map(best));
        if masked > 0 {
            tiles.push(tile(masked.to_string(), "nets masked", "none of them is ranked".into(), Tone::Bad));
        }
        let mut blocks = vec![Block::Tiles(tiles)];
        let note = |title: String, text: String| Block::Note(Note { title, text, tone: Tone::Bad });
        for row in &self.rows {
            if let CellState::Failed { reason } = &row.state {
                blocks.push(note(format!("{} failed.", row.cell), reason.clone()));
            }
        }
        let open = self.rows.iter().filter(|row| row.state == CellState::Open).count();
        if open > 0 {
            blocks.push(note(
                "Unfinished.".into(),
                format!("{open} nets are open: `sparring resume` goes on with them"),
            ));
        }
        blocks
    }
    /// What was asked for, and every net.
    fn what_was_done(&self) -> Section {
        let mut section = Section::new("What was done");
        let plan = &self.plan;
        let images = format!("the first {} test images", plan.n);
        section.blocks.push(Block::facts([
            ("network", plan.arch.clone()),
            ("data", plan.data.clone()),
            ("epochs", plan.epochs.to_string()),
            ("defences", plan.trained.join(", ")),
            ("seeds", format!("1 to {}", plan.seeds)),
            ("attacks", format!("{} at eps {} in L-inf on {images}", plan.attacks.join(", "), plan.eps)),
            ("AutoAttack", format!("the standard suite on the first {} test images, and the curve by PGD-40", plan.n_suite)),
            ("noise", "Gaussian, of standard deviation 0.38 (the strongest of the corruption)".into()),
            ("masked", format!("PGD leaves more than {:.0} points more than AutoAttack on the same images, or one of these checks is raised: {}", 100.0 * super::MASKING_MARGIN, super::MASKING_CHECKS.join(", "))),
            ("program", format!("sparring {} on {}", self.program.0, self.program.1)),
        ]));
        let shown = |v: Option<&f64>| v.map_or(Cell::from("–"), |v| Cell::percent(*v));
        let row = |row: &super::ActivationRow| {
            let link = match row.result {
                Some(_) => format!("{}/report.html", Manifest::run_of(&row.cell).display()),
                None => String::new(),
            };
            let first = Cell { link, ..Cell::from(row.activation.as_str()) };
            let rest = [row.defense.clone(), row.seed.to_string(), row.state.word().into()].map(Cell::from);
            let figures = ["clean", AUTOATTACK].map(|name| shown(row.numbers.get(name)));
            [first].into_iter().chain(rest).chain(figures).collect()
        };
        let table = Table {
            caption: "Each is a run directory in `cells`, with its own page; those of merged shards are where the shards are.".into(),
            headers: ["activation", "defence", "seed", "state", "clean", "AutoAttack"].map(String::from).to_vec(),
            rows: self.rows.iter().map(row).collect(),
            ..Table::default()
        };
        section
            .blocks
            .push(Block::Details(Details { summary: "Every net".into(), blocks: vec![Block::Table(table)] }));
        section.blocks.push(Block::Code(Code { caption: "The plan:".into(), text: plan.text() }));
        section
    }
    /// The means in words: names of the columns, and a row for each defence and activation.
    pub fn means(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let columns: Vec<&str> =
            ["clean", "noise"].into_iter().chain(self.attacks()).chain([AUTOATTACK]).collect();
        let headers = ["defence", "place", "activation", "nets"].map(String::from).into_iter();
        let headers = headers.chain(columns.iter().map(|name| super::numbers::heading(name)));
        let mut groups: Vec<&ActivationGroup> = self.groups.iter().filter(|group| group.n > 0).collect();
        let of = |group: &&ActivationGroup| {
            let defense = self.plan.defenses.iter().position(|d| *d == group.defense);
            (defense, group.place.unwrap_or(usize::MAX))
        };
        groups.sort_by_key(of);
        let row = |group: &&ActivationGroup| {
            let first =
                [group.defense.clone(), group.placed(), group.activation.clone(), group.n.to_string()];
            let figure = |name: &&str| match group.means.get(*name) {
                None => "–".to_string(),
                Some(of) => format!("{:.2} %", 100.0 * of.mean),
            };
            first.into_iter().chain(columns.iter().map(figure)).collect()
        };
        (headers.collect(), groups.iter().map(row).collect())
    }
}
