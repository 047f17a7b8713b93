//! A grid whose every command line is known to be right, and what its results depend on.

use super::program::program;
use crate::cli::commands::{attack, train};
use crate::cli::options::Named;
use crate::cli::{Failure, Outcome};
use clap::error::{ContextKind, ContextValue};
use sparring::math::named::nearest;
use sparring::store::sha256_hex;
use sparring_study::{Grid, GridCell, GridSetting, Inputs, StudyError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a cell's command line asks for.
pub(crate) enum Line {
    /// `sparring train`.
    Train(Box<train::Kind>),
    /// `sparring attack`.
    Attack(Box<attack::Args>),
}

/// Flags that the sweep itself sets.
const OWN: [&str; 3] = ["out", "threads", "json"];
/// Flags of an attack that would name one file for all cells.
const FILES: [&str; 2] = ["save", "report"];
/// Larger files are no grids, in bytes.
const MOST: u64 = 1 << 20;

/// What is to be done.
pub(super) struct Plan {
    pub(super) cells: Vec<GridCell>,
    /// What the training of each cell reads, by its name in `inputs.data`.
    pub(super) reads: Vec<Vec<String>>,
    /// The flags of `sparring attack` on each finished net; empty for none.
    pub(super) attack: Vec<String>,
    /// The set that all nets are attacked on, where it is not that of their training.
    pub(super) attack_data: Option<String>,
    pub(super) inputs: Inputs,
}

/// The file, to say where something is wrong.
struct Source<'a> {
    path: &'a Path,
    grid: &'a Grid,
}

impl Source<'_> {
    fn refused(&self, line: usize, what: impl std::fmt::Display) -> Failure {
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
    fn at(&self, flag: Option<&str>, attacks: bool, what: &str) -> Failure {
        match flag.and_then(|flag| self.place(flag, attacks)) {
            Some((key, line)) => self.refused(line, format!("{key}: {what}")),
            None => self.refused(self.grid.train.1, what),
        }
    }
    /// The same of what clap says.
    fn of_clap(&self, e: &clap::Error, attacks: bool) -> Failure {
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
    fn of_command(&self, failure: &Failure, attacks: bool) -> Failure {
        let text = failure.to_string();
        let flag = text.split([' ', '`']).find(|word| word.starts_with("--")).map(String::from);
        self.at(flag.as_deref(), attacks, &text)
    }
    /// Every key is a flag of the command, and not one that is the sweep's.
    fn known(&self, command: &clap::Command, attacks: bool) -> Outcome {
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
                    format!("{place}: the sweep itself gives --{key} to each cell; leave it out"),
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

fn read_text(path: &Path) -> Outcome<String> {
    let about = path.metadata().map_err(|e| Failure::at(path, e))?;
    if !about.is_file() || about.len() > MOST {
        return Err(Failure::at(path, "not the file of a grid"));
    }
    std::fs::read_to_string(path).map_err(|e| Failure::at(path, e))
}

/// The value of a flag among words.
fn value_of<'a>(words: &'a [String], flag: &str) -> Option<&'a str> {
    let long = format!("--{flag}=");
    let at = |(i, word): (usize, &'a String)| match word.strip_prefix(&long) {
        Some(value) => Some(value),
        None if word[..] == long[..long.len() - 1] => words.get(i + 1).map(String::as_str),
        None => None,
    };
    words.iter().enumerate().find_map(at)
}

impl Plan {
    /// Reads a grid and refuses it, with file, line and key, unless every one of its commands would begin its work.
    pub(super) fn read(
        path: &Path,
        definition: &clap::Command,
        parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
    ) -> Outcome<Self> {
        Self::of(path, read_text(path)?, definition, parse)
    }
    /// The same of a text; `path` names it in refusals.
    pub(super) fn of(
        path: &Path,
        text: String,
        definition: &clap::Command,
        parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
    ) -> Outcome<Self> {
        let grid = Grid::parse(&text).map_err(|e| match e {
            StudyError::Grid { .. } => Failure::Usage(format!("{}: {e}", path.display())),
            e => Failure::at(path, e),
        })?;
        let source = Source { path, grid: &grid };
        let train =
            definition.find_subcommand("train").and_then(|train| train.find_subcommand(&grid.train.0));
        source.known(train.expect("a grid names one of these"), false)?;
        source.known(definition.find_subcommand("attack").expect("there is this command"), true)?;
        let cells = grid.cells();
        let mut by_data: BTreeMap<String, Vec<train::Kind>> = BTreeMap::new();
        let (mut data, mut reads) = (BTreeMap::new(), Vec::new());
        for cell in &cells {
            let mut own = Vec::new();
            match parse(&cell.words) {
                Ok(Line::Train(kind)) => {
                    own.push(kind.data().to_string());
                    by_data.entry(kind.data().into()).or_default().push(*kind);
                }
                Ok(Line::Attack(_)) => unreachable!("the words begin with train"),
                Err(e) => return Err(source.of_clap(&e, false)),
            }
            if let Some(spec) = value_of(&cell.words, "spec") {
                let file = PathBuf::from(spec);
                let bytes = read_text(&file).map_err(|e| source.at(Some("--spec"), false, &e.to_string()))?;
                data.insert(spec.to_string(), sha256_hex(bytes.as_bytes()));
                own.push(spec.to_string());
            }
            reads.push(own);
        }
        let attack: Vec<String> = grid.attack.iter().flat_map(GridSetting::words).collect();
        let attacks = match (attack.is_empty(), grid.train.0.as_str()) {
            (true, _) => None,
            (false, "classifier") => {
                let words = [vec!["attack".to_string(), "RUN".to_string()], attack.clone()].concat();
                match parse(&words) {
                    Ok(Line::Attack(args)) => Some(args),
                    Ok(Line::Train(_)) => unreachable!("the words begin with attack"),
                    Err(e) => return Err(source.of_clap(&e, true)),
                }
            }
            (false, other) => {
                let line = grid.attack[0].line;
                return Err(
                    source.refused(line, format!("attack: only classifiers can be attacked, not `{other}`"))
                );
            }
        };
        let attack_data = value_of(&attack, "data").map(String::from);
        for (name, kinds) in &by_data {
            let set = Named::find(name).map_err(|e| source.of_command(&prefixed("--data: ", &e), false))?;
            for kind in kinds {
                kind.check(&set).map_err(|e| source.of_command(&e, false))?;
            }
            if let (Some(attacks), None) = (&attacks, &attack_data) {
                attack::check(attacks, &set).map_err(|e| source.of_command(&e, true))?;
            }
            data.insert(name.clone(), set.set.fingerprint());
        }
        if let (Some(attacks), Some(name)) = (&attacks, &attack_data) {
            let set = Named::find(name).map_err(|e| source.of_command(&prefixed("--data: ", &e), true))?;
            attack::check(attacks, &set).map_err(|e| source.of_command(&e, true))?;
            data.insert(name.clone(), set.set.fingerprint());
        }
        let inputs = Inputs::new(text, program()?, data);
        Ok(Self { cells, reads, attack, attack_data, inputs })
    }
}

/// A failure that names the flag it is about.
fn prefixed(flag: &str, failure: &Failure) -> Failure {
    let text = failure.to_string();
    Failure::Usage(if text.contains("--data") { text } else { format!("{flag}{text}") })
}
