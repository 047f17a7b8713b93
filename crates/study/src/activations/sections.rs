//! The parts of the page.

use super::numbers::{AUTOATTACK, CLEAN, CURVE_MEAN, DEAD, GAP, NOISE, heading};
use super::paired::Paired;
use super::study::{ActivationGroup, ActivationRow, ActivationStudy};
use super::verdicts::ClaimVerdict;
use sparring_report::html::{Block, Cell, Details, Note, Section, Table, Tone};

/// Seconds of the training and of the attacks of a cell.
pub(super) type Seconds<'a> = &'a dyn Fn(&str) -> (Option<f64>, Option<f64>);

/// A mean of fractions with its interval below.
fn share(of: Option<&Paired>) -> Cell {
    let Some(of) = of else { return Cell::from("–") };
    let note =
        of.interval.map_or(String::new(), |(low, high)| format!("{:.1} to {:.1}", 100.0 * low, 100.0 * high));
    // Without bars, so that all columns have their place on the page.
    Cell { note, bar: None, ..Cell::percent(of.mean) }
}

fn difference(of: Option<&Paired>) -> Cell {
    let Some(of) = of else { return Cell::from("–") };
    let tone = match of.interval {
        Some((low, _)) if low > 0.0 => Tone::Good,
        Some((_, high)) if high < 0.0 => Tone::Bad,
        _ => Tone::Plain,
    };
    let note = of
        .interval
        .map_or("one pair".to_string(), |(low, high)| format!("{:+.1} to {:+.1}", 100.0 * low, 100.0 * high));
    Cell { note, tone, ..Cell::from(format!("{:+.1}", 100.0 * of.mean)) }
}

impl ActivationStudy {
    /// The table of each defence, best first.
    pub(super) fn ranking(&self) -> Section {
        let mut section = Section::new("Ranking");
        let columns: Vec<&str> = [CURVE_MEAN, CLEAN, NOISE].into_iter().chain(self.attacks()).collect();
        for defense in &self.plan.defenses {
            let mut own: Vec<&ActivationGroup> =
                self.groups.iter().filter(|g| g.defense == *defense && g.n > 0).collect();
            own.sort_by_key(|group| group.place.unwrap_or(usize::MAX));
            let row = |group: &&ActivationGroup| {
                let place = match group.masked {
                    0 => Cell::from(group.placed()),
                    k => Cell {
                        note: format!("{k} of {} nets", group.n),
                        tone: Tone::Bad,
                        ..Cell::from(group.placed())
                    },
                };
                let figures = columns.iter().map(|name| share(group.means.get(*name)));
                let first = [
                    Cell::from(group.activation.as_str()),
                    place,
                    share(group.means.get(AUTOATTACK)),
                    difference(group.against_relu.get(AUTOATTACK)),
                ];
                first.into_iter().chain(figures).collect()
            };
            let headings = columns.iter().map(|name| heading(name));
            let headers = ["activation", "place", "AutoAttack", "− relu"].map(String::from).into_iter();
            section.blocks.push(Block::Table(Table {
                caption: format!(
                    "Defence `{defense}`: AutoAttack and the mean over the budgets on the first {} test images, the others on the first {}, eps {}",
                    self.plan.n_suite, self.plan.n, self.plan.eps
                ),
                headers: headers.chain(headings).collect(),
                rows: own.iter().map(row).collect(),
                ..Table::default()
            }));
        }
        section.blocks.push(Block::text(self.how_to_read()));
        section.blocks.extend(self.masks_seen());
        section
    }
    fn how_to_read(&self) -> String {
        let few = match self.plan.seeds {
            1 => " One seed has no interval: no difference here is more than a hint.",
            2..=4 => " So few seeds make wide intervals: what they leave open is open.",
            _ => "",
        };
        format!(
            "Means over {} seeds; below each its 95\u{a0}% interval over seeds by Student's t, and at least as wide as other test images would make it: ±1.96\u{a0}√v, v = p(1\u{a0}−\u{a0}p)/n of a share p of n \
             images (with one image more on each side, so that 0 of n is not certain). The column \
             `− relu` is the mean difference, in points of AutoAttack, to the net with ReLU of the same seed and defence, paired by seed, with its 95\u{a0}% interval by the paired t; of the images both \
             variances are added, though both nets see the same ones, so this bound is cautious.{few} Places go by AutoAttack, where \
             equal by the mean over the budgets; many pairs are compared, of twenty true zeros one interval misses zero.",
            self.plan.seeds
        )
    }
    /// Why nets count as masked, each reason once for an activation and a defence.
    fn masks_seen(&self) -> Vec<Block> {
        let mut notes: Vec<Note> = Vec::new();
        for row in &self.rows {
            let title = format!("{} under {} is masked.", row.activation, row.defense);
            if let Some(text) = row.masked().filter(|_| notes.iter().all(|note| note.title != title)) {
                notes.push(Note { title, text: format!("Seed {}: {text}", row.seed), tone: Tone::Bad });
            }
        }
        notes.into_iter().map(Block::Note).collect()
    }
    pub(super) fn what_held(&self) -> Section {
        let mut section = Section::new("What held");
        let statements = self.statements();
        let row = |s: &super::verdicts::Statement| {
            let tone = match s.verdict {
                ClaimVerdict::Held => Tone::Good,
                ClaimVerdict::DidNotHold => Tone::Bad,
                _ => Tone::Plain,
            };
            vec![
                Cell { note: s.source.into(), ..Cell::from(s.claim.as_str()) },
                Cell { tone, ..Cell::from(s.verdict.word()) },
                Cell::from(s.evidence.first().map_or("–", String::as_str)),
            ]
        };
        section.blocks.push(Block::Table(Table {
            caption: format!(
                "A statement held, or did not, where the 95\u{a0}% interval lies on one side of 0, of masking on one side of {:.0} points; rank correlations of few activations go by their p-value, \
                 below 0.05. Else it is undecided. A check that was raised on every net is a mask too, one that was raised on some leaves it open; where PGD itself leaves no more than those points \
                 there is nothing to mask.",
                100.0 * super::MASKING_MARGIN
            ),
            headers: ["statement", "verdict", "figures"].map(String::from).to_vec(),
            rows: statements.iter().map(row).collect(),
            ..Table::default()
        }));
        // Cells of a table are cut where they are long; these are as many as there are activations.
        let all = statements.iter().filter(|s| s.evidence.len() > 1);
        let all = all.map(|s| Block::text(format!("{}: {}.", s.claim, s.evidence.join("; "))));
        section.blocks.push(Block::Details(Details { summary: "All figures".into(), blocks: all.collect() }));
        section
    }
    pub(super) fn over_budgets(&self) -> Section {
        let mut section = Section::new("Accuracy against the budget");
        section.blocks.extend(self.curves().into_iter().map(Block::Chart));
        section
    }
    pub(super) fn curvature(&self) -> Section {
        let mut section = Section::new("Curvature against robustness");
        for defense in &self.plan.defenses {
            let Some(chart) = self.scatter(defense) else { continue };
            section.blocks.push(Block::Chart(chart));
            let points: Vec<(f64, f64)> = self.curvatures(defense).iter().map(|(_, c, a)| (*c, *a)).collect();
            section.blocks.extend(super::correlation::rank_correlation(&points).map(|r| {
                Block::text(format!(
                    "Spearman's rank correlation under `{defense}`: {:+.2} ({}, n = {} activations; masked ones left out, and those whose f' jumps).",
                    r.rho, r.certainty(), r.n
                ))
            }));
        }
        let row = |group: &&ActivationGroup| {
            let net = self.nets(&group.activation, &group.defense);
            let net = net.first().and_then(|row| row.result.as_ref()?.net.as_ref());
            let curvature = match net.map(|net| (net.smooth, net.curvature)) {
                Some((true, Some(c))) => format!("{c:.3}"),
                Some((false, _)) => "kink".into(),
                _ => "–".into(),
            };
            let first = [group.activation.clone(), curvature].map(Cell::from);
            first
                .into_iter()
                .chain(self.plan.defenses.iter().map(|defense| {
                    share(self.group(&group.activation, defense).and_then(|g| g.means.get(AUTOATTACK)))
                }))
                .collect()
        };
        let first: Vec<&ActivationGroup> = self
            .groups
            .iter()
            .filter(|g| Some(&g.defense) == self.plan.defenses.first() && g.n > 0)
            .collect();
        let headers = ["activation".to_string(), "max |f''|".into()].into_iter();
        section.blocks.push(Block::Table(Table {
            caption: "AutoAttack under each defence. Kink: f' jumps, so f'' is no bounded function, and there is no point; –: it is unbounded, or follows from parameters that were learnt".into(),
            headers: headers.chain(self.plan.defenses.iter().cloned()).collect(),
            rows: first.iter().map(row).collect(),
            ..Table::default()
        }));
        section
    }
    /// Time, dead units and the gradient of each activation and defence.
    pub(super) fn training(&self, seconds: Seconds<'_>) -> Section {
        let mut section = Section::new("Training");
        let mean = |all: Vec<f64>| (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64);
        let row = |group: &ActivationGroup| {
            let nets = self.nets(&group.activation, &group.defense);
            let time = |k: usize| {
                let of = |row: &&ActivationRow| <[_; 2]>::from(seconds(&row.cell))[k];
                let found = mean(nets.iter().filter_map(of).collect());
                Cell::from(found.map_or("–".to_string(), |s| format!("{s:.1}\u{a0}s")))
            };
            let ratio = |k: usize| {
                let of = |row: &&ActivationRow| row.gradient_ratios()[k];
                let found = mean(nets.iter().filter_map(of).collect());
                Cell::from(found.map_or("–".to_string(), |r| format!("{r:.3}")))
            };
            let gap = Cell { tone: Tone::Plain, ..difference(group.means.get(GAP)) };
            let names = [&group.activation, &group.defense].map(|name| Cell::from(name.as_str()));
            let figures = [time(0), time(1), share(group.means.get(DEAD)), ratio(0), ratio(1), gap];
            names.into_iter().chain(figures).collect()
        };
        section.blocks.push(Block::Table(Table {
            caption: "Wall-clock seconds as measured, with whatever else the machine did (`times.csv`); dead units have f' = 0 for every test image; the gradient is that at the first \
                      layer over that at the last."
                .into(),
            headers: ["activation", "defence", "training", "attacks", "dead units", "gradient, start", "gradient, end", "PGD − AutoAttack"].map(String::from).to_vec(),
            rows: self.groups.iter().filter(|g| g.n > 0).map(row).collect(),
            ..Table::default()
        }));
        let charts = self.plan.defenses.iter().flat_map(|defense| self.gradients(defense));
        section.blocks.extend(charts.map(Block::Chart));
        section
    }
}
