//! The nodes and tensors of a file to be.

use super::proto::{
    ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_INTS, ATTRIBUTE_STRING, AttributeProto, FLOAT, INT64,
    NodeProto, TensorProto,
};
use sparring_nn::Param;
use std::collections::BTreeSet;

/// An attribute.
pub(super) fn int(name: &str, i: i64) -> AttributeProto {
    AttributeProto { name: name.into(), i: Some(i), r#type: ATTRIBUTE_INT, ..AttributeProto::default() }
}
pub(super) fn ints(name: &str, ints: &[usize]) -> AttributeProto {
    let ints = ints.iter().map(|&i| i as i64).collect();
    AttributeProto { name: name.into(), ints, r#type: ATTRIBUTE_INTS, ..AttributeProto::default() }
}
pub(super) fn float(name: &str, f: f64) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        f: Some(f as f32),
        r#type: ATTRIBUTE_FLOAT,
        ..AttributeProto::default()
    }
}
pub(super) fn text(name: &str, s: &'static str) -> AttributeProto {
    let s = Some(s.as_bytes().into());
    AttributeProto { name: name.into(), s, r#type: ATTRIBUTE_STRING, ..AttributeProto::default() }
}

/// What has been written so far.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub nodes: Vec<NodeProto>,
    pub tensors: Vec<TensorProto>,
    taken: BTreeSet<String>,
    /// The layer that is being written.
    layer: String,
    /// Nodes of it so far.
    steps: usize,
}

impl Writer {
    /// With names that values may not have.
    pub fn new(taken: BTreeSet<String>) -> Self {
        Self { taken, ..Self::default() }
    }
    /// Begins the layer of this name.
    pub fn begin(&mut self, layer: &str) {
        (self.layer, self.steps) = (layer.to_string(), 0);
    }
    /// A name that nothing has.
    fn fresh(&mut self, mut name: String) -> String {
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }
    /// A node, and the name of what it writes. The first of a layer has its name.
    pub fn op(&mut self, op_type: &str, inputs: &[&str], attribute: Vec<AttributeProto>) -> String {
        let name = match self.steps {
            0 => self.layer.clone(),
            step => format!("{}/{op_type}_{step}", self.layer),
        };
        self.steps += 1;
        let output = self.fresh(format!("{name}/output"));
        let input = inputs.iter().map(|i| i.to_string()).collect();
        let (op_type, domain) = (op_type.to_string(), String::new());
        self.nodes.push(NodeProto { input, output: vec![output.clone()], name, op_type, attribute, domain });
        output
    }
    /// A parameter, under its own name.
    pub fn parameter(&mut self, param: &Param<f32>) -> String {
        self.tensor(param.name().to_string(), param.value.shape().dims(), param.value.as_slice());
        param.name().to_string()
    }
    /// Gives a tensor that was written other extents, of as many numbers: operators line theirs up from the right.
    pub fn set_extents(&mut self, name: &str, dims: &[usize]) {
        for tensor in self.tensors.iter_mut().filter(|tensor| tensor.name == name) {
            tensor.dims = dims.iter().map(|&d| d as i64).collect();
        }
    }
    fn tensor(&mut self, name: String, dims: &[usize], numbers: &[f32]) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|v| v.to_le_bytes()).collect();
        let dims = dims.iter().map(|&d| d as i64).collect();
        self.tensors.push(TensorProto {
            dims,
            data_type: FLOAT,
            name,
            raw_data: Some(bytes.into()),
            ..TensorProto::default()
        });
    }
    /// Fixed numbers of these extents.
    pub fn floats(&mut self, what: &str, dims: &[usize], numbers: &[f64]) -> String {
        let name = self.fresh(format!("{}/{what}", self.layer));
        let numbers: Vec<f32> = numbers.iter().map(|&v| v as f32).collect();
        self.tensor(name.clone(), dims, &numbers);
        name
    }
    /// One fixed number.
    pub fn number(&mut self, what: &str, v: f64) -> String {
        self.floats(what, &[], &[v])
    }
    /// A list of whole numbers.
    pub fn whole(&mut self, what: &str, numbers: &[i64]) -> String {
        let name = self.fresh(format!("{}/{what}", self.layer));
        let bytes: Vec<u8> = numbers.iter().flat_map(|v| v.to_le_bytes()).collect();
        let dims = vec![numbers.len() as i64];
        let raw_data = Some(bytes.into());
        self.tensors.push(TensorProto {
            dims,
            data_type: INT64,
            name: name.clone(),
            raw_data,
            ..TensorProto::default()
        });
        name
    }
}
