//! `sparring study activations`.

mod ask;
mod presets;
mod shown;

use super::super::attack::Choice;
use super::super::sweep::{CellArgs, Line, Worked, conduct, dry_run, failures};
use crate::cli::io::say;
use crate::cli::options::{Budget, List, Written, arch, count};
use crate::cli::{Failure, Outcome};
use presets::Preset;
pub(crate) use shown::write_merged;
use sparring::activations::AnyActivation;
use sparring::models::{Arch, ModelKind};
use sparring::train::AnyDefense;
use sparring_study::{ActivationPlan, ActivationStudy, Manifest, Shard};
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct Args {
    /// A ready-made study, of which the flags below change what they name.
    #[arg(long, value_enum, default_value_t = Preset::Quick)]
    preset: Preset,
    /// Activations of all hidden places, as in "relu, leaky_relu(slope=0.2), softplus(beta=4)" (`sparring list activations`); with relu among them the others are compared with it.
    #[arg(long, value_name = "NAME,..")]
    activations: Option<List<Written<AnyActivation>>>,
    /// Trainings, as in "none, n-fgsm, pgd(steps=10)" (`sparring list defenses`), within the budget of --eps where they name none.
    #[arg(long, alias = "defences", value_name = "NAME,..")]
    defenses: Option<List<Written<AnyDefense>>>,
    /// Attacks on the first N test images, each on all that are right (`sparring list attacks`); AutoAttack's standard suite comes by itself.
    #[arg(long, value_name = "NAME,..")]
    attacks: Option<List<Choice>>,
    /// The budget of attacks and defences in L-inf, in pixels of [0, 1].
    #[arg(long)]
    eps: Option<Budget>,
    /// Nets of each activation and defence, trained with the seeds 1 to N.
    #[arg(long, value_name = "N", value_parser = count)]
    seeds: Option<usize>,
    /// The network, one with hidden activations.
    #[arg(long, value_parser = arch(ModelKind::Classifier))]
    arch: Option<Written<Arch>>,
    /// A folder with the set's files, or a name (`sparring list datasets`).
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// Passes over the training images, with every defence.
    #[arg(long, value_parser = count)]
    epochs: Option<usize>,
    /// Test images under the attacks, the first N.
    #[arg(long, value_parser = count)]
    n: Option<usize>,
    /// Test images under the suite, and for accuracy against the budget, the first N.
    #[arg(long, value_name = "N", value_parser = count)]
    n_suite: Option<usize>,
    /// The directory of the study, or of this shard of it. If it holds one that was begun, that goes on.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    cells: CellArgs,
}

const HELP: &str = "\
Each net is trained by `sparring train classifier`, attacked by `sparring attack` (the attacks on N test images; the standard suite and accuracy against the budget by \
PGD-40 on the first of them), and measured by `sparring study net`; --dry-run prints these commands. Nets are compared with the ReLU net of the same seed and defence.

Files in DIR:

  cells/NAME/    one run directory a net, for `sparring attack` and the rest
  logs/          what the commands of the nets printed
  manifest.json  what became of each net; hashes of plan, program and data
  study.json     what was asked for
  results.json, results.csv
                 every net, the means, and what held: the same bytes in any
                 order, on any number of threads, jobs and shards
  times.csv      seconds of each net: no result, and not compared
  report.html    the page; of all that is on it only the seconds differ
                 between runs

Rows are saved as they finish. The first Ctrl-C or SIGTERM saves all trainings; the same command, or `sparring resume DIR`, goes on with them, also after a kill. On several \
machines: the same command with --shard 0/N to N-1/N, each with a directory of its own, then `sparring merge OUT DIR..`.

A net whose gradients are masked (PGD leaves far more right than AutoAttack on the same images, or a check of the evaluation says so) is marked, and never ranked.";

pub(super) fn run(
    args: &Args,
    definition: &clap::Command,
    parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
) -> Outcome {
    let shard = args.cells.shard()?;
    study(&args.plan()?, &args.out, shard, &args.cells, definition, parse)
}

/// Goes on with the study of a directory, whose manifest this is.
pub(crate) fn resume(
    path: &Path,
    manifest: &Manifest,
    (threads, json): (Option<usize>, bool),
    definition: &clap::Command,
    parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
) -> Outcome {
    let plan: ActivationPlan = serde_json::from_str(&manifest.inputs.plan)
        .map_err(|e| Failure::at(path, format!("the plan of its manifest cannot be used: {e}")))?;
    let mut cells = CellArgs::default();
    (cells.threads, cells.json) = (threads, json);
    study(&plan, path, manifest.shard, &cells, definition, parse)
}

fn study(
    plan: &ActivationPlan,
    out: &Path,
    shard: Shard,
    args: &CellArgs,
    definition: &clap::Command,
    parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
) -> Outcome {
    let work = ask::cells(plan, definition, parse)?;
    if args.dry_run {
        return dry_run(out, shard, &work);
    }
    let worked = conduct(out, shard, &work, args)?;
    let Worked { place, times, .. } = &worked;
    let study = ActivationStudy::of(&place.manifest)?;
    shown::write(&place.run, &study, times)?;
    worked.goes_on()?;
    let page = place.run.path().join(shown::PAGE);
    if args.json {
        say::json(&shown::object(&study, times, place));
    } else {
        say::result(&shown::text(&study));
        say::note(&format!("page in {}", page.display()));
    }
    failures(&place.manifest)
}
