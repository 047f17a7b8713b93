//! What a network's TOML file holds.

use super::{Seen, weights};
use crate::cli::Outcome;
use crate::cli::io::table::facts;
use serde_json::json;
use sparring::store::{layout, read_spec};
use std::path::Path;

pub(super) fn look(path: &Path) -> Outcome<Seen> {
    let spec = read_spec(path)?;
    let (listed, mut object) = weights::graph(path, &spec)?;
    let tensors = layout(&spec, "");
    let names: Vec<&str> = tensors.iter().map(|(name, _)| name.as_str()).collect();
    let pairs = [
        ("file", path.display().to_string()),
        ("kind", "network, TOML".into()),
        ("tensors", names.join(" ")),
    ];
    (object["kind"], object["file"]) = (json!("network"), json!(path));
    object["tensors"] = tensors.iter().map(|(name, shape)| json!({ "name": name, "shape": shape })).collect();
    let facts = facts(&pairs.map(|(name, value)| (name.to_string(), value)));
    Ok(Seen { text: format!("{facts}\n\nnetwork, {listed}"), object })
}
