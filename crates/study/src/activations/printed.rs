//! The result of a cell, from what its commands printed.

use super::figures::{Doubt, NetFigures, SuiteFigures};
use super::measured::MeasuredNet;
use crate::CellResult;
use serde::Deserialize;
use serde_json::Value;

/// The checks that were raised in an evaluation's object.
fn doubts(object: &Value) -> Option<Vec<Doubt>> {
    let raised = object["findings"].as_array()?.iter().filter(|row| row["raised"] == true);
    let doubt =
        |row: &Value| Some(Doubt { check: row["id"].as_str()?.into(), why: row["why"].as_str()?.into() });
    raised.map(doubt).collect()
}

fn suite(object: &Value) -> Option<SuiteFigures> {
    let point = |p: &Value| Some((p["eps"].as_f64()?, p["accuracy"].as_f64()?));
    Some(SuiteFigures {
        n: usize::try_from(object["n"].as_u64()?).ok()?,
        clean: object["clean"].as_f64()?,
        accuracy: object["robust_accuracy"].as_f64()?,
        curve: object["curve"].as_array()?.iter().map(point).collect::<Option<_>>()?,
    })
}

fn net(object: &Value, suite: SuiteFigures, doubts: Vec<Doubt>) -> Option<NetFigures> {
    let MeasuredNet { noise, dead, curvature, smooth, bounded, gradients, .. } =
        MeasuredNet::deserialize(object).ok()?;
    Some(NetFigures { curvature, smooth, bounded, noise, dead, gradients, suite, doubts })
}

/// The result of a cell of a study from the objects of `sparring train`, and, in this order, of `sparring attack` with its attacks, of the same with the suite and the
/// curve, and of `sparring study net`; `None` if one is not such an object.
pub fn activation_result(trained: &Value, printed: &[Value]) -> Option<CellResult> {
    let [attacked, with_suite, of_net] = printed else { return None };
    let mut all = doubts(attacked)?;
    all.extend(doubts(with_suite)?);
    let mut once: Vec<Doubt> = Vec::new();
    for doubt in all {
        if !once.iter().any(|known| known.check == doubt.check) {
            once.push(doubt);
        }
    }
    let net = net(of_net, suite(with_suite)?, once)?;
    Some(CellResult { net: Some(net), ..CellResult::of(trained, Some(attacked))? })
}
