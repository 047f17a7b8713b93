//! From the operators of a file to a network.

use super::builder::Builder;
use super::call::{Call, Value};
use super::constant::{Constant, converted};
use super::live::Live;
use super::proto::{GraphProto, ModelProto, NodeProto, ValueInfoProto};
use super::{dense, elementwise, image, shapes};
use crate::terminal::{NAME, shown};
use crate::{LoadNote, StoreError};
use sparring_nn::{Network, Source};
use std::collections::{BTreeMap, BTreeSet, HashMap};

type Read = fn(&Call<'_>, &mut Builder) -> Result<Value, StoreError>;

/// Operators that are read, in the order of their names.
const OPERATORS: &[(&str, Read)] = &[
    ("Add", elementwise::binary),
    ("AveragePool", image::pool),
    ("BatchNormalization", image::batch_norm),
    ("Cast", shapes::cast),
    ("Celu", elementwise::activated),
    ("Clip", elementwise::clip),
    ("Concat", shapes::join),
    ("Constant", shapes::constant),
    ("Conv", image::conv),
    ("ConvTranspose", image::conv_transpose),
    ("Div", elementwise::binary),
    ("Dropout", shapes::same),
    ("Elu", elementwise::activated),
    ("Flatten", shapes::flatten),
    ("Gather", shapes::gather),
    ("Gelu", elementwise::activated),
    ("Gemm", dense::gemm),
    ("GlobalAveragePool", image::global_mean),
    ("GlobalMaxPool", image::global_max),
    ("Greater", elementwise::greater),
    ("HardSigmoid", elementwise::hard),
    ("HardSwish", elementwise::hard),
    ("Identity", shapes::same),
    ("InstanceNormalization", image::instance_norm),
    ("LayerNormalization", image::layer_norm),
    ("LeakyRelu", elementwise::activated),
    ("LogSoftmax", shapes::softmax),
    ("MatMul", dense::matmul),
    ("MaxPool", image::pool),
    ("Mish", elementwise::activated),
    ("Mul", elementwise::binary),
    ("Neg", elementwise::negative),
    ("PRelu", elementwise::prelu),
    ("Pad", shapes::pad),
    ("ReduceMean", image::global_mean),
    ("ReduceProd", shapes::product),
    ("Relu", elementwise::activated),
    ("Reshape", shapes::reshape),
    ("Selu", elementwise::activated),
    ("Shape", shapes::shape),
    ("Sigmoid", elementwise::activated),
    ("Slice", shapes::slice),
    ("Softmax", shapes::softmax),
    ("Softplus", elementwise::activated),
    ("Squeeze", shapes::squeeze),
    ("Sub", elementwise::binary),
    ("Sum", elementwise::sum),
    ("Tanh", elementwise::activated),
    ("Transpose", shapes::transpose),
    ("Unsqueeze", shapes::squeeze),
    ("Where", elementwise::choice),
];

/// Most numbers that a file may compute of constants: shapes, statistics.
const MOST_COMPUTED: usize = 1 << 24;
/// Operators of older versions take other arguments.
const OLDEST: i64 = 7;
/// The newest version that was looked at.
const NEWEST: i64 = 25;

fn reader(node: &NodeProto) -> Option<Read> {
    let own = node.domain.is_empty() || node.domain == "ai.onnx";
    OPERATORS.iter().find(|(name, _)| own && *name == node.op_type).map(|(_, read)| *read)
}

/// The network's input: its name, the batch where that is fixed, and the axes of an example.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    name: &'a str,
    batch: Option<i64>,
    pub axes: Vec<usize>,
}

/// The one input that is no weight.
pub(super) fn entry(graph: &GraphProto) -> Result<Entry<'_>, StoreError> {
    let weights: BTreeSet<&str> = graph.initializer.iter().map(|t| t.name.as_str()).collect();
    let inputs: Vec<&ValueInfoProto> =
        graph.input.iter().filter(|input| !weights.contains(input.name.as_str())).collect();
    let [input] = inputs[..] else {
        return Err(StoreError::onnx(match &inputs[..] {
            [] => "it has no input".into(),
            all => format!(
                "it has {} inputs, a classifier has one: {}",
                all.len(),
                some(all.iter().map(|i| &*i.name))
            ),
        }));
    };
    let wrong = |what: String| StoreError::onnx(format!("its input `{}` {what}", shown(&input.name, NAME)));
    let tensor = input.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let tensor = tensor.ok_or_else(|| wrong("is no tensor".into()))?;
    if tensor.elem_type != super::proto::FLOAT && converted(tensor.elem_type).is_none() {
        return Err(wrong(format!("takes numbers of ONNX's type {}, examples are floats", tensor.elem_type)));
    }
    let dims = tensor.shape.as_ref().map_or(&[][..], |shape| &shape.dim);
    let Some((batch, axes)) =
        dims.split_first().filter(|(_, axes)| !axes.is_empty() && axes.len() <= shapes::MOST_AXES)
    else {
        return Err(wrong(format!("has {} axes; the batch and those of an example are needed", dims.len())));
    };
    let extent = |(i, d): (usize, &super::proto::Dimension)| match d.dim_value.map(usize::try_from) {
        Some(Ok(n)) if (1..=1 << 28).contains(&n) => Ok(n),
        _ => {
            let said = d
                .dim_param
                .as_deref()
                .map_or_else(|| format!("{:?}", d.dim_value.unwrap_or(0)), |p| shown(p, NAME));
            Err(wrong(format!(
                "has no fixed extent of axis {}: {said}; export the network for examples of one shape",
                i + 1
            )))
        }
    };
    let axes: Vec<usize> = axes.iter().enumerate().map(extent).collect::<Result<_, _>>()?;
    axes.iter()
        .try_fold(1usize, |n, &d| n.checked_mul(d))
        .filter(|n| *n <= 1 << 28)
        .ok_or_else(|| wrong(format!("takes examples of {axes:?}, more than this program will hold")))?;
    Ok(Entry { name: &input.name, batch: batch.dim_value.filter(|b| *b > 0), axes })
}

/// The first few names.
fn some<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(4);
    let first: Vec<String> = names.take(4).map(|n| format!("`{}`", shown(n, NAME))).collect();
    if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
}

/// The nodes that the output needs, in their order; each may read what stands before it alone.
fn needed(graph: &GraphProto) -> Result<(Vec<&NodeProto>, &str), StoreError> {
    let [output] = &graph.output[..] else {
        return Err(StoreError::onnx(match graph.output.len() {
            0 => "it has no output".into(),
            n => format!(
                "it has {n} outputs, a classifier has one: {}; export it with its logits alone",
                some(graph.output.iter().map(|o| &*o.name))
            ),
        }));
    };
    let mut wanted = BTreeSet::from([output.name.as_str()]);
    let mut nodes = Vec::new();
    for node in graph.node.iter().rev() {
        if node.output.iter().any(|o| !o.is_empty() && wanted.contains(o.as_str())) {
            wanted.extend(node.input.iter().filter(|i| !i.is_empty()).map(String::as_str));
            nodes.push(node);
        }
    }
    nodes.reverse();
    Ok((nodes, &output.name))
}

/// Refuses operators that are not read, all at once.
fn all_read(nodes: &[&NodeProto]) -> Result<(), StoreError> {
    let mut unread: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for node in nodes.iter().filter(|node| reader(node).is_none()) {
        let name = if node.name.is_empty() { node.output.first().map_or("", |o| o) } else { &node.name };
        unread.entry((&node.domain, &node.op_type)).or_default().push(name);
    }
    if unread.is_empty() {
        return Ok(());
    }
    let one = |((domain, op), names): (&(&str, &str), &Vec<&str>)| {
        let from = if domain.is_empty() { String::new() } else { format!("{}.", shown(domain, NAME)) };
        format!("{from}{} ({})", shown(op, NAME), some(names.iter().copied()))
    };
    let all = unread.iter().map(one).collect::<Vec<_>>().join(", ");
    Err(StoreError::Operators { what: format!("operators of ONNX that are not read: {all}") })
}

/// `[channels, height, width]` of the network for the file's input: that of the data where they have as many numbers in the same order.
fn input_for(axes: &[usize], data: Option<[usize; 3]>) -> [usize; 3] {
    let long = |axes: &[usize]| axes.iter().copied().filter(|d| *d != 1).collect::<Vec<_>>();
    let n: usize = axes.iter().product();
    if let Some(data) = data {
        let is_flat = long(axes).len() <= 1 && data.iter().product::<usize>() == n;
        if is_flat || long(axes) == long(&data) {
            return data;
        }
    }
    match *axes {
        [c, h, w] => [c, h, w],
        [h, w] => [1, h, w],
        // The images that nets of this kind are made for.
        [784] => [1, 28, 28],
        [3072] => [3, 32, 32],
        _ => [1, 1, n],
    }
}

/// The network of a file, and what to tell of it; `data` is the shape of the examples that it is to be given.
pub(super) fn network(
    model: &ModelProto,
    data: Option<[usize; 3]>,
) -> Result<(Network<f32>, Vec<LoadNote>), StoreError> {
    let graph = model.graph.as_ref().ok_or_else(|| StoreError::onnx("it holds no graph"))?;
    let own = model.opset_import.iter().find(|o| o.domain.is_empty() || o.domain == "ai.onnx");
    let opset = own.map_or(0, |o| o.version);
    if opset < OLDEST {
        return Err(StoreError::onnx(format!(
            "operators of version {opset}; version {OLDEST} and later are read: onnx.version_converter.convert_version(onnx.load(FILE), 17)"
        )));
    }
    let entry = entry(graph)?;
    let (nodes, output) = needed(graph)?;
    all_read(&nodes)?;
    let mut uses: HashMap<&str, usize> = HashMap::from([(output, 1)]);
    nodes.iter().flat_map(|n| &n.input).for_each(|name| *uses.entry(name).or_default() += 1);

    let is_transposed = |n: &&&NodeProto| n.input.iter().any(|i| i == entry.name);
    let readers: Vec<_> = nodes.iter().filter(is_transposed).collect();
    let to_front = |n: &NodeProto| {
        n.op_type == "Transpose" && n.attribute.iter().any(|a| a.name == "perm" && a.ints == [0, 3, 1, 2])
    };
    let channels_last = entry.axes.len() == 3 && !readers.is_empty() && readers.iter().all(|n| to_front(n));
    let axes =
        if channels_last { vec![entry.axes[2], entry.axes[0], entry.axes[1]] } else { entry.axes.clone() };
    let claimed = graph.initializer.iter().filter_map(|t| t.name.strip_suffix(".weight"));
    let mut b =
        Builder::new(input_for(&axes, data), claimed.filter(|n| n.len() <= 128).map(String::from).collect());
    let shape = input_for(&axes, data).to_vec();
    let x = Live::new(Source::Input, shape).seen_as(axes, "");
    let x = if channels_last { Value::ChannelsLast(x) } else { Value::Live(x) };
    let mut values: HashMap<&str, Value> = HashMap::from([(entry.name, x)]);
    if channels_last {
        b.tell("its input has the channels last; examples are given to it with the channels first");
    }
    let mut counts = BTreeMap::new();
    for tensor in &graph.initializer {
        if uses.contains_key(tensor.name.as_str()) {
            values.insert(&tensor.name, Constant::read(tensor)?.into());
            converted(tensor.data_type).into_iter().for_each(|from| *counts.entry(from).or_insert(0) += 1);
        }
    }
    b.notes.extend(counts.into_iter().map(|(from, tensors)| LoadNote::Converted { from, tensors }));
    if opset > NEWEST {
        b.tell(format!("operators of version {opset} are read as those of version {NEWEST}"));
    }

    let mut computed = 0usize;
    for node in &nodes {
        let read = reader(node).expect("all operators were looked at");
        let value = |name: &String| {
            if name.is_empty() {
                return Ok(None);
            }
            values.get(name.as_str()).cloned().map(Some).ok_or_else(|| missing(graph, node, name))
        };
        let inputs = node.input.iter().map(value).collect::<Result<Vec<_>, _>>()?;
        let once = node.input.iter().map(|i| uses.get(i.as_str()) == Some(&1)).collect();
        let call = Call { node, inputs, once, opset, batch: entry.batch };
        let nodes_before = b.len();
        let mut made = read(&call, &mut b)?;
        // An operator without a layer of its own is a second name for what it reads.
        if let (Value::Live(x) | Value::Above(x, _) | Value::ChannelsLast(x), true) =
            (&made, b.len() == nodes_before)
        {
            b.share(x.source);
        }
        let Some(name) = node.output.first().filter(|o| !o.is_empty()) else { continue };
        if let Value::Live(live) = &made {
            // What several read is computed once.
            if uses.get(name.as_str()).is_some_and(|n| *n > 1) && live.border == [0; 4] {
                made = b.plain(call.name(), live.clone())?.into();
            }
        }
        computed += match &made {
            Value::Constant(c) => c.numbers.len(),
            Value::Live(x) | Value::Above(x, _) | Value::ChannelsLast(x) => x.scale.len() + x.shift.len(),
        };
        if computed > MOST_COMPUTED {
            return Err(
                call.wrong(format!("up to here more than {MOST_COMPUTED} numbers are computed of constants"))
            );
        }
        if values.insert(name, made).is_some() {
            return Err(call.wrong(format!("writes `{}`, which is written already", shown(name, NAME))));
        }
    }
    let Some(Value::Live(end)) = values.get(output).cloned() else {
        return Err(match values.contains_key(output) {
            true => StoreError::onnx("its output does not depend on its input"),
            false => StoreError::onnx(format!("nothing writes its output `{}`", shown(output, NAME))),
        });
    };
    let end = b.shaped(output, end)?;
    let is_softmax = |n: &sparring_nn::Node| n.layer.tag() == "softmax";
    if let Some(node) = b.node(end.source).filter(|n| is_softmax(n)) {
        let what = format!(
            "it ends in a {} (`{}`), so what it gives are no logits: losses and attacks on it are those of probabilities",
            node.layer.kind(),
            shown(&node.name, NAME)
        );
        b.tell(what);
    }
    b.finish(end.source)
}

/// Why a name that a node reads stands for nothing.
fn missing(graph: &GraphProto, node: &NodeProto, name: &str) -> StoreError {
    let at = if node.name.is_empty() { &node.op_type } else { &node.name };
    let writer = graph.node.iter().find(|n| n.output.iter().any(|o| o == name));
    let why = match writer {
        Some(writer) if writer.output.first().is_some_and(|o| o == name) => {
            "which is written later: the nodes go round in a circle, or are out of order".to_string()
        }
        Some(writer) => format!(
            "another output of {} than its first, which is not computed",
            shown(&writer.op_type, NAME)
        ),
        None => "and nothing in the file is called so".to_string(),
    };
    StoreError::onnx(format!("node `{}` reads `{}`, {why}", shown(at, NAME), shown(name, NAME)))
}
