//! A network on a page: its layers as a table, its spec as data.

use crate::cli::options::AskedNet;
use sparring::math::named::Family as _;
use sparring::models::Arch;
use sparring::nn::{Graph, Summary};
use sparring_report::html::{Block, Cell, Code, Details, Table};

/// The network that was asked for, in words.
pub(crate) fn asked(net: &AskedNet, graph: &Graph) -> String {
    match net {
        AskedNet::Named(arch) => network(arch, graph),
        AskedNet::File(..) => net.to_string(),
    }
}

/// An architecture in words: its name with the parameters that were chosen, its activation, and its layers where they are those of the name alone.
pub(crate) fn network(arch: &Arch, graph: &Graph) -> String {
    let activation = arch.activation().map_or(String::new(), |of| format!(", {of}"));
    let usual = Arch::TABLE.at_defaults().into_iter().find(|usual| usual.name() == arch.name());
    let but_activation = |of: &Arch| {
        let all = of.settings_as_text();
        all.into_iter().filter(|(name, _)| *name != "activation").collect::<Vec<_>>()
    };
    let is_usual = usual.is_some_and(|usual| but_activation(&usual) == but_activation(arch));
    if is_usual && graph.input == [1, 28, 28] {
        format!("{arch} ({}){activation}", arch.info().layers)
    } else {
        format!("{arch}{activation}")
    }
}

/// Layers, outputs, parameters, cost of one example, and how each runs; `marked` is set off.
pub(crate) fn table(caption: impl Into<String>, summary: &Summary, marked: Option<usize>) -> Block {
    let times = |shape: &[usize]| shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
    let memory = |mib: f64| -> Cell { format!("{mib:.4}").into() };
    let row = |r: &sparring::nn::LayerRow| -> Vec<Cell> {
        let parameters = if r.parameters == 0 { "–".to_string() } else { r.parameters.to_string() };
        vec![
            r.name.as_str().into(),
            r.kind.as_str().into(),
            times(&r.output).into(),
            parameters.into(),
            r.mul_adds.to_string().into(),
            memory(r.activation_mib()),
            r.runs().into(),
        ]
    };
    let mut rows: Vec<_> = summary.rows.iter().map(row).collect();
    rows.push(vec![
        "total".into(),
        "".into(),
        "".into(),
        summary.parameters.to_string().into(),
        summary.mul_adds.to_string().into(),
        memory(summary.activation_mib()),
        "".into(),
    ]);
    Block::Table(Table {
        caption: caption.into(),
        headers: ["layer", "kind", "output", "parameters", "multiply-adds", "MiB an example", "runs"]
            .map(String::from)
            .to_vec(),
        rows,
        highlight: marked.into_iter().collect(),
    })
}

/// The networks as data, to be opened.
pub(crate) fn spec(spec: &impl serde::Serialize) -> serde_json::Result<Block> {
    let text = serde_json::to_string_pretty(spec)?;
    let code = Code { caption: "as `config.json` and the weights file hold it".into(), text };
    Ok(Block::Details(Details { summary: "The network as data".into(), blocks: vec![Block::Code(code)] }))
}
