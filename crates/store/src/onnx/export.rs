//! From a network to a file.

use super::proto::{
    Dimension, FLOAT, GraphProto, ModelProto, OperatorSetIdProto, TensorShapeProto, TensorType, TypeProto,
    ValueInfoProto,
};
use super::writer::Writer;
use super::written;
use crate::terminal::{NAME, shown};
use crate::{StoreError, write_new};
use prost::Message;
use sparring_nn::{Network, Source};
use std::collections::BTreeSet;
use std::path::Path;

/// Version of the operators, and of the format that goes with it: ONNX 1.12, which has LayerNormalization.
const OPSET: i64 = 17;
const IR_VERSION: i64 = 8;
/// Names of what enters and leaves a network of one output.
const INPUT: &str = "input";
const OUTPUT: &str = "output";

/// A value of floats whose first axis is the batch.
fn value(name: &str, axes: &[usize]) -> ValueInfoProto {
    let batch = Dimension { dim_value: None, dim_param: Some("batch".into()) };
    let fixed = axes.iter().map(|&d| Dimension { dim_value: Some(d as i64), dim_param: None });
    let shape = Some(TensorShapeProto { dim: std::iter::once(batch).chain(fixed).collect() });
    let tensor_type = Some(TensorType { elem_type: FLOAT, shape });
    ValueInfoProto { name: name.into(), r#type: Some(TypeProto { tensor_type }) }
}

/// A network in evaluation as the bytes of an ONNX file of version 17 of the operators: input `input` `[batch, channels, height, width]`, output `output` (of several
/// outputs, the names of the layers), tensors under the network's names. Dropout and noise are the identity. Equal networks make equal bytes.
///
/// # Errors
/// [`StoreError::Operators`] with every layer for which ONNX has no operators here; [`StoreError::Tensor`] for a weight that is not finite.
pub fn onnx_bytes(net: &Network<f32>) -> Result<Vec<u8>, StoreError> {
    let graph = net.graph();
    net.params.check().map_err(|e| StoreError::onnx(e.to_string()))?;
    for p in &net.params {
        if let Some(i) = p.value.as_slice().iter().position(|v| !v.is_finite()) {
            return Err(StoreError::tensor(p.name(), format!("number {i} is infinite or NaN")));
        }
    }
    let shapes = graph.shapes(1).map_err(|e| StoreError::onnx(e.to_string()))?;
    let names = net.params.iter().map(|p| p.name().to_string());
    let mut w = Writer::new(names.chain([INPUT, OUTPUT].map(String::from)).collect::<BTreeSet<_>>());
    let (mut outputs, mut unknown): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (i, node) in graph.nodes.iter().enumerate() {
        w.begin(&node.name);
        let of = |s: &Source| match *s {
            Source::Input => INPUT,
            Source::Node(j) => &outputs[j],
        };
        let inputs: Vec<&str> = node.inputs.iter().map(of).collect();
        let [c, h, width] = graph.input;
        let read = match node.inputs[0] {
            Source::Input => vec![c, h, width],
            Source::Node(j) => shapes[j].dims()[1..].to_vec(),
        };
        let params: Vec<String> = net.params_of(i).iter().map(|p| w.parameter(p)).collect();
        let params: Vec<&str> = params.iter().map(String::as_str).collect();
        let output = written::layer(&mut w, &node.layer, &inputs, &read, &params);
        if output.is_none() {
            unknown.push(format!("{} (layer `{}`)", node.layer.kind(), shown(&node.name, NAME)));
        }
        outputs.push(output.unwrap_or_default());
    }
    if !unknown.is_empty() {
        let what = format!("layers that ONNX has no operators for here: {}", unknown.join(", "));
        return Err(StoreError::Operators { what });
    }
    let Some(last) = graph.nodes.len().checked_sub(1) else {
        return Err(StoreError::onnx("a network without a layer"));
    };
    let ends = if graph.outputs.is_empty() { vec![last] } else { graph.outputs.clone() };
    let mut output = Vec::new();
    for &end in &ends {
        let name = if ends.len() == 1 { OUTPUT } else { &graph.nodes[end].name };
        // The value takes the name of the output wherever it is read.
        for at in w.nodes.iter_mut().flat_map(|n| n.input.iter_mut().chain(&mut n.output)) {
            if *at == outputs[end] {
                *at = name.to_string();
            }
        }
        output.push(value(name, &shapes[end].dims()[1..]));
    }
    let graph = GraphProto {
        node: w.nodes,
        name: "network".into(),
        initializer: w.tensors,
        input: vec![value(INPUT, &graph.input)],
        output,
    };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: OPSET }];
    let (producer_name, producer_version) = ("sparring".into(), env!("CARGO_PKG_VERSION").into());
    let model = ModelProto {
        ir_version: IR_VERSION,
        producer_name,
        producer_version,
        graph: Some(graph),
        opset_import,
    };
    Ok(model.encode_to_vec())
}

/// Writes a network as an ONNX file, [`onnx_bytes`], whole or not at all, and never over another.
///
/// # Errors
/// As there, and [`StoreError::Taken`] if the name is taken.
pub fn write_new_onnx(path: impl AsRef<Path>, net: &Network<f32>) -> Result<(), StoreError> {
    let path = path.as_ref();
    write_new(path, &onnx_bytes(net).map_err(|e| e.at(path))?)
}
