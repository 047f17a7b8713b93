//! `sparring sweep GRID`.

mod cell_args;
mod child;
mod files;
mod followed;
mod place;
mod plan;
mod shown;
mod source;
mod work;

use crate::cli::io::{say, signal};
use crate::cli::pages::again::quoted;
use crate::cli::{Failure, Outcome};
pub(super) use cell_args::CellArgs;
use files::Next;
pub(super) use files::Times;
pub(super) use followed::Followed;
pub(super) use place::Place;
pub(crate) use plan::Line;
pub(super) use plan::Plan;
pub(super) use shown::{failures, write_tables};
use sparring_study::{CellState, Shard};
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
    #[command(flatten)]
    cells: CellArgs,
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

pub(crate) fn run(
    args: &Args,
    definition: &clap::Command,
    parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
) -> Outcome {
    let shard = args.cells.shard()?;
    let plan = Plan::read(&args.grid, definition, parse)?;
    if args.cells.dry_run {
        return dry_run(&args.out, shard, &plan);
    }
    let worked = conduct(&args.out, shard, &plan, &args.cells)?;
    let Worked { place, times, .. } = &worked;
    let table = shown::write_tables(&place.run, &place.manifest)?;
    worked.goes_on()?;
    if args.cells.json {
        say::json(&shown::object(&table, times, place));
    } else {
        say::result(&shown::text(&table));
        say::note(&format!("table in {}", place.run.path().join(shown::PAGE).display()));
    }
    shown::failures(&place.manifest)
}

/// What became of the cells of a shard.
pub(super) struct Worked {
    pub(super) place: Place,
    pub(super) times: Times,
    stopped: Option<u8>,
}

impl Worked {
    /// Ends the command where a signal ended the work; what is finished has been written.
    pub(super) fn goes_on(&self) -> Outcome {
        if let Some(number) = self.stopped {
            let kept = format!("{}; the same command goes on with the others", self.place.told());
            return Err(Failure::Signal { number, kept });
        }
        signal::check()
    }
}

/// Runs all cells of a shard in its directory, and writes their times.
pub(super) fn conduct(out: &Path, shard: Shard, plan: &Plan, args: &CellArgs) -> Outcome<Worked> {
    let mut place = Place::open(out, shard, plan)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.unwrap_or(cores);
    let stopped = work::run(&mut place, plan, work::Machine { jobs: args.jobs.unwrap_or(threads), threads })?;
    let times = files::times(&place.files, &place.manifest);
    place.run.write("times.csv", files::times_csv(&times).as_bytes())?;
    Ok(Worked { place, times, stopped })
}

/// Prints what the sweep would run, a line a command.
pub(super) fn dry_run(out: &Path, shard: Shard, plan: &Plan) -> Outcome {
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
        let after = match next {
            Next::Train | Next::Resume => 0,
            Next::Follow(k) => k + 1,
            Next::Nothing(_) => plan.follow.len(),
        };
        (after..plan.follow.len()).for_each(|k| say(&Next::Follow(k)));
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
