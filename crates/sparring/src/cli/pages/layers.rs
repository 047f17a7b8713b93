//! A network on a page: its layers as a table, its spec as data, and the command that trains it again.

use sparring::nn::Summary;
use sparring_report::html::{Block, Cell, Code, Details, Table};

/// Layers, outputs, parameters; `marked` is set off.
pub(crate) fn table(caption: impl Into<String>, summary: &Summary, marked: Option<usize>) -> Block {
    let times = |shape: &[usize]| shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
    let row = |r: &sparring::nn::LayerRow| -> Vec<Cell> {
        let parameters = if r.parameters == 0 { "–".to_string() } else { r.parameters.to_string() };
        vec![r.name.as_str().into(), r.kind.into(), times(&r.output).into(), parameters.into()]
    };
    let mut rows: Vec<_> = summary.rows.iter().map(row).collect();
    rows.push(vec!["total".into(), "".into(), "".into(), summary.parameters.to_string().into()]);
    Block::Table(Table {
        caption: caption.into(),
        headers: ["layer", "kind", "output", "parameters"].map(String::from).to_vec(),
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

/// A command line to copy: words a shell would take apart are quoted, long lines go on after a backslash.
pub(crate) fn again(words: &[String]) -> Block {
    const WIDTH: usize = 84;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@".contains(c);
    let (mut text, mut used) = (String::new(), 0);
    for word in words {
        let bare = !word.is_empty() && word.chars().all(plain);
        let word = if bare { word.clone() } else { format!("'{}'", word.replace('\'', r"'\''")) };
        // A flag stays with its value.
        if used > 0 && used + word.len() > WIDTH && word.starts_with("--") {
            text.push_str(" \\\n   ");
            used = 3;
        }
        if used > 0 {
            text.push(' ');
        }
        used += word.len() + 1;
        text.push_str(&word);
    }
    Block::Code(Code { caption: "To repeat:".into(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_survive_a_shell() {
        let words = ["sparring", "leaky_relu(0.2)", "it's", ""].map(String::from);
        let Block::Code(code) = again(&words) else { panic!("no code") };
        assert_eq!(code.text, r"sparring 'leaky_relu(0.2)' 'it'\''s' ''");
        let long = ["sparring".to_string(), "x".repeat(80), "--seed".to_string(), "1".to_string()];
        let Block::Code(code) = again(&long) else { panic!("no code") };
        assert!(code.text.ends_with(" \\\n    --seed 1"), "{}", code.text);
    }
}
