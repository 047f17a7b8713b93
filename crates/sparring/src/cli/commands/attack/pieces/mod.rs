//! `sparring attack MODEL --out DIR`: an evaluation in pieces, each kept as it is finished, so that it can be stopped, goes on, and is split over shards.

mod evaluation_plan;
mod piece;
mod times;
mod whole;

use super::args::Args;
use super::show;
use super::work::Work;
use crate::cli::commands::shards::{claim, goes_on, program};
use crate::cli::io::json::value;
use crate::cli::io::{progress::AttackBar, say, signal, table::counted};
use crate::cli::pages::again;
use crate::cli::{Failure, Outcome};
use evaluation_plan::{EvaluationPlan, Provenance};
pub(crate) use piece::EVALUATION;
use piece::Piece;
use sparring::attacks::Progress;
use sparring::store::RunDir;
use sparring_study::{CellState, Inputs, MANIFEST, Manifest, Shard};
use std::path::Path;
use times::Times;
use whole::Whole;
pub(crate) use whole::write_merged;

/// More pieces would make the manifest, which is written after each, larger than it may be.
const MOST_PIECES: usize = 1000;

pub(super) fn run(args: &Args, work: &Work, directory: &Path) -> Outcome {
    let plan = EvaluationPlan::of(args, work);
    let shard = args.shard.unwrap_or(Shard::WHOLE);
    let pieces = plan.pieces();
    if shard.count > pieces {
        let (n, told) = (plan.n, counted(pieces, "piece"));
        return Err(Failure::Usage(format!(
            "--shard {shard}: {n} images are {told} of {} images: say fewer shards, or a smaller --piece",
            plan.piece
        )));
    }
    if pieces > MOST_PIECES {
        let (n, piece) = (plan.n, plan.piece);
        return Err(Failure::Usage(format!(
            "--piece {piece}: {n} images are {pieces} pieces, at most {MOST_PIECES} can be kept; say a larger --piece"
        )));
    }
    let provenance = Provenance::of(args, work);
    let inputs = Inputs::new(plan.text()?, program()?, provenance.inputs(work));
    let manifest = Manifest::begin(EVALUATION, shard, &plan.names(), inputs);
    let mut place = Place::open(directory, manifest, &provenance)?;
    place.work_off(&plan, work)?;
    let whole = Whole::of(&place.manifest, provenance)?;
    whole.write(&place.run, &place.times)?;
    signal::check()?;
    if args.machine.json {
        say::json(&whole.object(&whole.with_times(&place.times))?);
    } else {
        say::result(&show::text(&whole.with_times(&place.times)));
    }
    if work.target.behind.is_some() {
        say::note("grey box and adaptive figures of the purifier are told without --out");
    }
    if let Some(part) = whole.part() {
        say::note(&format!(
            "these are the figures of {part} alone: `sparring merge` puts all shards together"
        ));
    }
    say::note(&format!("page in {}", place.run.path().join(whole::PAGE).display()));
    Ok(())
}

/// Makes the command that began an evaluation one that goes on with it in this directory.
pub(crate) fn go_on(args: &mut Args, directory: &Path, manifest: &Manifest) -> Outcome {
    (args.out, args.shard) = (Some(directory.to_path_buf()), Some(manifest.shard));
    args.piece = EvaluationPlan::read(manifest)?.piece;
    Ok(())
}

/// The directory, owned by this process for as long as this lives.
struct Place {
    run: RunDir,
    manifest: Manifest,
    times: Times,
}

impl Place {
    /// New, or one in which the same evaluation was begun.
    fn open(path: &Path, mut manifest: Manifest, provenance: &Provenance) -> Outcome<Self> {
        let run = claim(path, &[])?;
        let mut times = Times::default();
        if let Some(before) = Manifest::read(run.path())? {
            goes_on(&manifest, &before, run.path())?;
            if before.inputs.plan != manifest.inputs.plan {
                let was =
                    Provenance::read(run.path()).map_or(String::new(), |p| format!(", `{}`", p.command));
                let (shown, quoted) = (path.display(), again::quoted(&path.to_string_lossy()));
                return Err(Failure::Failed(format!(
                    "{shown} holds another evaluation{was}: `sparring resume {quoted}` goes on with that one; name another directory with --out for this one"
                )));
            }
            times = Times::read(run.path());
            manifest.rows = before.rows;
        }
        provenance.write(&run)?;
        manifest.write(run.path())?;
        run.keep();
        // A signal in the midst of writing it takes the unfinished copy away.
        run.file(MANIFEST);
        let place = Self { run, manifest, times };
        if place.done() > 0 {
            say::note(&format!("going on: {}", place.told()));
        }
        signal::saved(place.kept());
        Ok(place)
    }
    fn done(&self) -> usize {
        self.manifest.count(|state| matches!(state, CellState::Done { .. }))
    }
    fn told(&self) -> String {
        format!("{} of {} pieces are finished", self.done(), self.manifest.rows.len())
    }
    fn kept(&self) -> String {
        if self.done() == self.manifest.rows.len() {
            return "all pieces are finished; the same command writes the files".into();
        }
        format!(
            "{}; the same command, or `sparring resume {}`, goes on with the others",
            self.told(),
            again::quoted(&self.run.path().to_string_lossy())
        )
    }
    /// Does every piece that is not done; each is kept before the next begins. A piece without its curve is none.
    fn work_off(&mut self, plan: &EvaluationPlan, work: &Work) -> Outcome {
        let open: Vec<usize> = (0..self.manifest.rows.len())
            .filter(|&k| self.manifest.rows[k].state == CellState::Open)
            .collect();
        let bar = AttackBar::new("attacking", open.len() * work.passes(), plan.piece);
        for (position, &k) in open.iter().enumerate() {
            let (index, name) = (self.manifest.rows[k].index, self.manifest.rows[k].name.clone());
            let from = position * work.passes();
            let show = |p: Progress<'_>| bar.show(Progress { index: p.index + from, ..p });
            let piece = match plan.images(index) {
                None => Piece::Checks(work.doubts_alone()?),
                Some(which) => {
                    let test = &work.target.test;
                    let (ids, labels) =
                        (test.ids[which.clone()].to_vec(), test.labels[which.clone()].to_vec());
                    let mut reports = work.reports(&which, &show)?;
                    let mut curve = work.curve(&which, &show)?.map(Box::new);
                    // Those follow from the rest.
                    reports.iter_mut().for_each(|r| r.findings.clear());
                    self.times.take(&name, &mut reports, curve.as_deref_mut());
                    Piece::Images { ids, labels, reports, curve }
                }
            };
            self.manifest.rows[k].state = CellState::Done { result: value(&piece) };
            self.times.write(&self.run)?;
            self.manifest.write(self.run.path())?;
            signal::saved(self.kept());
        }
        bar.finish();
        Ok(())
    }
}
