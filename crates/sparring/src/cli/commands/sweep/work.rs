//! All cells of a shard, some at a time.

use super::child::{Child, Ended};
use super::files::Next;
use super::place::Place;
use super::plan::Plan;
use crate::cli::Outcome;
use crate::cli::io::{progress::Progress, signal};
use sparring_study::{CellResult, CellState, GridCell};
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
    /// The number of its command among those after the training; `None` of the training.
    follows: Option<usize>,
    child: Child,
}

impl Machine {
    /// Trainings at a time where so many are left, and the threads of each: together never more than there are.
    fn shared(self, left: usize) -> (usize, usize) {
        let jobs = self.jobs.min(self.threads).min(left).max(1);
        (jobs, (self.threads / jobs).max(1))
    }
}

/// The words of a cell's next command; none if there is nothing left to do.
pub(super) fn words(plan: &Plan, next: &Next, cell: &GridCell, run: &Path) -> Vec<OsString> {
    let given = |list: &[String]| list.iter().map(OsString::from).collect::<Vec<_>>();
    let path = vec![run.as_os_str().to_os_string()];
    match next {
        Next::Nothing(_) => Vec::new(),
        Next::Train => [given(&cell.words), vec!["--out".into()], path].concat(),
        Next::Resume => [vec!["resume".into()], path].concat(),
        Next::Follow(k) => {
            let one = &plan.follow[*k];
            let command = one.command.iter().map(OsString::from).collect();
            [command, path, given(&one.flags)].concat()
        }
    }
}

/// Runs every cell that is not done; the number of the signal that ended it before, if one did.
pub(super) fn run(place: &mut Place, plan: &Plan, machine: Machine) -> Outcome<Option<u8>> {
    let is_open = |state: &CellState| !matches!(state, CellState::Done { .. });
    let mut waiting: VecDeque<usize> =
        (0..place.manifest.rows.len()).filter(|&row| is_open(&place.manifest.rows[row].state)).collect();
    waiting.iter().for_each(|&row| place.manifest.rows[row].state = CellState::Open);
    let (jobs, threads) = machine.shared(waiting.len());
    let mut work = Work { place, plan, threads: threads.to_string(), written: Instant::now() };
    let total = work.place.manifest.rows.len() as u64;
    let progress = Progress::new(work.plan.kind, total);
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
            let Job { row, follows, .. } = running.swap_remove(k);
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
                // What follows is run in the same place; a command that has to be run again has not done what it said.
                Ended::Well => match work.next(row) {
                    Next::Train | Next::Resume => work.over(row, nothing(), &progress)?,
                    Next::Follow(k) if follows.is_some_and(|done| k <= done) => {
                        work.over(row, nothing(), &progress)?
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

fn nothing() -> CellState {
    failed("its command printed no result".into())
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
    fn next(&self, row: usize) -> Next {
        self.place.files.next(&self.name(row))
    }
    /// Starts the next command of a cell; `None` if there is nothing left to do.
    fn begin(&mut self, row: usize, progress: &Progress) -> Outcome<Option<Job>> {
        let (name, next) = (self.name(row), self.next(row));
        let files = &self.place.files;
        let follows = match next {
            Next::Follow(k) => Some(k),
            _ => None,
        };
        match next {
            Next::Nothing(_) => {
                self.record(row, progress)?;
                return Ok(None);
            }
            Next::Train => files.clear(&name)?,
            _ => {}
        }
        let cell = &self.plan.cells[self.place.manifest.rows[row].index];
        let mut command = words(self.plan, &next, cell, &files.run(&name));
        command.extend(["--threads", &self.threads, "--json"].map(OsString::from));
        let out = follows.map_or_else(|| files.trained(&name), |k| files.followed(&name, k));
        let child = Child::start(&command, &out, files, &name)?;
        Ok(Some(Job { row, follows, child }))
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
                let result: CellResult = serde_json::from_value(result.clone())?;
                let told = result.told();
                let told = if told.is_empty() { told } else { format!(", {told}") };
                progress.line(&format!("{name} is finished{told}"));
                result.warnings.iter().for_each(|w| progress.line(&format!("warning: {name}: {w}")));
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

#[cfg(test)]
mod tests {
    use super::Machine;

    #[test]
    fn trainings_share_the_threads() {
        let shared = |jobs, threads, left| Machine { jobs, threads }.shared(left);
        assert_eq!((shared(8, 4, 100), shared(8, 4, 3), shared(2, 7, 9)), ((4, 1), (3, 1), (2, 3)));
        assert_eq!((shared(1, 1, 5), shared(4, 8, 0)), ((1, 1), (1, 8)));
    }
}
