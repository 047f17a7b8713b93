//! How long each attack took on each piece: no result, and not compared.

use crate::cli::Outcome;
use crate::cli::commands::attack::Outcomes;
use sparring::attacks::{BudgetCurve, Report};
use sparring::store::RunDir;
use std::path::Path;

/// The file.
const TIMES: &str = "times.csv";
const HEADER: &str = "piece,attack,eps,seconds";

/// Seconds by piece, attack and budget; those of a curve stand under its attack's name and no budget.
#[derive(Debug, Default)]
pub(super) struct Times(Vec<(String, String, String, f64)>);

impl Times {
    /// Those of a directory, as far as they can be read.
    pub(super) fn read(directory: &Path) -> Self {
        let text = std::fs::read_to_string(directory.join(TIMES)).unwrap_or_default();
        let row = |line: &str| match &line.split(',').collect::<Vec<_>>()[..] {
            [piece, attack, eps, seconds] => {
                Some(((*piece).into(), (*attack).into(), (*eps).into(), seconds.parse().ok()?))
            }
            _ => None,
        };
        Self(text.lines().skip(1).filter_map(row).collect())
    }
    /// Those of several directories.
    pub(super) fn of<'a>(directories: impl IntoIterator<Item = &'a Path>) -> Self {
        Self(directories.into_iter().flat_map(|directory| Self::read(directory).0).collect())
    }
    /// Moves the times of a piece out of its figures.
    pub(super) fn take(&mut self, piece: &str, reports: &mut [Report], curve: Option<&mut BudgetCurve>) {
        self.0.retain(|(of, ..)| of != piece);
        for a in reports.iter_mut().flat_map(|r| &mut r.attacks) {
            let seconds = std::mem::take(&mut a.seconds);
            self.0.push((piece.into(), a.attack.clone(), a.eps.to_string(), seconds));
        }
        if let Some(curve) = curve {
            let seconds = std::mem::take(&mut curve.seconds);
            self.0.push((piece.into(), curve.attack.clone(), String::new(), seconds));
        }
    }
    /// Puts the sums over all pieces into the figures.
    pub(super) fn put(&self, done: &mut Outcomes) {
        let sum = |attack: &str, eps: &str| {
            let of = self.0.iter().filter(|(_, a, e, _)| a == attack && e == eps);
            of.map(|(.., seconds)| seconds).sum()
        };
        for a in done.reports.iter_mut().flat_map(|r| &mut r.attacks) {
            a.seconds = sum(&a.attack, &a.eps.to_string());
        }
        if let Some(curve) = &mut done.curve {
            curve.seconds = sum(&curve.attack, "");
        }
    }
    pub(super) fn write(&self, run: &RunDir) -> Outcome {
        let mut rows: Vec<String> =
            self.0.iter().map(|(piece, attack, eps, s)| format!("{piece},{attack},{eps},{s:.6}")).collect();
        rows.sort();
        rows.insert(0, HEADER.into());
        Ok(run.write(TIMES, (rows.join("\n") + "\n").as_bytes()).map(drop)?)
    }
}
