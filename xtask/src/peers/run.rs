//! The measurement: for each row everybody is started and warmed up, then they make their passes in turn.

use super::arguments::{Arguments, USAGE};
use super::contender::Contender;
use super::figures::Figures;
use super::program::Program;
use super::{chart, install, machine, markdown, table};
use crate::workloads::{self, thread_counts};
use serde_json::Value;
use std::io::Write;
use std::path::Path;

/// Runs the comparison, or shows one that was kept.
///
/// # Errors
/// If our own program fails. A peer that fails is named and left out.
pub fn run(words: &[String]) -> Result<(), String> {
    let arguments = Arguments::parse(words)?;
    if arguments.help {
        println!("{USAGE}");
        return Ok(());
    }
    let (about, all) =
        if arguments.from.is_empty() { measured(&arguments, words)? } else { kept(&arguments)? };
    show(&arguments, &about, &all)
}

fn measured(arguments: &Arguments, words: &[String]) -> Result<(Value, Vec<Figures>), String> {
    let ours = Program::ask("sparring", &workloads::build()?, &only(arguments))?;
    let wants_python = arguments.wants("torch") || arguments.wants("jax");
    let python = if wants_python { Some(install::python(arguments)?) } else { None };
    let (peers, data) = (install::peers(arguments, python.as_deref()), install::data(arguments)?);
    let about = machine::about(python.as_deref(), arguments, words);
    let mut out = Lines::open(arguments, &about)?;
    let mut all = Vec::new();
    for (row, _) in &ours.offers {
        for threads in thread_counts(row, arguments.threads) {
            for figures in compete(&ours, &peers, row, threads, &data, arguments)? {
                out.write(&figures.line())?;
                all.push(figures);
            }
        }
    }
    Ok((about, all))
}

/// The rows asked for, as our program takes them.
fn only(arguments: &Arguments) -> Vec<std::path::PathBuf> {
    match &arguments.only {
        // The peak of the same minute stands beside every product.
        Some(rows) if rows.contains("gemm") => vec!["--only".into(), format!("fma_peak,{rows}").into()],
        Some(rows) => vec!["--only".into(), rows.into()],
        None => Vec::new(),
    }
}

/// All on one row, in turn; ours first in each round.
fn compete(
    ours: &Program,
    peers: &[Program],
    row: &str,
    threads: usize,
    data: &Path,
    arguments: &Arguments,
) -> Result<Vec<Figures>, String> {
    let our =
        Contender::start(&ours.alone(), row, "", threads, data).map_err(|e| format!("ours, {row}: {e}"))?;
    let mut all = vec![our];
    for peer in peers {
        for variant in peer.variants(row).filter(|v| arguments.wants_variant(v)) {
            match Contender::start(peer, row, variant, threads, data) {
                Ok(contender) => all.push(contender),
                Err(why) => eprintln!("peers: {row} without {} {variant}: {why}", peer.peer),
            }
        }
    }
    for round in 0..arguments.samples {
        let mut failed = Vec::new();
        for (i, contender) in all.iter_mut().enumerate() {
            if let Err(why) = contender.pass(round) {
                let figures = &contender.figures;
                let name = format!("{} {}", figures.peer, figures.variant);
                if i == 0 {
                    return Err(format!("ours, {row}: {why}"));
                }
                eprintln!("peers: {row} without {name}: {why}");
                failed.push(i);
            }
        }
        failed.into_iter().rev().for_each(|i| drop(all.remove(i)));
    }
    let figures: Vec<Figures> = all.iter().map(|c| c.figures.clone()).collect();
    eprint!("{}", table::plain(&figures));
    Ok(figures)
}

/// Where the lines go as they come: a long run that is broken off keeps what it has.
struct Lines {
    file: Option<std::fs::File>,
    stdout: bool,
}

impl Lines {
    fn open(arguments: &Arguments, about: &Value) -> Result<Self, String> {
        let open = |path: &std::path::PathBuf| {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
            file.map_err(|e| format!("{}: {e}", path.display()))
        };
        let mut this = Self { file: arguments.out.as_ref().map(open).transpose()?, stdout: arguments.json };
        this.write(about)?;
        Ok(this)
    }

    fn write(&mut self, line: &Value) -> Result<(), String> {
        if self.stdout {
            println!("{line}");
        }
        match &mut self.file {
            Some(file) => writeln!(file, "{line}").map_err(|e| format!("the lines cannot be kept: {e}")),
            None => Ok(()),
        }
    }
}

/// The lines of files that were kept.
fn kept(arguments: &Arguments) -> Result<(Value, Vec<Figures>), String> {
    let (mut about, mut all) = (Value::Null, Vec::new());
    for path in &arguments.from {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).map_err(|e| format!("{}: {e}", path.display()))?;
            match Figures::read(&line) {
                Some(figures) => all.push(figures),
                None => about = line,
            }
        }
    }
    Ok((about, all))
}

fn show(arguments: &Arguments, about: &Value, all: &[Figures]) -> Result<(), String> {
    if let Some(path) = &arguments.chart {
        std::fs::write(path, chart::svg(all)).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    let sentence = machine::sentence(about);
    if arguments.markdown {
        println!("{}", markdown::table(all, &sentence));
    } else if !arguments.json {
        println!("{sentence}\n{}", table::plain(all));
    }
    Ok(())
}
