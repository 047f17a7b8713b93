//! The pieces of an evaluation, or of a shard of it, as one.

use super::super::outcomes::Outcomes;
use super::super::{per_sample, show};
use super::evaluation_plan::{EvaluationPlan, Provenance};
use super::piece::Piece;
use super::times::Times;
use crate::cli::pages::{again, attack::page};
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::attacks::{AttackError, BudgetCurve, Report};
use sparring::store::RunDir;
use sparring::tensor::Precision;
use sparring_study::{CellState, Manifest, Shard};
use std::path::PathBuf;

/// The page.
pub(super) const PAGE: &str = "report.html";

/// Figures of all images that are done.
pub(super) struct Whole {
    plan: EvaluationPlan,
    provenance: Provenance,
    shard: Shard,
    ids: Vec<u64>,
    labels: Vec<usize>,
    done: Outcomes,
}

impl Whole {
    /// # Errors
    /// If a finished cell is not a piece of the evaluation, or none has images.
    pub(super) fn of(manifest: &Manifest, provenance: Provenance) -> Outcome<Self> {
        let plan = EvaluationPlan::read(manifest)?;
        let broken = |name: &str, why: &dyn std::fmt::Display| {
            Failure::Failed(format!("piece {name} cannot be used: {why}"))
        };
        let (mut ids, mut labels, mut reports, mut curves) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut checks = None;
        for row in &manifest.rows {
            let CellState::Done { result } = &row.state else { continue };
            let piece = serde_json::from_value(result.clone()).map_err(|e| broken(&row.name, &e))?;
            match (piece, plan.images(row.index)) {
                (Piece::Images { ids: own, labels: y, reports: r, curve }, Some(which))
                    if own.len() == which.len()
                        && y.len() == which.len()
                        && r.len() == plan.attacks.suites.len()
                        && r.iter().all(|r| r.n == which.len())
                        && curve.is_some() == plan.attacks.curve.is_some() =>
                {
                    ids.extend(own);
                    labels.extend(y);
                    reports.push(r);
                    curves.extend(curve.map(|curve| *curve));
                }
                (Piece::Checks(rows), None) => checks = Some(rows),
                _ => return Err(broken(&row.name, &"it is not of these images and attacks")),
            }
        }
        let of_all = |e: AttackError| Failure::Failed(e.to_string());
        let mut joined = Vec::new();
        for k in 0..plan.attacks.suites.len() {
            joined.push(Report::join(reports.iter().map(|pieces| pieces[k].clone())).map_err(of_all)?);
        }
        let curve = match curves.is_empty() {
            true => None,
            false => Some(BudgetCurve::join(curves).map_err(of_all)?),
        };
        match (joined.last_mut(), checks) {
            (Some(last), Some(rows)) => last.add_findings(rows),
            (Some(last), None) if plan.checks => {
                let unmade = last.findings.iter_mut().filter(|f| f.value.is_none() && !f.raised);
                unmade.for_each(|f| f.why = "not examined: another shard has the checks".into());
            }
            _ => {}
        }
        let shard = manifest.shard;
        let mut done = plan.attacks.outcomes(&provenance.source, joined, curve);
        if shard != Shard::WHOLE {
            // A card gives the first images of the set, which these are not.
            done.cards.clear();
        }
        Ok(Self { plan, provenance, shard, ids, labels, done })
    }
    /// Which part of the whole this is; `None` of the whole.
    pub(super) fn part(&self) -> Option<String> {
        let (shard, n, all) = (self.shard, self.ids.len(), self.plan.n);
        (shard != Shard::WHOLE).then(|| format!("shard {shard}, {n} of {all} images"))
    }
    /// The object for programs; of a shard with `shard` and without cards.
    pub(super) fn object(&self, done: &Outcomes) -> Outcome<Value> {
        let mut object = show::object(done, self.precision()?);
        if self.shard != Shard::WHOLE {
            object["shard"] = self.shard.to_string().into();
        }
        Ok(object)
    }
    /// The arithmetic of proposals.
    fn precision(&self) -> Outcome<Precision> {
        self.plan.precision.parse().map_err(|e| Failure::Failed(format!("its manifest.json: precision: {e}")))
    }
    /// Figures with seconds.
    pub(super) fn with_times(&self, times: &Times) -> Outcomes {
        let mut done = self.done.clone();
        times.put(&mut done);
        done
    }
    /// Writes every form of it into the directory.
    pub(super) fn write(&self, run: &RunDir, times: &Times) -> Outcome {
        again::stand_for(self.provenance.arguments.clone());
        let mut object = self.object(&self.done)?;
        without_times(&mut object);
        run.write_json("results.json", &object)?;
        run.write("verdicts.csv", per_sample::text(&self.ids, &self.labels, &self.done, true).as_bytes())?;
        let Provenance { source, data, trained, .. } = &self.provenance;
        let mut page = page(source, data, *trained, None, &self.done)?;
        if let Some(part) = self.part() {
            page.subtitle = format!("{part}: {}", page.subtitle);
        }
        page.save(run.file(PAGE))?;
        times.write(run)
    }
}

/// Takes the seconds out of an object for programs.
fn without_times(object: &mut Value) {
    match object {
        Value::Object(fields) => {
            fields.remove("seconds");
            fields.values_mut().for_each(without_times);
        }
        Value::Array(items) => items.iter_mut().for_each(without_times),
        _ => {}
    }
}

/// Writes the evaluation that shards made together; the number of images.
pub(crate) fn write_merged(run: &RunDir, manifest: &Manifest, shards: &[PathBuf]) -> Outcome<usize> {
    // What is called otherwise in other shards is called as in the first.
    let mut first = shards.iter();
    let first = first.find(|d| Manifest::read(d).is_ok_and(|m| m.is_some_and(|m| m.shard.index == 0)));
    let provenance = Provenance::read(first.unwrap_or(&shards[0]))?;
    provenance.write(run)?;
    let whole = Whole::of(manifest, provenance)?;
    whole.write(run, &Times::of(shards.iter().map(PathBuf::as_path)))?;
    Ok(whole.ids.len())
}
