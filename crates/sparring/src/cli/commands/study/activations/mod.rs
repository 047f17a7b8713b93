//! `sparring study activations`.

mod args;
mod cells;
mod presets;
mod shown;

use super::super::sweep::{CellArgs, Line, Worked, conduct, dry_run, failures};
use crate::cli::io::say;
use crate::cli::{Failure, Outcome};
pub(crate) use args::Args;
pub(crate) use shown::write_merged;
use sparring_study::{ActivationPlan, ActivationStudy, Manifest, Shard};
use std::path::Path;

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
    let work = cells::cells(plan, definition, parse)?;
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
