//! A network to a file.

use super::value::{string, value};
use super::{INPUT, INPUTS, LAYERS, NAME, NORMALIZE, OUTPUTS, TYPE};
use sparring_math::grammar::Call;
use sparring_nn::layers::{self, Normalize};
use sparring_nn::{AnyLayer, Graph, Source};

/// A network as a TOML file, one layer a line, that [`parse_spec`](crate::parse_spec) reads back as an equal one.
pub fn spec_text(graph: &Graph) -> String {
    let head = normalized(graph);
    let mut text = format!("{INPUT} = {:?}\n", graph.input);
    let skipped = usize::from(head.is_some());
    if let Some(layer) = head {
        text += &format!("{NORMALIZE} = {{ {} }}\n", fields(&layer.to_string()).1);
    }
    let name = |source: &Source| match *source {
        Source::Node(i) if i >= skipped => string(&graph.nodes[i].name),
        _ => string(INPUT),
    };
    text += &format!("{LAYERS} = [\n");
    for (i, node) in graph.nodes.iter().enumerate().skip(skipped) {
        let (kind, arguments) = fields(&short(&node.layer));
        let mut keys = vec![format!("{TYPE} = {kind}")];
        keys.extend((!arguments.is_empty()).then_some(arguments));
        if node.name != (i - skipped).to_string() {
            keys.push(format!("{NAME} = {}", string(&node.name)));
        }
        if node.inputs != [i.checked_sub(1).map_or(Source::Input, Source::Node)] {
            let inputs: Vec<_> = node.inputs.iter().map(name).collect();
            keys.push(format!("{INPUTS} = [{}]", inputs.join(", ")));
        }
        text += &format!("  {{ {} }},\n", keys.join(", "));
    }
    text += "]\n";
    if !graph.outputs.is_empty() {
        let outputs: Vec<_> = graph.outputs.iter().map(|&i| string(&graph.nodes[i].name)).collect();
        text += &format!("{OUTPUTS} = [{}]\n", outputs.join(", "));
    }
    text
}

/// The first node, if it standardises the input for all others.
fn normalized(graph: &Graph) -> Option<&AnyLayer> {
    let (first, rest) = graph.nodes.split_first()?;
    let alone = first.inputs == [Source::Input] && !rest.iter().any(|n| n.inputs.contains(&Source::Input));
    let is_head = alone && first.name == NORMALIZE && !graph.outputs.contains(&0) && !rest.is_empty();
    (is_head && first.layer.as_layer::<Normalize>().is_some()).then_some(&first.layer)
}

/// The layer as text, by a short name where that stands for it: an activation's own, `max_pool2d`.
fn short(layer: &AnyLayer) -> String {
    if let Some(text) = layer.activation_text() {
        return text;
    }
    let text = layer.to_string();
    let Some((_, arguments)) = text.split_once('(') else { return text };
    let table = layers::table();
    let own = table.iter().find(|info| info.entry.name == layer.tag());
    let names = own.into_iter().flat_map(|info| info.short).map(|(name, (parameter, value))| {
        let given = format!("{parameter}={value}");
        let rest: Vec<&str> = arguments.trim_end_matches(')').split(", ").filter(|a| *a != given).collect();
        format!("{name}({})", rest.join(", "))
    });
    let same = |name: &String| name.parse::<AnyLayer>().as_ref() == Ok(layer);
    names.into_iter().find(same).unwrap_or(text)
}

/// Name and arguments of a call as values of the file.
fn fields(text: &str) -> (String, String) {
    let Ok(call) = Call::parse(text) else { return (string(text), String::new()) };
    let pairs =
        call.arguments.iter().filter_map(|(key, text)| Some(format!("{} = {}", (*key)?, value(text))));
    (string(call.name), pairs.collect::<Vec<_>>().join(", "))
}
