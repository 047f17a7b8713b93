//! What tensors a network needs and a file has.

use crate::StoreError;
use std::collections::BTreeMap;

/// Names and shapes of both sides are the same, in any order.
pub(crate) fn compare(
    wanted: &[(String, Vec<usize>)],
    found: &[(String, Vec<usize>)],
) -> Result<(), StoreError> {
    let there: BTreeMap<_, _> = found.iter().map(|(name, shape)| (name, shape)).collect();
    let needed: BTreeMap<_, _> = wanted.iter().map(|(name, shape)| (name, shape)).collect();
    let missing: Vec<_> =
        wanted.iter().filter(|(n, _)| !there.contains_key(n)).map(|(n, _)| n.clone()).collect();
    let unexpected: Vec<_> =
        found.iter().filter(|(n, _)| !needed.contains_key(n)).map(|(n, _)| n.clone()).collect();
    let shapes: Vec<_> = wanted
        .iter()
        .filter_map(|(name, shape)| {
            there.get(name).filter(|got| **got != shape).map(|got| (name, shape, got))
        })
        .map(|(name, shape, got)| format!("{name} is {got:?}, the network needs {shape:?}"))
        .collect();
    if missing.is_empty() && unexpected.is_empty() && shapes.is_empty() {
        return Ok(());
    }
    Err(StoreError::names(missing, unexpected, shapes, wanted, found))
}
