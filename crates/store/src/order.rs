//! Layers by their order, where names say nothing.

use crate::StoreError;
use crate::natural::natural;
use std::collections::{BTreeMap, BTreeSet};

/// Names and shapes.
type Named = [(String, Vec<usize>)];

/// The tensors of a layer, by the last part of their names.
#[derive(Debug)]
struct Layer<'a> {
    name: &'a str,
    tensors: BTreeMap<&'a str, (&'a str, &'a [usize])>,
}

impl Layer<'_> {
    fn fits(&self, other: &Self) -> bool {
        let shapes = |layer: &Self| layer.tensors.values().map(|t| t.1.to_vec()).collect::<Vec<_>>();
        self.tensors.keys().eq(other.tensors.keys()) && shapes(self) == shapes(other)
    }
}

/// Layers in the order in which their names first come.
fn layers(tensors: &Named) -> Vec<Layer<'_>> {
    let mut layers: Vec<Layer<'_>> = Vec::new();
    let mut at = BTreeMap::new();
    for (full, shape) in tensors {
        let (name, leaf) = full.rsplit_once('.').unwrap_or(("", full));
        let i = *at.entry(name).or_insert_with(|| {
            layers.push(Layer { name, tensors: BTreeMap::new() });
            layers.len() - 1
        });
        layers[i].tensors.insert(leaf, (full, shape));
    }
    layers
}

/// Their names and ours, and the names of their layers that only the order tells from another.
pub(crate) type Paired = (Vec<(String, String)>, Vec<String>);

/// Each layer of the network takes the first layer of the file, in the natural order of names, that has tensors of the same last names
/// and shapes and is not taken yet. A file keeps no other order: safetensors sorts by name.
///
/// # Errors
/// [`StoreError::Names`] if a layer of either side is left over.
pub(crate) fn pair(wanted: &Named, found: &Named) -> Result<Paired, StoreError> {
    let mut theirs = layers(found);
    theirs.sort_by_cached_key(|layer| natural(layer.name));
    let ours = layers(wanted);
    let mut free: BTreeSet<usize> = (0..theirs.len()).collect();
    let (mut pairs, mut missing, mut alike) = (Vec::new(), Vec::new(), BTreeSet::new());
    for layer in &ours {
        let Some(i) = free.iter().copied().find(|&i| theirs[i].fits(layer)) else {
            missing.extend(layer.tensors.values().map(|t| t.0.to_string()));
            continue;
        };
        free.remove(&i);
        pairs.extend(layer.tensors.iter().map(|(leaf, (name, _))| {
            let (theirs, _) = theirs[i].tensors[leaf];
            (theirs.to_string(), name.to_string())
        }));
        if theirs.iter().filter(|other| other.fits(layer)).count() > 1 {
            alike.insert(i);
        }
    }
    if missing.is_empty() && free.is_empty() {
        return Ok((pairs, alike.into_iter().map(|i| theirs[i].name.to_string()).collect()));
    }
    let left = free.iter().flat_map(|&i| theirs[i].tensors.values().map(|t| t.0.to_string()));
    Err(StoreError::names(missing, left.collect(), Vec::new(), wanted, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(list: &[(&str, &[usize])]) -> Vec<(String, Vec<usize>)> {
        list.iter().map(|(name, shape)| (name.to_string(), shape.to_vec())).collect()
    }

    #[test]
    fn layers_find_each_other_by_shape_and_then_by_order() {
        let wanted = named(&[
            ("1.weight", &[8, 4]),
            ("1.bias", &[8]),
            ("3.weight", &[8, 8]),
            ("3.bias", &[8]),
            ("5.weight", &[8, 8]),
            ("5.bias", &[8]),
        ]);
        // In the order of a file: by name. `out` is told by its shape, the two hidden ones by order alone.
        let found = named(&[
            ("h10.bias", &[8]),
            ("h10.weight", &[8, 8]),
            ("h9.bias", &[8]),
            ("h9.weight", &[8, 8]),
            ("zero.bias", &[8]),
            ("zero.weight", &[8, 4]),
        ]);
        let (pairs, alike) = pair(&wanted, &found).unwrap();
        let to = |name: &str| pairs.iter().find(|(theirs, _)| theirs == name).unwrap().1.clone();
        assert_eq!([to("zero.weight"), to("h9.bias"), to("h10.weight")], ["1.weight", "3.bias", "5.weight"]);
        assert_eq!(alike, ["h9", "h10"]);

        let StoreError::Names { missing, unexpected, .. } = pair(&wanted, &found[2..]).unwrap_err() else {
            panic!()
        };
        assert_eq!((missing, unexpected), (vec!["5.bias".to_string(), "5.weight".into()], vec![]));
        let StoreError::Names { missing, unexpected, .. } = pair(&wanted[2..], &found).unwrap_err() else {
            panic!()
        };
        assert_eq!((missing, unexpected), (vec![], vec!["zero.bias".to_string(), "zero.weight".into()]));
    }
}
