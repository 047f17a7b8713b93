//! An ONNX file, read and looked at.

use super::import::{entry, network};
use super::proto::ModelProto;
use super::scan;
use crate::open::whole;
use crate::{LoadNote, StoreError};
use prost::Message;
use prost::bytes::Bytes;
use sparring_nn::Network;
use std::path::Path;

/// Most bytes of a protocol buffer: 2 GiB, by its own rules.
const MOST: u64 = 2 << 30;

/// An ONNX file whose structure is sound; the network is made of it by [`network`](Self::network).
#[derive(Clone, Debug)]
pub struct OnnxFile {
    model: ModelProto,
}

/// Reads an ONNX file: `read_onnx(path)?.network()?` is its network.
///
/// # Errors
/// [`StoreError`] naming the file if it is no protocol buffer, or one that would take much more memory than it has bytes.
pub fn read_onnx(path: impl AsRef<Path>) -> Result<OnnxFile, StoreError> {
    let path = path.as_ref();
    OnnxFile::of(whole(path, MOST)?.into()).map_err(|e| e.at(path))
}

impl OnnxFile {
    /// As [`read_onnx`], from memory.
    ///
    /// # Errors
    /// As there.
    pub fn parse(bytes: &[u8]) -> Result<Self, StoreError> {
        Self::of(Bytes::copy_from_slice(bytes))
    }
    fn of(bytes: Bytes) -> Result<Self, StoreError> {
        scan::check(&bytes)?;
        let model = ModelProto::decode(bytes).map_err(|e| StoreError::onnx(e.to_string()))?;
        match model.graph {
            Some(_) => Ok(Self { model }),
            None => Err(StoreError::onnx("it holds no graph")),
        }
    }
    /// Who wrote it, and the version of the operators: `pytorch 2.15.0`, 17.
    pub fn written_by(&self) -> (String, i64) {
        let own = self.model.opset_import.iter().find(|o| o.domain.is_empty() || o.domain == "ai.onnx");
        let by = format!("{} {}", self.model.producer_name, self.model.producer_version);
        (by.trim().to_string(), own.map_or(0, |o| o.version))
    }
    /// The axes of an example as the file has them, the batch not counted.
    ///
    /// # Errors
    /// [`StoreError::Onnx`] if there is not one input of a fixed shape.
    pub fn example(&self) -> Result<Vec<usize>, StoreError> {
        self.model.graph.as_ref().map_or(Ok(Vec::new()), |graph| Ok(entry(graph)?.axes))
    }
    /// The network, and what to tell of it. An input of one axis is read as `[1, 1, n]`, of 784 or 3072 numbers as images of 28 x 28 pixels or of
    /// 32 x 32 in colours; one of two axes as an image of one channel.
    ///
    /// Nodes are called by the names of their weights (`fc1` for `fc1.weight`), or by their own.
    ///
    /// # Errors
    /// [`StoreError::Operators`] with every operator that is not read; [`StoreError::Onnx`] or [`StoreError::Tensor`] for the first node or tensor that
    /// cannot be a layer or weight.
    pub fn network(&self) -> Result<(Network<f32>, Vec<LoadNote>), StoreError> {
        network(&self.model, None)
    }
    /// As [`network`](Self::network), for examples `[channels, height, width]` if they are what the file takes in another shape: as many numbers in the
    /// same order.
    ///
    /// # Errors
    /// As there.
    pub fn network_for(&self, example: [usize; 3]) -> Result<(Network<f32>, Vec<LoadNote>), StoreError> {
        network(&self.model, Some(example))
    }
}
