//! A graph in a file: `{"input": [c, h, w], "layers": [{"layer": "linear", ..}, ..]}`; a node that is not called by its position has a
//! `name`, one that does not read the node before it says `from` where it does, a network with other outputs than its last node lists them.

use crate::fields::Fields;
use crate::graph::{INPUT, before};
use crate::{AnyLayer, Graph, Node, Source};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Map, Value};

/// Keys of a node beside those of its layer.
const NAME: &str = "name";
const FROM: &str = "from";

/// The file, its layers as maps of type `M`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<M> {
    input: [usize; 3],
    layers: Vec<M>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<String>,
}

fn name_of(graph: &Graph, source: Source) -> &str {
    match source {
        Source::Input => INPUT,
        Source::Node(i) => &graph.nodes[i].name,
    }
}

fn written(graph: &Graph) -> Result<Written<Fields>, serde_json::Error> {
    let mut layers = Vec::new();
    for (i, node) in graph.nodes.iter().enumerate() {
        let mut map = node.layer.to_fields()?;
        if map.contains(NAME) || map.contains(FROM) {
            let tag = node.layer.tag();
            return Err(ser::Error::custom(format!(
                "layer {tag}: `{NAME}` and `{FROM}` are no fields of a layer"
            )));
        }
        if node.name != i.to_string() {
            map.0.push((NAME.into(), node.name.clone().into()));
        }
        if node.inputs != [before(i)] {
            let from: Vec<_> = node.inputs.iter().map(|&s| name_of(graph, s)).collect();
            map.0.push((FROM.into(), from.into()));
        }
        layers.push(map);
    }
    let outputs = graph.outputs.iter().map(|&i| graph.nodes[i].name.clone()).collect();
    Ok(Written { input: graph.input, layers, outputs })
}

fn read(file: Written<Map<String, Value>>) -> Result<Graph, serde_json::Error> {
    let mut graph = Graph::new(file.input);
    for (i, mut map) in file.layers.into_iter().enumerate() {
        let at = |e: serde_json::Error| de::Error::custom(format!("layer {i}: {e}"));
        let place = |name: &str, graph: &Graph| match graph.nodes.iter().position(|n| n.name == name) {
            _ if name == INPUT => Ok(Source::Input),
            Some(j) => Ok(Source::Node(j)),
            None => Err(at(de::Error::custom(format!("no layer before it is called `{name}`")))),
        };
        let name = map.remove(NAME).map_or(Ok(i.to_string()), serde_json::from_value).map_err(at)?;
        let inputs = match map.remove(FROM) {
            None => vec![before(i)],
            Some(from) => {
                let from: Vec<String> = serde_json::from_value(from).map_err(at)?;
                from.iter().map(|n| place(n, &graph)).collect::<Result<_, _>>()?
            }
        };
        graph.nodes.push(Node { name, layer: AnyLayer::from_map(map).map_err(at)?, inputs });
    }
    for name in file.outputs {
        let place = graph.nodes.iter().position(|n| n.name == name);
        graph.outputs.push(place.ok_or_else(|| de::Error::custom(format!("no layer is called `{name}`")))?);
    }
    Ok(graph)
}

impl Serialize for Graph {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        written(self).map_err(ser::Error::custom)?.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Graph {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        read(Written::deserialize(d)?).map_err(de::Error::custom)
    }
}
