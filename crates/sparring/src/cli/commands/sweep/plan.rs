//! A grid whose every command line is known to be right, and what its results depend on.

use super::followed::{Combine, Followed};
use super::source::Source;
use crate::cli::commands::{attack, shards::program, train};
use crate::cli::options::Named;
use crate::cli::pages::weights_file::weights_file;
use crate::cli::{Failure, Outcome};
use sparring::store::sha256_hex;
use sparring_study::{CellResult, Grid, GridCell, GridSetting, Inputs, StudyError, SweepTable};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a cell's command line asks for.
pub(crate) enum Line {
    /// `sparring train`.
    Train(Box<train::Kind>),
    /// `sparring attack`.
    Attack(Box<attack::Args>),
}

/// The copy of the grid.
const GRID: &str = "grid.toml";
/// Larger files are no grids, in bytes.
const MOST: u64 = 1 << 20;

/// What is to be done.
pub(in crate::cli::commands) struct Plan {
    pub(super) cells: Vec<GridCell>,
    /// What the training of each cell reads, by its name in `inputs.data`.
    pub(super) reads: Vec<Vec<String>>,
    /// What is run on each finished net, in order.
    pub(in crate::cli::commands) follow: Vec<Followed>,
    /// Makes a cell's result of what its commands printed.
    pub(in crate::cli::commands) combine: Combine,
    /// What its manifests are called.
    pub(in crate::cli::commands) kind: &'static str,
    pub(in crate::cli::commands) inputs: Inputs,
    /// The file in the directory that holds the text of `inputs`.
    pub(in crate::cli::commands) file: &'static str,
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
    pub(in crate::cli::commands) fn of(
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
        let mut by_data: BTreeMap<String, Vec<(usize, train::Kind)>> = BTreeMap::new();
        let (mut data, mut reads) = (BTreeMap::new(), Vec::new());
        for (position, cell) in cells.iter().enumerate() {
            let mut own = Vec::new();
            match parse(&cell.words) {
                Ok(Line::Train(kind)) => {
                    own.push(kind.data().to_string());
                    by_data.entry(kind.data().into()).or_default().push((position, *kind));
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
            if grid.train.0 == "advgan" && value_of(&cell.words, "data").is_none() {
                let what = "say which: a grid does not take the target's own data";
                return Err(source.at(Some("--data"), false, what));
            }
            // Models that the cells read: another one is another table.
            for flag in ["generated", "target"] {
                let Some(path) = value_of(&cell.words, flag).filter(|path| *path != "none") else { continue };
                let file = weights_file(Path::new(path))
                    .map_err(|e| source.at(Some(&format!("--{flag}")), false, &e.to_string()))?;
                let bytes = std::fs::read(&file).map_err(|e| {
                    source.at(Some(&format!("--{flag}")), false, &format!("{}: {e}", file.display()))
                })?;
                data.insert(path.to_string(), sha256_hex(&bytes));
                own.push(path.to_string());
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
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for (name, kinds) in &by_data {
            let set = Named::find(name).map_err(|e| source.of_command(&prefixed("--data: ", &e), false))?;
            let examples = set.set.fingerprint();
            for (position, kind) in kinds {
                let training = kind.check(&set).map_err(|e| source.of_command(&e, false))?;
                let hash = sha256_hex(format!("{examples} {training}").as_bytes());
                if let Some(other) = known.insert(hash, *position) {
                    let (first, second) = (other.min(*position), other.max(*position));
                    return Err(source.twice(&cells[first], &cells[second]));
                }
            }
            if let (Some(attacks), None) = (&attacks, &attack_data) {
                attack::check(attacks, &set).map_err(|e| source.of_command(&e, true))?;
            }
            data.insert(name.clone(), examples);
        }
        if let (Some(attacks), Some(name)) = (&attacks, &attack_data) {
            let set = Named::find(name).map_err(|e| source.of_command(&prefixed("--data: ", &e), true))?;
            attack::check(attacks, &set).map_err(|e| source.of_command(&e, true))?;
            data.insert(name.clone(), set.set.fingerprint());
        }
        let inputs = Inputs::new(text, program()?, data);
        let follow = match attack.is_empty() {
            true => Vec::new(),
            false => {
                vec![Followed { name: "attack", command: &["attack"], flags: attack, data: attack_data }]
            }
        };
        let combine: Combine = |trained, printed| CellResult::of(trained, printed.first());
        Ok(Self { cells, reads, follow, combine, kind: SweepTable::KIND, inputs, file: GRID })
    }
}

/// A failure that names the flag it is about.
fn prefixed(flag: &str, failure: &Failure) -> Failure {
    let text = failure.to_string();
    Failure::Usage(if text.contains("--data") { text } else { format!("{flag}{text}") })
}
