//! A network from a file.

use super::place::{Lines, unknown};
use super::value::{names_of, quoted, text_of, wrong};
use super::{INPUT, INPUTS, LAYERS, NAME, NORMALIZE, OUTPUTS, TYPE};
use crate::StoreError;
use crate::limits::MAX_DOCUMENT;
use sparring_math::grammar::Call;
use sparring_math::named::nearest;
use sparring_nn::{AnyLayer, Graph, NnError, Node, Source};
use sparring_tensor::Shape;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a network that somebody wrote as a TOML file.
///
/// # Errors
/// As [`parse_spec`], naming the file; [`StoreError::Io`].
pub fn read_spec(path: impl AsRef<Path>) -> Result<Graph, StoreError> {
    let path = path.as_ref();
    let io = |source| StoreError::Io { action: "read", path: path.to_path_buf(), source };
    // Asked before opening: opening a pipe would wait for its other end.
    if !path.metadata().map_err(io)?.is_file() {
        return Err(io(std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a file")));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(io)?.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes).map_err(io)?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
        wrong(line, "no text in UTF-8").at(path)
    })?;
    parse_spec(&text).map_err(|e| e.at(path))
}

/// A network from the text of a TOML file: `input`, perhaps `normalize`, and `layers` by torch.nn's names, arguments and defaults.
///
/// ```
/// let graph = sparring_store::parse_spec(r#"
///     input = [1, 28, 28]
///     normalize = { mean = [0.1307], std = [0.3081] }       # not counted as a layer
///     layers = [
///       { type = "Conv2d", in_channels = 1, out_channels = 16, kernel_size = 4, stride = 2, padding = 1 },
///       { type = "relu" },
///       { type = "flatten" },
///       { type = "linear", in = 3136, out = 10, name = "fc1" },
///     ]"#)?;
/// let names: Vec<String> = graph.parameters("").into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["0.weight", "0.bias", "fc1.weight", "fc1.bias"]);
/// assert_eq!(sparring_store::parse_spec(&sparring_store::spec_text(&graph))?, graph);
/// let e = sparring_store::parse_spec("input = [784]\nlayers = [{ type = \"linaer\" }]").unwrap_err();
/// assert!(e.to_string().starts_with("line 2: layer `0`: no layer is called `linaer` (did you mean `linear`?)"));
/// # Ok::<(), sparring_store::StoreError>(())
/// ```
///
/// # Errors
/// [`StoreError::Spec`] with the line, the layer, what is wrong and what was probably meant: no TOML, an unknown key, a layer or argument that is not there, layers
/// that do not fit one another, a network larger than this program will [build](sparring_nn::Cost).
pub fn parse_spec(text: &str) -> Result<Graph, StoreError> {
    let got = text.len() as u64;
    if got > MAX_DOCUMENT {
        return Err(StoreError::TooLarge { what: "a network's file in bytes", got, limit: MAX_DOCUMENT });
    }
    let lines = Lines(text);
    let root =
        DeTable::parse(text).map_err(|e| wrong(lines.at(e.span().map_or(0, |s| s.start)), e.message()))?;
    let keys = [INPUT, NORMALIZE, LAYERS, OUTPUTS];
    let mut found: BTreeMap<&str, &Spanned<DeValue<'_>>> = BTreeMap::new();
    for (key, value) in root.get_ref().iter() {
        let Some(own) = keys.iter().find(|own| *own == key.get_ref()) else {
            return Err(wrong(lines.of(key), unknown("the file", key.get_ref(), &keys)));
        };
        found.insert(own, value);
    }
    let needed = |key| found.get(key).copied().ok_or_else(|| wrong(1, format!("the key `{key}` is missing")));
    let mut reader = Reader::new(lines, needed(INPUT)?)?;
    if let Some(table) = found.get(NORMALIZE) {
        reader.normalize(table)?;
    }
    let layers = needed(LAYERS)?;
    let DeValue::Array(items) = layers.get_ref() else {
        return Err(wrong(
            lines.of(layers),
            "`layers` is a list of tables: layers = [{ type = \"flatten\" }, ..]",
        ));
    };
    for (i, item) in items.iter().enumerate() {
        reader.layer(i, item)?;
    }
    reader.finish(found.get(OUTPUTS).copied())
}

struct Reader<'a> {
    lines: Lines<'a>,
    graph: Graph,
    /// What the first layer reads.
    head: Source,
    /// The output of each node for one example.
    shapes: Vec<Shape>,
    /// Position and line of each node by its name.
    places: BTreeMap<String, (usize, usize)>,
}

impl<'a> Reader<'a> {
    fn new(lines: Lines<'a>, input: &Spanned<DeValue<'_>>) -> Result<Self, StoreError> {
        let must =
            "`input` is [channels, height, width], as in [1, 28, 28], or [numbers] of a vector, as in [784]";
        let refused = || wrong(lines.of(input), must);
        let DeValue::Array(items) = input.get_ref() else { return Err(refused()) };
        let numbers = items.iter().take(4).map(|item| text_of(item.get_ref()).ok()?.parse::<usize>().ok());
        let input_shape = match numbers.collect::<Option<Vec<_>>>().as_deref() {
            Some(&[c, h, w]) => [c, h, w],
            Some(&[n]) => [1, 1, n],
            _ => return Err(refused()),
        };
        let graph = Graph::new(input_shape);
        graph.validate().map_err(|e| wrong(lines.of(input), told(&e)))?;
        Ok(Self { lines, graph, head: Source::Input, shapes: Vec::new(), places: BTreeMap::new() })
    }
    fn normalize(&mut self, value: &Spanned<DeValue<'_>>) -> Result<(), StoreError> {
        let line = self.lines.of(value);
        let DeValue::Table(table) = value.get_ref() else {
            return Err(wrong(
                line,
                "`normalize` is a table: normalize = { mean = [0.1307], std = [0.3081] }",
            ));
        };
        let arguments = self.arguments(table, &[])?;
        let layer = layer(NORMALIZE, &arguments).map_err(|e| wrong(line, e))?;
        self.push(NORMALIZE.into(), layer, vec![Source::Input], line)?;
        self.head = self.graph.last();
        Ok(())
    }
    /// The entries of a table as arguments, but for those of `keys`.
    fn arguments(&self, table: &DeTable<'_>, keys: &[&str]) -> Result<Vec<(String, String)>, StoreError> {
        let own = table.iter().filter(|(key, _)| !keys.contains(&key.get_ref().as_ref()));
        own.map(|(key, value)| match text_of(value.get_ref()) {
            Ok(text) => Ok((key.get_ref().to_string(), text)),
            Err(is) => Err(wrong(self.lines.of(value), format!("{} is {is}", quoted(key.get_ref())))),
        })
        .collect()
    }
    fn layer(&mut self, i: usize, item: &Spanned<DeValue<'_>>) -> Result<(), StoreError> {
        let line = self.lines.of(item);
        let DeValue::Table(table) = item.get_ref() else {
            return Err(wrong(line, format!("layer {i} is no table: {{ type = \"relu\" }}")));
        };
        let text = |key: &str| match table.get(key).map(|value| (self.lines.of(value), value.get_ref())) {
            None => Ok(None),
            Some((_, DeValue::String(text))) => Ok(Some(text.to_string())),
            Some((line, _)) => Err(wrong(line, format!("layer {i}: `{key}` is a text in quotes"))),
        };
        let name = text(NAME)?.unwrap_or_else(|| i.to_string());
        let of = |what: &dyn std::fmt::Display| format!("layer {}: {what}", quoted(&name));
        let Some(kind) = text(TYPE)? else {
            let known = [TYPE, NAME, INPUTS];
            let slip =
                table.keys().find_map(|key| nearest(key.get_ref(), [TYPE]).map(|_| key.get_ref().clone()));
            let what =
                slip.map_or("`type` is missing: type = \"linear\"".into(), |key| unknown("it", &key, &known));
            return Err(wrong(line, of(&what)));
        };
        if self.places.contains_key(&name) || name.is_empty() || name == INPUT {
            return Err(wrong(line, of(&"the name is taken or no name; give the layer another")));
        }
        let arguments = self.arguments(table, &[TYPE, NAME, INPUTS])?;
        let layer = layer(&kind, &arguments).map_err(|e| wrong(line, of(&e)))?;
        let inputs = match table.get(INPUTS) {
            None if self.graph.nodes.is_empty() => vec![self.head],
            None => vec![self.graph.last()],
            Some(value) => {
                let line = self.lines.of(value);
                let names = names_of(value.get_ref());
                let names = names
                    .ok_or_else(|| wrong(line, of(&"`inputs` is a list of names: [\"conv1\", \"input\"]")))?;
                names
                    .iter()
                    .map(|n| self.place(n))
                    .collect::<Result<_, _>>()
                    .map_err(|e| wrong(line, of(&e)))?
            }
        };
        self.push(name, layer, inputs, line)
    }
    /// The node of this name, or what the first layer reads.
    fn place(&self, name: &str) -> Result<Source, String> {
        match self.places.get(name) {
            _ if name == INPUT => Ok(self.head),
            Some(&(node, _)) => Ok(Source::Node(node)),
            None => {
                let known = self.places.keys().map(String::as_str).chain([INPUT]);
                let meant =
                    nearest(name, known).map_or(String::new(), |n| format!(" (did you mean {}?)", quoted(n)));
                Err(format!("no layer before it is called {}{meant}", quoted(name)))
            }
        }
    }
    /// A node, its shapes checked at once so that an error has its line.
    fn push(
        &mut self,
        name: String,
        layer: AnyLayer,
        inputs: Vec<Source>,
        line: usize,
    ) -> Result<(), StoreError> {
        let [c, h, w] = self.graph.input;
        let of = |source: &Source| match *source {
            Source::Input => Shape::new(&[1, c, h, w]),
            Source::Node(i) => self.shapes[i],
        };
        let shape = layer.shape(&inputs.iter().map(of).collect::<Vec<_>>());
        let shape =
            shape.map_err(|e| wrong(line, format!("layer {} ({}): {}", quoted(&name), e.path, e.what)))?;
        self.shapes.push(shape);
        self.places.insert(name.clone(), (self.graph.nodes.len(), line));
        self.graph.nodes.push(Node { name, layer, inputs });
        Ok(())
    }
    fn finish(mut self, outputs: Option<&Spanned<DeValue<'_>>>) -> Result<Graph, StoreError> {
        if let Some(value) = outputs {
            let line = self.lines.of(value);
            let names =
                names_of(value.get_ref()).ok_or_else(|| wrong(line, "`outputs` is a list of names"))?;
            for name in names {
                match self.place(&name).map_err(|e| wrong(line, e.replace(" before it", "")))? {
                    Source::Node(i) => self.graph.outputs.push(i),
                    Source::Input => return Err(wrong(line, "the input is no output")),
                }
            }
        }
        let line = |name: &str| self.places.get(name).map_or(1, |&(_, line)| line);
        self.graph.validate().map_err(|e| match &e {
            NnError::Spec { layer, .. } => wrong(line(layer), told(&e)),
            _ => wrong(1, told(&e)),
        })?;
        self.graph.cost().map_err(|e| {
            let layer = e.path.rsplit_once(" (").map_or("", |(name, _)| name);
            wrong(line(layer), format!("layer {e}"))
        })?;
        Ok(self.graph)
    }
}

fn told(e: &NnError) -> String {
    e.to_string()
}

/// The layer of this name with these arguments.
fn layer(kind: &str, arguments: &[(String, String)]) -> Result<AnyLayer, String> {
    let arguments = arguments.iter().map(|(key, text)| (Some(key.as_str()), text.as_str())).collect();
    AnyLayer::from_call(&Call { name: kind, arguments }).map_err(|e| e.to_string())
}
