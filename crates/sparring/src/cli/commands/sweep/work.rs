//! All cells of a shard, some at a time.

use super::child::{Child, Ended};
use super::place::Place;
use super::plan::Plan;
use crate::cli::commands::train::{is_finished, is_saved};
use crate::cli::io::{progress::Progress, say, signal};
use crate::cli::{Failure, Outcome};
use sparring_study::{CellResult, CellState};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often processes are looked at.
const PAUSE: Duration = Duration::from_millis(10);
/// The manifest is written at most this often: what it lacks is found again from the cells.
const BETWEEN: Duration = Duration::from_secs(1);
/// A terminal's Ctrl-C reaches the trainings as fast as us: ours is waited for.
const SIGNAL_COMES: Duration = Duration::from_millis(200);

/// What may be used at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Machine {
    pub(super) jobs: usize,
    pub(super) threads: usize,
}

/// A cell at work: its place in the manifest's rows.
struct Job {
    row: usize,
    /// Whether its command is the attack.
    attacks: bool,
    child: Child,
}

/// What the next command of a cell is.
enum Next {
    Train,
    Resume,
    Attack,
    Nothing(CellResult),
}

/// Runs every cell that is not done; the number of the signal that ended it before, if one did.
pub(super) fn run(place: &mut Place, plan: &Plan, machine: Machine) -> Outcome<Option<u8>> {
    let is_open = |state: &CellState| !matches!(state, CellState::Done { .. });
    let mut waiting: VecDeque<usize> =
        (0..place.manifest.rows.len()).filter(|&row| is_open(&place.manifest.rows[row].state)).collect();
    waiting.iter().for_each(|&row| place.manifest.rows[row].state = CellState::Open);
    let jobs = machine.jobs.min(waiting.len()).max(1);
    let mut work =
        Work { place, plan, threads: (machine.threads / jobs).max(1).to_string(), written: Instant::now() };
    let total = work.place.manifest.rows.len() as u64;
    let progress = Progress::new("sweep", total);
    signal::hold();
    let mut running: Vec<Job> = Vec::new();
    let mut asked = None;
    loop {
        if asked.is_none() && signal::asked().is_some() {
            asked = signal::asked();
            running.iter_mut().for_each(|job| job.child.stop());
        }
        while asked.is_none() && running.len() < jobs {
            let Some(row) = waiting.pop_front() else { break };
            running.extend(work.begin(row, &progress)?);
        }
        if running.is_empty() && (asked.is_some() || waiting.is_empty()) {
            break;
        }
        let mut k = 0;
        while k < running.len() {
            let Some(ended) = running[k].child.ended()? else {
                k += 1;
                continue;
            };
            let Job { row, attacks, .. } = running.swap_remove(k);
            if matches!(ended, Ended::Stopped) && asked.is_none() {
                let begun = Instant::now();
                while signal::asked().is_none() && begun.elapsed() < SIGNAL_COMES {
                    std::thread::sleep(PAUSE);
                }
            }
            let stopping = signal::asked().is_some();
            match ended {
                Ended::Stopped if stopping => {}
                Ended::Stopped => {
                    work.over(row, failed("its process was asked to end by a signal".into()), &progress)?
                }
                Ended::Failed(reason) => work.over(row, failed(reason), &progress)?,
                Ended::Well if stopping => drop(work.record(row, &progress)?),
                // The attack follows in the same place; a command that has to be run again has not done what it said.
                Ended::Well => match (work.next(row), attacks) {
                    (Next::Train | Next::Resume, _) | (Next::Attack, true) => {
                        work.over(row, failed("its command printed no result".into()), &progress)?;
                    }
                    _ => running.extend(work.begin(row, &progress)?),
                },
            }
        }
        let done = total - running.len() as u64 - waiting.len() as u64;
        progress.at(done, &format!("{} at work", running.len()));
        std::thread::sleep(PAUSE);
    }
    progress.finish();
    work.place.manifest.write(work.place.run.path())?;
    Ok(asked)
}

fn failed(reason: String) -> CellState {
    CellState::Failed { reason }
}

struct Work<'a> {
    place: &'a mut Place,
    plan: &'a Plan,
    threads: String,
    written: Instant,
}

impl Work<'_> {
    fn name(&self, row: usize) -> String {
        self.place.manifest.rows[row].name.clone()
    }
    /// What is left to do, from what the cell's commands have left behind.
    fn next(&self, row: usize) -> Next {
        let (name, files) = (self.name(row), &self.place.files);
        let run = files.run(&name);
        let attacks = !self.plan.attack.is_empty();
        // Without its output a run may be another build's, or on other data.
        let ours = files.trained(&name).is_file();
        match files.outputs(&name) {
            (Some(trained), attacked) if is_finished(&run) => {
                let whole = if attacks {
                    attacked.as_ref().and_then(|a| CellResult::of(&trained, Some(a)))
                } else {
                    CellResult::of(&trained, None)
                };
                whole.map_or(Next::Attack, Next::Nothing)
            }
            _ if ours && !is_finished(&run) && is_saved(&run) => Next::Resume,
            _ => Next::Train,
        }
    }
    /// Starts the next command of a cell; `None` if there is nothing left to do.
    fn begin(&mut self, row: usize, progress: &Progress) -> Outcome<Option<Job>> {
        let (name, next) = (self.name(row), self.next(row));
        let files = &self.place.files;
        let run = files.run(&name);
        let words = |list: &[&str]| list.iter().map(OsString::from).collect::<Vec<_>>();
        let given = |list: &[String]| list.iter().map(OsString::from).collect::<Vec<_>>();
        let path = vec![run.clone().into_os_string()];
        let usual = words(&["--threads", &self.threads, "--json"]);
        let attacks = matches!(next, Next::Attack);
        let (command, out) = match next {
            Next::Nothing(_) => {
                self.record(row, progress)?;
                return Ok(None);
            }
            Next::Train => {
                clear(&run)?;
                let cell = &self.plan.cells[self.place.manifest.rows[row].index];
                ([given(&cell.words), words(&["--out"]), path, usual].concat(), files.trained(&name))
            }
            Next::Resume => ([words(&["resume"]), path, usual].concat(), files.trained(&name)),
            Next::Attack => {
                ([words(&["attack"]), path, given(&self.plan.attack), usual].concat(), files.attacked(&name))
            }
        };
        let child = Child::start(&command, &out, files, &name)?;
        Ok(Some(Job { row, attacks, child }))
    }
    /// Records a cell whose commands are all done; whether it is.
    fn record(&mut self, row: usize, progress: &Progress) -> Outcome<bool> {
        let Next::Nothing(result) = self.next(row) else { return Ok(false) };
        let result = serde_json::to_value(&result)?;
        self.over(row, CellState::Done { result }, progress)?;
        Ok(true)
    }
    /// Records what became of a cell.
    fn over(&mut self, row: usize, state: CellState, progress: &Progress) -> Outcome {
        let name = self.name(row);
        match &state {
            CellState::Failed { reason } => progress.line(&format!("{name} failed: {reason}")),
            CellState::Done { result } => {
                let accuracy = result["figures"]["test_accuracy"].as_f64();
                let accuracy =
                    accuracy.map_or(String::new(), |a| format!(", test accuracy {:.2} %", 100.0 * a));
                progress.line(&format!("{name} is finished{accuracy}"));
            }
            CellState::Open => {}
        }
        self.place.manifest.rows[row].state = state;
        if self.written.elapsed() > BETWEEN {
            self.place.manifest.write(self.place.run.path())?;
            self.written = Instant::now();
        }
        Ok(())
    }
}

/// Removes what a training left that cannot go on: it is one of this sweep, and is made again.
fn clear(run: &Path) -> Outcome {
    match std::fs::remove_dir_all(run) {
        Ok(()) => {
            say::note(&format!("{}: begun anew, what was there could not go on", run.display()));
            Ok(())
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Failure::at(run, e)),
    }
}
