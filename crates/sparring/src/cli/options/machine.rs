//! Seed, threads, output for machines.

use crate::cli::Outcome;

/// Flags of every command that computes.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct MachineArgs {
    /// Seed of everything random.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Threads; the results do not depend on it. Default: all cores.
    #[arg(long, value_parser = super::count)]
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
