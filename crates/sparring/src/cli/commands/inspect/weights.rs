//! What a safetensors or .npz file holds: ours with networks and checksum, foreign ones with tensors only.

use super::Seen;
use crate::cli::io::table::{facts, grouped, table};
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::nn::{Graph, LayerRow, Node, Source, Summary};
use sparring::store::terminal::shown;
use sparring::store::{Document, TensorFile, TensorValues, read, read_tensors};
use std::path::Path;

fn extent(shape: &[usize]) -> String {
    if shape.is_empty() {
        "scalar".into()
    } else {
        shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ")
    }
}

/// Smallest and largest number.
fn range(values: &TensorValues) -> (f64, f64) {
    fn over(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
        numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)))
    }
    match values {
        TensorValues::F32(a) => over(a.as_slice().iter().map(|&v| v.into())),
        TensorValues::F64(a) => over(a.as_slice().iter().copied()),
        TensorValues::I64 { numbers, .. } => over(numbers.iter().map(|&v| v as f64)),
    }
}

/// A number for a column: whole numbers whole, others with four significant digits.
fn short(v: f64) -> String {
    if v == v.trunc() && v.abs() < 1e15 { format!("{v}") } else { format!("{v:.4}") }
}

/// Of an empty tensor there is no smallest number.
fn finite(v: f64) -> Option<f64> {
    v.is_finite().then_some(v)
}

fn tensors(file: &TensorFile) -> (String, Vec<Value>) {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for (name, values) in &file.tensors {
        let ((min, max), shape) = (range(values), values.shape());
        rows.push(vec![
            name.clone(),
            file.converted.get(name).copied().unwrap_or(values.dtype()).to_string(),
            extent(&shape),
            grouped(values.len()),
            if values.is_empty() { "-".into() } else { short(min) },
            if values.is_empty() { "-".into() } else { short(max) },
        ]);
        objects
            .push(json!({ "name": name, "dtype": file.converted.get(name).copied().unwrap_or(values.dtype()), "shape": shape, "min": finite(min), "max": finite(max) }));
    }
    (table(&["tensor", "dtype", "shape", "numbers", "min", "max"], &rows), objects)
}

/// A line a node: what it reads, where that is not the node before, and its figures.
fn nodes(graph: &Graph, summary: &Summary) -> String {
    let name = |source: &Source| match *source {
        Source::Input => "the input".to_string(),
        Source::Node(i) => graph.nodes[i].name.clone(),
    };
    let row = |(i, (node, r)): (usize, (&Node, &LayerRow))| {
        let before = i.checked_sub(1).map_or(Source::Input, Source::Node);
        let reads = if node.inputs == [before] {
            String::new()
        } else {
            node.inputs.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        vec![
            r.name.clone(),
            r.kind.clone(),
            reads,
            extent(&r.output),
            r.parameters.to_string(),
            r.mul_adds.to_string(),
            format!("{:.4}", r.activation_mib()),
            r.runs().to_string(),
        ]
    };
    let mut rows: Vec<_> = graph.nodes.iter().zip(&summary.rows).enumerate().map(row).collect();
    let (parameters, mul_adds) = (summary.parameters.to_string(), summary.mul_adds.to_string());
    let none = String::new;
    let total = [
        "total".into(),
        none(),
        none(),
        none(),
        parameters,
        mul_adds,
        format!("{:.4}", summary.activation_mib()),
        none(),
    ];
    rows.push(total.to_vec());
    table(&["layer", "kind", "reads", "output", "parameters", "mult-adds", "MiB/example", "runs"], &rows)
}

/// A network's layers, shapes, parameters and costs.
pub(super) fn graph(path: &Path, spec: &Graph) -> Outcome<(String, Value)> {
    spec.validate().map_err(|e| Failure::at(path, e))?;
    spec.cost().map_err(|e| Failure::at(path, format!("layer {e}")))?;
    let s = spec.summary()?;
    let rows = s.rows.iter().map(|r| {
        json!({
            "name": r.name, "kind": r.kind, "output": r.output, "parameters": r.parameters, "mul_adds": r.mul_adds,
            "activations": r.activations, "activation_mib": r.activation_mib(), "runs": r.runs(),
        })
    });
    let object = json!({
        "input": spec.input, "parameters": s.parameters, "mul_adds": s.mul_adds, "activations": s.activations,
        "activation_mib": s.activation_mib(), "spec": spec, "layers": rows.collect::<Vec<_>>(),
    });
    Ok((format!("for examples of {}\n{}", extent(&spec.input), nodes(spec, &s)), object))
}

fn networks(path: &Path, document: &Document) -> Outcome<(String, Vec<Value>)> {
    let (mut text, mut objects) = (String::new(), Vec::new());
    for network in &document.networks {
        let title =
            if network.prefix.is_empty() { "network".to_string() } else { shown(&network.prefix, 80) };
        let (listed, mut object) = graph(path, &network.spec)?;
        text.push_str(&format!("\n\n{title}, {listed}"));
        object["prefix"] = json!(network.prefix);
        objects.push(object);
    }
    Ok((text, objects))
}

pub(super) fn look(path: &Path) -> Outcome<Seen> {
    let file = read_tensors(path)?;
    let pair = |name: &str, value: String| (name.to_string(), value);
    let mut pairs = vec![pair("file", path.display().to_string())];
    let (listed, tensors) = tensors(&file);
    let numbers: usize = file.tensors.iter().map(|(_, v)| v.len()).sum();
    let holds = format!("{} tensors, {} numbers, all finite", file.tensors.len(), grouped(numbers));
    let Some(document) = &file.document else {
        pairs.push(pair("kind", format!("{}, written by another program", file.container)));
        pairs.push(pair("checksum", "none in the file: changes cannot be noticed".into()));
        pairs.push(pair("holds", holds));
        let metadata = file.metadata.iter().map(|(key, value)| (format!("metadata {key}"), brief(value)));
        pairs.extend(metadata);
        let object = json!({
            "kind": file.container, "file": path, "ours": false, "checksum": "absent", "non_finite": 0,
            "metadata": file.metadata, "tensors": tensors,
        });
        return Ok(Seen { text: format!("{}\n\n{listed}", facts(&pairs)), object });
    };
    if !document.networks.is_empty() {
        // Beyond the checksum: the tensors are those of the networks, so building these costs no more than the file.
        read(path)?;
    }
    pairs.push(pair("kind", format!("{}, format {}", document.kind, document.format)));
    pairs.push(pair("checksum", format!("right: SHA-256 {}", document.sha256)));
    pairs.push(pair("holds", holds));
    if !document.extra.is_null() {
        pairs.push(pair("beside", brief(&document.extra.to_string())));
    }
    let (text, networks) = networks(path, document)?;
    let shown = if networks.is_empty() { format!("\n\n{listed}") } else { text };
    let object = json!({
        "kind": file.container, "file": path, "ours": true, "model": document.kind, "format": document.format,
        "checksum": "verified", "sha256": document.sha256, "non_finite": 0, "networks": networks, "extra": document.extra,
        "tensors": tensors,
    });
    Ok(Seen { text: format!("{}{shown}", facts(&pairs)), object })
}

/// A text from outside, on one short line.
fn brief(text: &str) -> String {
    shown(text, 100)
}
