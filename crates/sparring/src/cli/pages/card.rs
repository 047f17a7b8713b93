//! Attack cards in words.

use sparring::attacks::{AttackCard, AttackResult};
use sparring_report::html::{Block, Cell, Details, Table};

/// A setting of a card in words, `name=value` as the attack wrote it.
fn setting(text: &str) -> String {
    let Some((name, value)) = text.split_once('=') else { return text.to_string() };
    match (name, value) {
        ("stop", "when_fooled") => "each image until it is misclassified".into(),
        ("stop", "never") => "all steps on every image".into(),
        ("start", "clean") => "start at the image".into(),
        ("start", value) => format!("{value} start"),
        ("step_size", value) => format!("step {value}"),
        ("loss", value) => format!("loss {value}"),
        (name, value) => format!("{} {value}", name.replace('_', " ")),
    }
}

/// How often it stepped and from how many starts.
fn effort(card: &AttackCard) -> Option<String> {
    let many = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    match (card.steps, card.restarts) {
        (0, 0 | 1) => None,
        (0, n) => Some(many(n, "sample")),
        (steps, 0 | 1) => Some(many(steps, "step")),
        (steps, n) => Some(format!("{}, {n} restarts", many(steps, "step"))),
    }
}

/// All settings of an attack in words.
pub(crate) fn words(card: &AttackCard) -> String {
    let settings = card.parameters.split(' ').filter(|s| !s.is_empty()).map(setting);
    let proposals = card.proposals.iter().map(|by| format!("proposals found in {by}"));
    effort(card).into_iter().chain(settings).chain(proposals).collect::<Vec<_>>().join(", ")
}

/// The cards, to be opened.
pub(crate) fn cards<'a>(attacks: impl IntoIterator<Item = &'a AttackResult>) -> Block {
    let (mut rows, mut keys): (Vec<Vec<Cell>>, Vec<&str>) = (Vec::new(), Vec::new());
    for AttackResult { card, .. } in attacks {
        rows.push(vec![
            card.attack.as_str().into(),
            format!("{} {}", card.norm, card.eps).into(),
            words(card).into(),
            format!("{}; {} box", card.paper, card.access).into(),
            card.n.to_string().into(),
        ]);
        if !keys.contains(&card.key.as_str()) {
            keys.push(&card.key);
        }
    }
    let table = Table {
        caption: "Every parameter, so that each figure can be repeated.".into(),
        headers: ["attack", "budget eps", "settings", "source", "images"].map(String::from).to_vec(),
        rows,
        ..Table::default()
    };
    let keys = Block::facts(keys.into_iter().map(|key| ("key of the randomness", format!("`{key}`"))));
    Block::Details(Details { summary: "Attack cards".into(), blocks: vec![Block::Table(table), keys] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring::attacks::{Access, AnyNorm};

    #[test]
    fn settings_are_words() {
        let card = AttackCard {
            attack: "pgd".into(),
            paper: "Madry".into(),
            access: Access::White,
            norm: AnyNorm::Linf,
            eps: 0.3,
            steps: 40,
            restarts: 1,
            parameters: "step_size=eps/30 start=random loss=cross-entropy stop=when_fooled new_one=3".into(),
            key: "00".into(),
            n: 5,
            survivors: 3,
            forwards: 200,
            backwards: 200,
            version: "0".into(),
            proposals: None,
        };
        let words = words(&card);
        assert_eq!(
            words,
            "40 steps, step eps/30, random start, loss cross-entropy, each image until it is misclassified, new one 3"
        );
        assert!(!words.contains('=') && !words.contains('_'));
    }
}
