//! `sparring sweep GRID`.

mod child;
mod files;
mod place;
mod plan;
mod shown;
mod source;
mod work;

use crate::cli::io::{say, signal};
use crate::cli::options::{count, threads};
use crate::cli::pages::again::quoted;
use crate::cli::{Failure, Outcome};
use files::Next;
pub(crate) use plan::Line;
pub(super) use shown::write_tables;
use sparring_study::{CellState, Shard, shard_of_environment};
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct Args {
    /// The grid, a TOML file: what to train, flags of every cell, axes of which every combination is a cell (`sparring sweep --help`).
    grid: PathBuf,
    /// The directory of the sweep, or of this shard of it. If it holds one that was begun, that goes on: finished cells stay, half-done ones are resumed,
    /// failed ones are tried again.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Do shard I of N, counted from 0: the cells I, I+N, I+2N, .. Default: what a Slurm array, a Kubernetes Indexed Job or Open MPI says in the
    /// environment; without any, all cells.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// The number of shards, where the environment gives an index alone (Kubernetes).
    #[arg(long, value_name = "N", value_parser = count, conflicts_with = "shard")]
    shards: Option<usize>,
    /// Trainings at a time, each with its own data in memory, at most one a thread; the results do not depend on it. Default: one for each thread.
    #[arg(long, value_name = "N", value_parser = threads)]
    jobs: Option<usize>,
    /// Threads of all trainings together; the results do not depend on it. Default: one for each core.
    #[arg(long, value_parser = threads)]
    threads: Option<usize>,
    /// Print the command lines of each cell that is to be done, a line each, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// One JSON object on the last line of stdout: `rows` as in results.json with `seconds` (as in times.csv), `failed`, `report`.
    #[arg(long)]
    json: bool,
}

const HELP: &str = "\
The grid:

  train = \"classifier\"      # or \"autoencoder\", \"gan\"
  exclude = [{ defense = \"none\", lr = [0.1, 0.01] }]

  [flags]                   # those of `sparring train classifier`
  data = \"moons\"
  epochs = 10

  [axes]                    # every combination is a cell
  defense = [\"none\", \"pgd(eps=0.1)\"]
  lr = [0.1, 0.01, 0.001]
  seed = [1, 2, 3]          # means are taken over `seed`

  [attack]                  # those of `sparring attack`
  attack = [\"fgsm\", \"pgd(steps=40)\"]
  eps = 0.1
  n = 500

`exclude` leaves combinations out, `[attack]` attacks each finished classifier; both may be left out. The last axis varies fastest. \
A flag without a value is `true`, a flag that is left out `false`, one that is given several times a list. Every cell's command line is checked before the first one starts.

Files in DIR:

  cells/NAME/    one run directory a cell, for `sparring attack` and the rest
  logs/          what the commands of the cells printed
  manifest.json  what became of each cell; hashes of grid, program and data
  results.json, results.csv, report.html
                 the table: the same bytes in any order, on any number of
                 threads, jobs and shards
  times.csv      seconds of each cell, of a training that was resumed those
                 since: no result, and not compared
  set-aside/     finished runs that are no result here: of other data, say

A finished cell whose files are gone or damaged is done again. A grid that grows goes on in the same DIR; a finished table is never written over by that of another grid.

A cell that fails is listed with its reason, never counted, and the others go on; the exit code is then 1. The first Ctrl-C or SIGTERM saves all \
trainings; the same command goes on with them, also after a kill.

On several machines: the same command with --shard 0/N to N-1/N (in a job array without the flag), each with a directory of its own, then \
`sparring merge OUT DIR..`. Job files for Slurm, Kubernetes and GNU parallel are in docs/jobs of the repository.";

impl Args {
    /// The shard, and what is said of where it came from.
    fn shard(&self) -> Outcome<Shard> {
        if let Some(shard) = self.shard {
            return Ok(shard);
        }
        let read = |name: &str| std::env::var_os(name).map(|text| text.to_string_lossy().into_owned());
        let found = shard_of_environment(&read, self.shards).map_err(|e| Failure::Usage(e.to_string()))?;
        match (found, self.shards) {
            (Some((shard, from)), _) => {
                say::note(&format!("shard {shard}, by {from}"));
                Ok(shard)
            }
            (None, Some(n)) if n > 1 => Err(Failure::Usage(format!(
                "--shards {n}: nothing in the environment says which of them this is; say --shard 0/{n} to {}/{n}",
                n - 1
            ))),
            _ => Ok(Shard::WHOLE),
        }
    }
}

pub(crate) fn run(
    args: &Args,
    definition: &clap::Command,
    parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
) -> Outcome {
    let shard = args.shard()?;
    let plan = plan::Plan::read(&args.grid, definition, parse)?;
    if args.dry_run {
        return dry_run(&args.out, shard, &plan);
    }
    let mut place = place::Place::open(&args.out, shard, &plan)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.unwrap_or(cores);
    let stopped =
        work::run(&mut place, &plan, work::Machine { jobs: args.jobs.unwrap_or(threads), threads })?;
    let table = shown::write_tables(&place.run, &place.manifest)?;
    let times = files::times(&place.files, &place.manifest);
    place.run.write("times.csv", files::times_csv(&times).as_bytes())?;
    if let Some(number) = stopped {
        let kept = format!("{}; the same command goes on with the others", place.told());
        return Err(Failure::Signal { number, kept });
    }
    signal::check()?;
    if args.json {
        say::json(&shown::object(&table, &times, &place));
    } else {
        say::result(&shown::text(&table));
        say::note(&format!("table in {}", place.run.path().join(shown::PAGE).display()));
    }
    shown::failures(&place.manifest)
}

/// Prints what the sweep would run, a line a command.
fn dry_run(out: &Path, shard: Shard, plan: &plan::Plan) -> Outcome {
    let files = files::Files::new(out, plan);
    let manifest = place::manifest(out, shard, plan, &files)?;
    for row in manifest.rows.iter().filter(|row| !matches!(row.state, CellState::Done { .. })) {
        let run = files.run(&row.name);
        let say = |next: &Next| {
            let words = work::words(plan, next, &plan.cells[row.index], &run);
            let words: Vec<String> = words.iter().map(|word| quoted(&word.to_string_lossy())).collect();
            say::result(&format!("sparring {}", words.join(" ")));
        };
        let next = files.next(&row.name);
        if !matches!(next, Next::Nothing(_)) {
            say(&next);
        }
        if matches!(next, Next::Train | Next::Resume) && !plan.attack.is_empty() {
            say(&Next::Attack);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_grid_of_the_help_is_one() {
        let example: String = super::HELP
            .lines()
            .skip(2)
            .take_while(|l| !l.starts_with('`'))
            .map(|l| format!("{l}\n"))
            .collect();
        let grid = sparring_study::Grid::parse(&example).unwrap();
        assert_eq!((grid.cells().len(), grid.attack.len()), (12, 3));
    }
}
