//! Weights into a network, all or nothing.

use crate::{StoreError, Weights};
use sparring_nn::{Module, Sequential};
use sparring_seed::Key;
use std::collections::BTreeMap;

impl Weights {
    /// Puts the tensors whose names begin with `prefix` and a dot (all of them if it is empty) into `module`; the names
    /// must be the module's, none missing and none left over.
    ///
    /// # Errors
    /// [`StoreError::Names`] with every name that does not fit; the module is then untouched.
    pub fn load_into(&self, prefix: &str, module: &mut dyn Module<f32>) -> Result<(), StoreError> {
        let dotted = if prefix.is_empty() { String::new() } else { format!("{prefix}.") };
        let mut wanted = Vec::new();
        module
            .visit(&dotted, &mut |name, p| wanted.push((name.to_string(), p.value.shape().dims().to_vec())));
        let found = self.tensors.iter().filter(|(name, _)| name.starts_with(&dotted));
        let found: Vec<_> = found.map(|(name, a)| (name.clone(), a.shape().dims().to_vec())).collect();
        compare(&wanted, &found)?;
        module.visit_mut(&dotted, &mut |name, p| p.value = self.tensors[name].clone());
        Ok(())
    }
    /// The network with this prefix, built from its spec and filled.
    ///
    /// # Errors
    /// [`StoreError::Network`] if the file does not tell its spec or its layers do not fit one another.
    pub fn build(&self, prefix: &str) -> Result<Sequential<f32>, StoreError> {
        let spec = self.spec(prefix).ok_or_else(|| {
            StoreError::network(prefix, "the file does not say how it is built; name the architecture")
        })?;
        // Any key does: every number is replaced.
        let mut net = spec.build::<f32>(Key::new(0)).map_err(|e| StoreError::network(prefix, e))?;
        self.load_into(prefix, &mut net)?;
        Ok(net)
    }
}

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
    Err(StoreError::Names { missing, unexpected, shapes })
}
