//! The directory of a sweep: new, or one that was begun and goes on.

use super::child::is_at_work;
use super::files::Files;
use super::plan::Plan;
use crate::cli::commands::shards::{claim, goes_on};
use crate::cli::io::{say, signal};
use crate::cli::{Failure, Outcome};
use sparring::store::RunDir;
use sparring_study::{CellState, Grid, GridSetting, MANIFEST, Manifest, ManifestRow, Shard, SweepTable};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long the trainings of a sweep that was killed are waited for: they end by themselves.
const PATIENCE: Duration = Duration::from_secs(60);

/// The directory, owned by this process for as long as this lives.
pub(in crate::cli::commands) struct Place {
    pub(in crate::cli::commands) run: RunDir,
    pub(in crate::cli::commands) manifest: Manifest,
    pub(super) files: Files,
}

impl Place {
    pub(super) fn open(path: &Path, shard: Shard, plan: &Plan) -> Outcome<Self> {
        let run = claim(path, &[plan.file])?;
        let files = Files::new(run.path(), plan);
        let manifest = manifest(run.path(), shard, plan, &files)?;
        run.write(plan.file, plan.inputs.plan.as_bytes())?;
        manifest.write(run.path())?;
        run.keep();
        signal::saved("what is finished is kept; the same command goes on with the others");
        for folder in ["cells", "logs"] {
            let folder = run.path().join(folder);
            std::fs::create_dir_all(&folder).map_err(|e| Failure::at(&folder, e))?;
        }
        let place = Self { run, manifest, files };
        place.wait_for_orphans()?;
        Ok(place)
    }
    /// Trainings of a sweep that was killed save themselves and end; nothing is begun before they have.
    fn wait_for_orphans(&self) -> Outcome {
        let (begun, mut said) = (Instant::now(), false);
        for row in self.manifest.rows.iter().filter(|row| !matches!(row.state, CellState::Done { .. })) {
            while is_at_work(&self.files, &row.name) {
                if begun.elapsed() > PATIENCE {
                    let what = "a process of a sweep that was killed still works on it; wait for its end, or stop it";
                    return Err(Failure::at(&self.files.run(&row.name), what));
                }
                if !said {
                    say::note("waiting for the trainings that were left behind to save themselves ..");
                    said = true;
                }
                signal::check()?;
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(())
    }
    /// How far it is.
    pub(super) fn told(&self) -> String {
        let done = self.manifest.count(|state| matches!(state, CellState::Done { .. }));
        let failed = self.manifest.count(|state| matches!(state, CellState::Failed { .. }));
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        format!("{done} of {} cells are finished{failed}", self.manifest.rows.len())
    }
}

/// What is to be done in a directory, with what was finished there before.
pub(super) fn manifest(path: &Path, shard: Shard, plan: &Plan, files: &Files) -> Outcome<Manifest> {
    let names: Vec<String> = plan.cells.iter().map(|cell| cell.name.clone()).collect();
    let mut manifest = Manifest::begin(plan.kind, shard, &names, plan.inputs.clone());
    if let Some(before) = Manifest::read(path)? {
        goes_on(&manifest, &before, path)?;
        if before.inputs.plan == manifest.inputs.plan {
            keep(&mut manifest, &before, files);
        } else if plan.kind != SweepTable::KIND {
            return Err(Failure::Failed(format!(
                "{}: it holds another study; name another directory with --out, or go on with that one by `sparring resume`",
                path.display()
            )));
        } else {
            say::note(&changed(&manifest, &before, plan, path)?);
        }
    }
    Ok(manifest)
}

fn is_done(row: &ManifestRow) -> bool {
    matches!(row.state, CellState::Done { .. })
}

/// Takes over what the same grid has finished before, as far as it is still there.
fn keep(manifest: &mut Manifest, before: &Manifest, files: &Files) {
    let done = before.rows.iter().zip(&mut manifest.rows).filter(|(known, _)| is_done(known));
    for (known, row) in done.filter(|(known, _)| files.fault(&known.name).is_none()) {
        row.state = known.state.clone();
    }
    let kept = manifest.rows.iter().filter(|row| is_done(row)).count();
    say::note(&format!("going on: {kept} of {} cells are finished", manifest.rows.len()));
}

/// What becomes of the cells of another grid: one is known by its command line, and its outputs are read again, since the attack may have changed.
///
/// # Errors
/// Where a finished table would be lost: all its cells have to be in the new one, attacked as they were.
fn changed(manifest: &Manifest, before: &Manifest, plan: &Plan, path: &Path) -> Outcome<String> {
    let finished = !before.rows.is_empty() && before.rows.iter().all(is_done);
    if !finished {
        return Ok("the grid has changed since this directory was begun: cells with the same command line are taken from it, the others are new".into());
    }
    let names: BTreeSet<&str> = plan.cells.iter().map(|cell| cell.name.as_str()).collect();
    let mut lost = before.rows.iter().map(|row| row.name.as_str()).filter(|name| !names.contains(name));
    let attack = Grid::parse(&before.inputs.plan)?.attack;
    let attack: Vec<String> = attack.iter().flat_map(GridSetting::words).collect();
    let attacks = plan.follow.first().map_or(&[][..], |one| &one.flags);
    let why = match lost.next() {
        Some(name) => {
            format!("this one lacks {} of its {} cells, {name} for one", 1 + lost.count(), before.rows.len())
        }
        None if !attack.is_empty() && attack != attacks => "its nets were attacked otherwise".to_string(),
        None => {
            let old = before.rows.len();
            let new =
                manifest.rows.iter().filter(|row| before.rows.iter().all(|known| known.name != row.name));
            let attacked = if attack == attacks { "" } else { ", and attacked" };
            return Ok(format!(
                "the grid has grown: {old} finished cells are kept{attacked}, {} are new",
                new.count()
            ));
        }
    };
    Err(Failure::Failed(format!(
        "{}: it holds the finished table of another grid, and {why}: name another directory with --out; or remove its {MANIFEST}, to put the new table in \
         the place of that one (trainings with the same command line are kept)",
        path.display()
    )))
}
