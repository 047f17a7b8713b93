//! The pieces of an evaluation, or of a shard of it, as one.

use super::super::outcomes::Outcomes;
use super::super::{per_sample, show};
use super::evaluation_plan::EvaluationPlan;
use super::times::Times;
use super::{CONFIG, Piece};
use crate::cli::io::json::json;
use crate::cli::pages::{again, attack::page};
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::attacks::{AttackError, BudgetCurve, Report};
use sparring::store::RunDir;
use sparring::tensor::Precision;
use sparring_study::{CellState, Manifest};
use std::path::PathBuf;

/// The page.
pub(super) const PAGE: &str = "report.html";

/// Figures of all images that are done.
pub(super) struct Whole {
    plan: EvaluationPlan,
    ids: Vec<u64>,
    labels: Vec<usize>,
    done: Outcomes,
}

impl Whole {
    /// # Errors
    /// If a finished cell is not a piece of the evaluation, or none has images.
    pub(super) fn of(manifest: &Manifest) -> Outcome<Self> {
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
        if let (Some(last), Some(rows)) = (joined.last_mut(), checks) {
            last.add_findings(rows);
        }
        let done = plan.attacks.outcomes(&plan.source, joined, curve);
        Ok(Self { plan, ids, labels, done })
    }
    /// The arithmetic of proposals.
    pub(super) fn precision(&self) -> Outcome<Precision> {
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
        again::stand_for(self.plan.arguments.clone());
        let mut object = show::object(&self.done, self.precision()?);
        without_times(&mut object);
        run.write_json("results.json", &object)?;
        run.write("verdicts.csv", per_sample::text(&self.ids, &self.labels, &self.done, true).as_bytes())?;
        let EvaluationPlan { source, data, trained, .. } = &self.plan;
        page(&source.model, data, *trained, None, &self.done)?.save(run.file(PAGE))?;
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
    let whole = Whole::of(manifest)?;
    whole.write(run, &Times::of(shards.iter().map(PathBuf::as_path)))?;
    let arguments = &whole.plan.arguments;
    run.write_json(CONFIG, &json!({ "command": whole.plan.command(), "arguments": arguments }))?;
    Ok(whole.ids.len())
}
