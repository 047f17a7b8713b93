//! What an ONNX file holds: the network that it is read as.

use super::{Seen, weights};
use crate::cli::io::table::{facts, grouped};
use crate::cli::{Failure, Outcome};
use serde_json::json;
use sparring::store::read_onnx;
use sparring::store::terminal::shown;
use std::path::Path;

pub(super) fn look(path: &Path) -> Outcome<Seen> {
    let file = read_onnx(path)?;
    let (by, version) = file.written_by();
    let (net, notes) = file.network().map_err(|e| Failure::at(path, e))?;
    let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
    let (listed, mut object) = weights::graph(path, net.graph())?;
    let by = shown(&by, 80);
    let mut pairs = vec![
        ("file", path.display().to_string()),
        ("kind", format!("ONNX, version {version} of the operators, by {by}")),
        (
            "holds",
            format!("{} tensors, {} numbers, all finite", net.params.len(), grouped(net.params.numbers())),
        ),
    ];
    pairs.extend(notes.iter().map(|note| ("note", note.clone())));
    let tensors = net.params.iter().map(|p| json!({ "name": p.name(), "shape": p.shape().dims() }));
    object["tensors"] = tensors.collect();
    (object["kind"], object["file"], object["notes"]) = (json!("onnx"), json!(path), json!(notes));
    (object["producer"], object["opset"], object["example"]) =
        (json!(by), json!(version), json!(file.example()?));
    let facts = facts(&pairs.into_iter().map(|(name, value)| (name.to_string(), value)).collect::<Vec<_>>());
    Ok(Seen { text: format!("{facts}\n\nnetwork, {listed}"), object })
}
