//! Seed, threads, output for machines.

use crate::cli::{Failure, Outcome};

/// Flags of every command that computes.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct MachineArgs {
    /// Seed of everything random, a whole number.
    #[arg(long, default_value_t = 1, value_parser = super::seed)]
    pub(crate) seed: u64,
    /// Number of threads; the results do not depend on it. Default: one for each core; at most four for each, or 16.
    #[arg(long, value_parser = threads)]
    pub(crate) threads: Option<usize>,
    /// One JSON object on the last line of stdout.
    #[arg(long)]
    pub(crate) json: bool,
}

impl MachineArgs {
    /// Sets up the threads.
    pub(crate) fn start(&self) -> Outcome {
        let mut pool = rayon::ThreadPoolBuilder::new();
        if let Some(n) = self.threads {
            pool = pool.num_threads(n);
        }
        pool.build_global()?;
        Ok(())
    }
}

/// Cores of this machine, as far as this process may use them.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// More threads than a few for each core only take turns, and far more never come to their work.
fn most_threads() -> usize {
    (4 * cores()).max(16)
}

pub(crate) fn threads(text: &str) -> Result<usize, String> {
    let (n, most) = (super::count(text)?, most_threads());
    if n > most {
        Err(format!("must be at most {most} on this machine, which has {} cores", cores()))
    } else {
        Ok(n)
    }
}

/// The variables that rayon reads where no flag says how many threads there are.
const VARIABLES: [&str; 2] = ["RAYON_NUM_THREADS", "RAYON_RS_NUM_CPUS"];

/// The environment's number of threads is as limited as the flag's.
pub(crate) fn threads_of_environment() -> Outcome {
    for name in VARIABLES {
        let Ok(text) = std::env::var(name) else { continue };
        // 0 means what no variable means.
        if !text.is_empty() && text != "0" {
            threads(&text).map_err(|e| Failure::Usage(format!("{name}={text}: {e}")))?;
        }
    }
    Ok(())
}
