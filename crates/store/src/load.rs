//! Weights into a network, all or nothing.

use crate::compare::compare;
use crate::order::pair;
use crate::{LoadNote, Renames, StoreError, Weights};
use sparring_nn::{Network, Param};
use sparring_seed::Key;
use std::collections::BTreeMap;

/// How the names of a file are those of a network.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub enum Naming<'a> {
    /// They are the same, but for a prefix before all of them: of a wrapper (`module.`, `_orig_mod.`), or of the module that holds the network (`model.`).
    #[default]
    Same,
    /// By rules; a name without one stays as it is.
    Renamed(&'a Renames),
    /// They say nothing: a layer takes the next one of the file with tensors of its shapes. Files keep no order but that of names, `fc2`
    /// before `fc10`.
    ByOrder,
}

/// Prefixes that wrappers put before every name: `nn.DataParallel`, `torch.compile`.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];

/// Names and shapes.
type Named = Vec<(String, Vec<usize>)>;

impl Weights {
    /// Puts the tensors whose names begin with `prefix` and a dot (all of them if it is empty) into `network`; the names must be the
    /// network's, none missing and none left over, but for a prefix of all names. Returns what a user should be told.
    ///
    /// # Errors
    /// [`StoreError::Names`] with every name that does not fit; the network is then untouched.
    pub fn load_into(&self, prefix: &str, network: &mut Network<f32>) -> Result<Vec<LoadNote>, StoreError> {
        self.load_named(prefix, network, Naming::Same)
    }
    /// As [`load_into`](Self::load_into), with other names: of a PyTorch class whose layers are called `fc1` and `fc2`, say.
    ///
    /// ```
    /// # use sparring_nn::{Graph, layers}; use sparring_tensor::Array;
    /// # let dir = tempfile::tempdir()?; let path = dir.path().join("theirs.safetensors");
    /// # let values = |shape: &[usize]| sparring_store::TensorValues::from(Array::<f32>::zeros(shape));
    /// # sparring_store::write_tensors(&path, "x", &[("fc.weight", values(&[3, 4])), ("fc.bias", values(&[3]))], Default::default())?;
    /// # let (bytes, mut foreign) = (std::fs::read(&path)?, vec![]); let n = u64::from_le_bytes(bytes[..8].try_into()?) as usize;
    /// # let mut header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + n])?; header.as_object_mut().unwrap().remove("__metadata__");
    /// # let header = header.to_string(); foreign.extend((header.len() as u64).to_le_bytes());
    /// # foreign.extend(header.as_bytes()); foreign.extend(&bytes[8 + n..]); std::fs::write(&path, foreign)?;
    /// use sparring_store::{Naming, Renames, read};
    /// let spec = Graph::chain([1, 2, 2], vec![layers::flatten(), layers::linear(4, 3)]);
    /// let mut net = spec.build::<f32>(sparring_seed::Key::new(1))?;
    /// let weights = read(&path)?;                                                    // fc.weight, fc.bias
    /// assert!(weights.load_into("", &mut net).is_err());
    /// weights.load_named("", &mut net, Naming::Renamed(&Renames::parse("fc = 1")?))?;
    /// let told = weights.load_named("", &mut net, Naming::ByOrder)?;
    /// assert_eq!(told[0].to_string(), "by order: fc.bias -> 1.bias, fc.weight -> 1.weight");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As there; [`StoreError::Rename`] for a rule that no name needs.
    pub fn load_named(
        &self,
        prefix: &str,
        network: &mut Network<f32>,
        naming: Naming<'_>,
    ) -> Result<Vec<LoadNote>, StoreError> {
        let dotted = if prefix.is_empty() { String::new() } else { format!("{prefix}.") };
        let named = |p: &Param<f32>| format!("{dotted}{}", p.name());
        let wanted: Named = network.params.iter().map(|p| (named(p), p.shape().dims().to_vec())).collect();
        let found = self.tensors.iter().filter(|(name, _)| name.starts_with(&dotted));
        let found: Named = found.map(|(name, a)| (name.clone(), a.shape().dims().to_vec())).collect();
        let (names, notes) = names(&wanted, &found, naming)?;
        let theirs: BTreeMap<&str, &str> = names.iter().map(|(t, o)| (o.as_str(), t.as_str())).collect();
        for p in &mut network.params {
            p.value = self.tensors[theirs[&*format!("{dotted}{}", p.name())]].clone();
        }
        Ok(notes)
    }
    /// Whether a network with these tensors ([`layout`](crate::layout) tells them) could be loaded by these names.
    pub fn fits(&self, wanted: &[(String, Vec<usize>)], naming: Naming<'_>) -> bool {
        let found: Named = self.tensors.iter().map(|(n, a)| (n.clone(), a.shape().dims().to_vec())).collect();
        names(wanted, &found, naming).is_ok()
    }
    /// Whether [`Naming::ByOrder`] has one answer for a network with these tensors: no two layers have equal shapes.
    pub fn fits_one_way(&self, wanted: &[(String, Vec<usize>)]) -> bool {
        let found: Named = self.tensors.iter().map(|(n, a)| (n.clone(), a.shape().dims().to_vec())).collect();
        pair(wanted, &found).is_ok_and(|(_, alike)| alike.is_empty())
    }
    /// The network with this prefix, built from its spec and filled.
    ///
    /// # Errors
    /// [`StoreError::Network`] if the file does not tell its spec, its layers do not fit one another, or they ask for
    /// [more](sparring_nn::Cost) than this program will do.
    pub fn build(&self, prefix: &str) -> Result<Network<f32>, StoreError> {
        let spec = self.spec(prefix).ok_or_else(|| {
            StoreError::network(prefix, "the file does not say how it is built; name the architecture")
        })?;
        // Any key does: every number is replaced.
        let mut net = spec.build::<f32>(Key::new(0)).map_err(|e| StoreError::network(prefix, e))?;
        self.load_into(prefix, &mut net)?;
        Ok(net)
    }
}

/// Names of the network, each with the name in the file.
type Pairs = Vec<(String, String)>;

/// Name in the file and name in the network of every tensor, and what to tell about them.
fn names(
    wanted: &[(String, Vec<usize>)],
    found: &[(String, Vec<usize>)],
    naming: Naming<'_>,
) -> Result<(Pairs, Vec<LoadNote>), StoreError> {
    if let Naming::ByOrder = naming {
        let (pairs, alike) = pair(wanted, found)?;
        return Ok((pairs.clone(), vec![LoadNote::ByOrder { pairs, alike }]));
    }
    let same: Vec<_> = found.iter().map(|(name, _)| (name.clone(), name.clone())).collect();
    if let (Naming::Same, Ok(())) = (naming, compare(wanted, found)) {
        return Ok((same, Vec::new()));
    }
    let wrapper = if let Naming::Same = naming { prefix(wanted, found) } else { wrapper(found) };
    let bare = |name: &str| name[wrapper.len()..].to_string();
    let mut pairs: Vec<_> = same.into_iter().map(|(theirs, _)| (theirs.clone(), bare(&theirs))).collect();
    let mut notes = Vec::new();
    if !wrapper.is_empty() {
        notes.push(LoadNote::Unwrapped { prefix: wrapper.clone() });
    }
    if let Naming::Renamed(rules) = naming {
        let both = pairs.iter().flat_map(|(theirs, bare)| [theirs.as_str(), bare.as_str()]);
        if let Some(rule) = rules.unused(both) {
            let what = format!("no tensor of the file is called `{}`", crate::terminal::shown(rule, 80));
            return Err(StoreError::Rename { what });
        }
        let mut renamed = Vec::new();
        for (theirs, ours) in &mut pairs {
            if let Some(new) = rules.apply(theirs).or_else(|| rules.apply(ours)) {
                *ours = new;
                renamed.push((theirs.clone(), ours.clone()));
            }
        }
        notes.push(LoadNote::Renamed { pairs: renamed });
    }
    let new: Named =
        pairs.iter().zip(found).map(|((_, ours), (_, shape))| (ours.clone(), shape.clone())).collect();
    if let Some(twice) = new.iter().enumerate().find(|(i, (name, _))| new[..*i].iter().any(|n| n.0 == *name))
    {
        let what = format!("two tensors would be called `{}`", crate::terminal::shown(&twice.1.0, 80));
        return Err(StoreError::Rename { what });
    }
    compare(wanted, &new)?;
    Ok((pairs, notes))
}

/// The prefix of every name without which the names are those of the network; if there is none, that of the wrappers.
fn prefix(wanted: &[(String, Vec<usize>)], found: &[(String, Vec<usize>)]) -> String {
    let wrapper = wrapper(found);
    let mut prefix = wrapper.clone();
    let all = |p: &str| found.iter().all(|(name, _)| name.len() > p.len() && name.starts_with(p));
    let bare = |p: &str| -> Named {
        found.iter().map(|(name, shape)| (name[p.len()..].to_string(), shape.clone())).collect()
    };
    while compare(wanted, &bare(&prefix)).is_err() {
        let first = found.first().and_then(|(name, _)| name[prefix.len()..].split_once('.'));
        match first.map(|(module, _)| format!("{prefix}{module}.")).filter(|p| all(p)) {
            Some(longer) => prefix = longer,
            None => return wrapper,
        }
    }
    prefix
}

/// The longest chain of wrappers that every name begins with.
fn wrapper(found: &[(String, Vec<usize>)]) -> String {
    let mut prefix = String::new();
    let all = |p: &str| {
        !found.is_empty() && found.iter().all(|(name, _)| name.len() > p.len() && name.starts_with(p))
    };
    while let Some(next) = WRAPPERS.iter().map(|w| format!("{prefix}{w}")).find(|p| all(p)) {
        prefix = next;
    }
    prefix
}
