//! One operator of a file with what it reads.

use super::constant::Constant;
use super::live::Live;
use super::proto::{AttributeProto, NodeProto, TensorProto};
use crate::StoreError;
use crate::terminal::{NAME, shown};
use std::rc::Rc;

/// What a name in the file stands for.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Known without an input: a weight, a shape.
    Constant(Rc<Constant>),
    /// What becomes of the input.
    Live(Live),
    /// Where a value is above a number; nothing but a Where reads it.
    Above(Live, f64),
    /// An image `[n, h, w, c]` that is given to the network as `[n, c, h, w]`; all that reads it puts the channels first.
    ChannelsLast(Live),
}

impl From<Constant> for Value {
    fn from(constant: Constant) -> Self {
        Self::Constant(Rc::new(constant))
    }
}

impl From<Live> for Value {
    fn from(live: Live) -> Self {
        Self::Live(live)
    }
}

/// Most bytes of a node's name.
const LONGEST_NAME: usize = 128;

/// An operator and what it reads.
pub(super) struct Call<'a> {
    pub node: &'a NodeProto,
    /// `None` where an optional input is left out.
    pub inputs: Vec<Option<Value>>,
    /// Of each input, whether nothing else reads it.
    pub once: Vec<bool>,
    /// Version of the operators.
    pub opset: i64,
    /// The batch as the file counts it, where that is fixed.
    pub batch: Option<i64>,
}

impl Call<'_> {
    /// What it is called in the file: its name, or that of what it writes.
    pub fn name(&self) -> &str {
        let name = if self.node.name.is_empty() { self.node.output.first() } else { Some(&self.node.name) };
        let name = name.map_or("", |name| name);
        // Layers keep it: a file could make copies of a very long one.
        let end = (0..=LONGEST_NAME.min(name.len())).rev().find(|&end| name.is_char_boundary(end));
        &name[..end.unwrap_or(0)]
    }
    /// This error at this operator.
    pub fn wrong(&self, what: impl AsRef<str>) -> StoreError {
        let (name, op) = (shown(self.name(), NAME), shown(&self.node.op_type, NAME));
        StoreError::onnx(format!("node `{name}` ({op}): {}", what.as_ref()))
    }
    pub fn input(&self, i: usize) -> Option<&Value> {
        self.inputs.get(i)?.as_ref()
    }
    fn missing(&self, i: usize) -> StoreError {
        self.wrong(format!("its input {i} is missing"))
    }
    /// An input that depends on the network's, without zeros around it.
    pub fn live(&self, i: usize) -> Result<Live, StoreError> {
        let live = self.bordered(i)?;
        if live.border == [0; 4] {
            Ok(live)
        } else {
            Err(self.wrong("reads a Pad, which only a convolution may"))
        }
    }
    /// The same, with or without zeros around it.
    pub fn bordered(&self, i: usize) -> Result<Live, StoreError> {
        match self.input(i) {
            Some(Value::Live(live)) => Ok(live.clone()),
            Some(_) => {
                Err(self
                    .wrong(format!("its input {i} is a constant, it should depend on the network's input")))
            }
            None => Err(self.missing(i)),
        }
    }
    /// An input that is known.
    pub fn constant(&self, i: usize) -> Result<&Constant, StoreError> {
        match self.input(i) {
            Some(Value::Constant(constant)) => Ok(constant),
            Some(_) => {
                Err(self
                    .wrong(format!("its input {i} depends on the network's input, it should be a constant")))
            }
            None => Err(self.missing(i)),
        }
    }
    /// An input that may be left out.
    pub fn optional(&self, i: usize) -> Result<Option<&Constant>, StoreError> {
        self.input(i).map(|_| self.constant(i)).transpose()
    }
    /// The name of an input in the file.
    pub fn input_name(&self, i: usize) -> &str {
        self.node.input.get(i).map_or("", |name| name)
    }
    fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.node.attribute.iter().find(|a| a.name == name)
    }
    pub fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }
    pub fn int(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).map_or(default, |a| a.i.unwrap_or(0))
    }
    pub fn float(&self, name: &str, default: f32) -> f64 {
        f64::from(self.attribute(name).map_or(default, |a| a.f.unwrap_or(0.0)))
    }
    pub fn floats(&self, name: &str) -> Option<&[f32]> {
        self.attribute(name).map(|a| &a.floats[..])
    }
    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        self.attribute(name).map(|a| &a.ints[..])
    }
    pub fn text(&self, name: &str, default: &'static str) -> String {
        let bytes = self.attribute(name).and_then(|a| a.s.as_deref());
        bytes.map_or(default.to_string(), |b| String::from_utf8_lossy(b).into_owned())
    }
    pub fn tensor(&self, name: &str) -> Option<&TensorProto> {
        self.attribute(name)?.t.as_ref()
    }
    /// Whole numbers of an attribute, or, as in later versions, of input `i`.
    pub fn numbers(&self, name: &str, i: usize) -> Result<Option<Vec<i64>>, StoreError> {
        if let Some(ints) = self.ints(name) {
            return Ok(Some(ints.to_vec()));
        }
        match self.optional(i)? {
            None => Ok(None),
            Some(constant) => match constant.whole_numbers() {
                Some(numbers) => Ok(Some(numbers.to_vec())),
                None => Err(self.wrong(format!("its input {i} has to hold whole numbers"))),
            },
        }
    }
    /// Axes from 0 on, of a value of this rank; those from the end are counted from −1.
    pub fn axis(&self, axis: i64, rank: usize) -> Result<usize, StoreError> {
        let from_start = if axis < 0 { axis.saturating_add(rank as i64) } else { axis };
        usize::try_from(from_start)
            .ok()
            .filter(|axis| *axis < rank)
            .ok_or_else(|| self.wrong(format!("axis {axis} of {rank} axes")))
    }
}
