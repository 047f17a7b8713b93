//! A grid's file, to say where in it something is wrong.

use crate::cli::{Failure, Outcome};
use clap::error::{ContextKind, ContextValue};
use sparring::math::named::nearest;
use sparring_study::{Grid, GridCell, GridSetting};
use std::path::Path;

/// Flags that the sweep itself sets.
const OWN: [&str; 5] = ["out", "threads", "json", "shard", "piece"];
/// Flags of an attack that would name one file for all cells.
const FILES: [&str; 3] = ["save", "report", "per-sample"];

/// The file, to say where something is wrong.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) grid: &'a Grid,
}

impl Source<'_> {
    pub(super) fn refused(&self, line: usize, what: impl std::fmt::Display) -> Failure {
        Failure::Usage(format!("{}: line {line}: {what}", self.path.display()))
    }
    /// Where a flag of the training, or of the attack, is given: its key with the table, and the line.
    fn place(&self, flag: &str, attacks: bool) -> Option<(String, usize)> {
        let flag = flag.trim_start_matches('-').split([' ', '=', ':', ',']).next().unwrap_or_default();
        let setting = |table: &str, list: &[GridSetting]| {
            let found = list.iter().find(|setting| setting.key == flag);
            found.map(|setting| (format!("{table}.{flag}"), setting.line))
        };
        if attacks {
            return setting("attack", &self.grid.attack);
        }
        let axis = self.grid.axes.iter().find(|axis| axis.key == flag);
        setting("flags", &self.grid.flags).or(axis.map(|axis| (format!("axes.{flag}"), axis.line)))
    }
    /// A refusal of a command line, at the flag it names if it names one.
    pub(super) fn at(&self, flag: Option<&str>, attacks: bool, what: &str) -> Failure {
        match flag.and_then(|flag| self.place(flag, attacks)) {
            Some((key, line)) => self.refused(line, format!("{key}: {what}")),
            None => self.refused(self.grid.train.1, what),
        }
    }
    /// The same of what clap says.
    pub(super) fn of_clap(&self, e: &clap::Error, attacks: bool) -> Failure {
        let text = e.render().to_string();
        let lines = text
            .lines()
            .map(str::trim)
            .take_while(|l| !l.starts_with("Usage:") && !l.starts_with("For more"));
        let what = lines.filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; ");
        let flag = match e.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(flag)) => Some(flag.as_str()),
            Some(ContextValue::Strings(flags)) => flags.first().map(String::as_str),
            _ => None,
        };
        self.at(flag, attacks, what.trim_start_matches("error: "))
    }
    /// The same of what a command says before it begins; the message names the flag.
    pub(super) fn of_command(&self, failure: &Failure, attacks: bool) -> Failure {
        let text = failure.to_string();
        let flag = text.split([' ', '`']).find(|word| word.starts_with("--")).map(String::from);
        self.at(flag.as_deref(), attacks, &text)
    }
    /// Two cells that are one training, with the values that only look different.
    pub(super) fn twice(&self, one: &GridCell, other: &GridCell) -> Failure {
        let values = self.grid.axes.iter().zip(one.values.iter().zip(&other.values));
        let apart: Vec<_> = values.filter(|(_, (a, b))| a != b).collect();
        let said: Vec<String> =
            apart.iter().map(|(axis, (a, b))| format!("axes.{}: `{a}` and `{b}`", axis.key)).collect();
        let line = apart.first().map_or(self.grid.train.1, |(axis, _)| axis.line);
        let what = format!(
            "{} make the same training of two cells, which would be counted twice: sparring {}, and sparring {}; leave one of them out",
            said.join(", "),
            one.words.join(" "),
            other.words.join(" ")
        );
        self.refused(line, what)
    }
    /// Every key is a flag of the command, and not one that is the sweep's.
    pub(super) fn known(&self, command: &clap::Command, attacks: bool) -> Outcome {
        let flags: Vec<&str> = command
            .get_arguments()
            .flat_map(|arg| arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default()))
            .filter(|flag| *flag != "help" && !(attacks && FILES.contains(flag)))
            .collect();
        let of = |table: &'static str, list: &[GridSetting]| -> Vec<(String, String, usize)> {
            list.iter().map(|s| (format!("{table}.{}", s.key), s.key.clone(), s.line)).collect()
        };
        let mut given = if attacks { of("attack", &self.grid.attack) } else { of("flags", &self.grid.flags) };
        if !attacks {
            given.extend(self.grid.axes.iter().map(|a| (format!("axes.{}", a.key), a.key.clone(), a.line)));
        }
        for (place, key, line) in given {
            if OWN.contains(&key.as_str()) {
                return Err(self.refused(
                    line,
                    format!("{place}: --{key} is the sweep's own and not a cell's; leave it out"),
                ));
            }
            if !flags.contains(&key.as_str()) {
                let meant = nearest(&key, flags.iter().copied().filter(|flag| !OWN.contains(flag)));
                let meant = meant.map_or(String::new(), |flag| format!(" (did you mean `{flag}`?)"));
                let command =
                    if attacks { "attack".to_string() } else { format!("train {}", self.grid.train.0) };
                let what = format!(
                    "{place}: `sparring {command}` has no flag --{key}{meant}; `sparring {command} --help` lists them"
                );
                return Err(self.refused(line, what));
            }
        }
        Ok(())
    }
}
