//! The flags of commands that do a whole in cells: which of them, how many at a time.

use crate::cli::io::say;
use crate::cli::options::{count, threads};
use crate::cli::{Failure, Outcome};
use sparring_study::{Shard, shard_of_environment};

/// Flags.
#[derive(Debug, Default, clap::Args)]
pub(in crate::cli::commands) struct CellArgs {
    /// Do shard I of N, counted from 0: the cells I, I+N, I+2N, .. Default: what a Slurm array, a Kubernetes Indexed Job or Open MPI says in the
    /// environment; without any, all cells.
    #[arg(long, value_name = "I/N")]
    pub(in crate::cli::commands) shard: Option<Shard>,
    /// The number of shards, where the environment gives an index alone (Kubernetes).
    #[arg(long, value_name = "N", value_parser = count, conflicts_with = "shard")]
    shards: Option<usize>,
    /// Trainings at a time, each with its own data in memory, at most one a thread; the results do not depend on it. Default: one for each thread.
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(super) jobs: Option<usize>,
    /// Threads of all trainings together; the results do not depend on it. Default: one for each core.
    #[arg(long, value_parser = threads)]
    pub(in crate::cli::commands) threads: Option<usize>,
    /// Print the command lines of each cell that is to be done, a line each, and do nothing.
    #[arg(long)]
    pub(in crate::cli::commands) dry_run: bool,
    /// One JSON object on the last line of stdout: `rows` as in results.json with `seconds` (as in times.csv), `failed`, `report`.
    #[arg(long)]
    pub(in crate::cli::commands) json: bool,
}

impl CellArgs {
    /// The shard, and what is said of where it came from.
    pub(in crate::cli::commands) fn shard(&self) -> Outcome<Shard> {
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
