//! Two lists of tensors beside each other.

use crate::natural::natural;
use crate::terminal::shown;

/// Most characters of a name and its shape in a column.
const COLUMN: usize = 44;

/// The tensors of the file, in the natural order of their names, beside those of the network, in its order; what fits under its own name is only counted.
pub(crate) fn side_by_side(
    wanted: &[(String, Vec<usize>)],
    found: &[(String, Vec<usize>)],
    rows: usize,
) -> String {
    let mut theirs: Vec<_> = found.iter().filter(|tensor| !wanted.contains(tensor)).collect();
    let ours: Vec<_> = wanted.iter().filter(|tensor| !found.contains(tensor)).collect();
    let fit = wanted.len() - ours.len();
    // Layers in the order of their names; in a layer as networks have it, the weight first.
    theirs.sort_by_cached_key(|(name, _)| {
        let (layer, leaf) = name.rsplit_once('.').unwrap_or(("", name));
        (natural(layer), leaf != "weight", leaf.to_string())
    });
    let cell = |tensor: Option<&(String, Vec<usize>)>| match tensor {
        Some((name, shape)) => {
            let shape = format!("{shape:?}");
            format!("{} {shape}", shown(name, COLUMN.saturating_sub(shape.len() + 1).max(12)))
        }
        None => "-".to_string(),
    };
    let all = ours.len().max(theirs.len());
    let mut lines = vec![("the file".to_string(), "the network".to_string())];
    lines.extend((0..all.min(rows)).map(|i| (cell(theirs.get(i).copied()), cell(ours.get(i).copied()))));
    let width = lines.iter().map(|(left, _)| left.chars().count()).max().unwrap_or(0);
    let mut text: Vec<_> = lines.iter().map(|(left, right)| format!("{left:<width$}  {right}")).collect();
    if all > rows {
        text.push(format!("and {} more", all - rows));
    }
    match fit {
        0 => {}
        1 => text.push("1 more tensor fits".into()),
        n => text.push(format!("{n} more tensors fit")),
    }
    text.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_stand_in_their_order() {
        let named = |list: &[(&str, &[usize])]| -> Vec<(String, Vec<usize>)> {
            list.iter().map(|(name, shape)| (name.to_string(), shape.to_vec())).collect()
        };
        let wanted = named(&[("1.weight", &[3, 2]), ("1.bias", &[3])]);
        let found = named(&[("fc10.weight", &[1]), ("fc2.bias", &[3]), ("fc2.weight", &[3, 2])]);
        let text = "the file           the network\nfc2.weight [3, 2]  1.weight [3, 2]\nfc2.bias [3]       1.bias [3]\n\
                    fc10.weight [1]    -";
        assert_eq!(side_by_side(&wanted, &found, 9), text);
        assert!(side_by_side(&wanted, &found, 1).ends_with("and 2 more"));
        // One tensor of many is missing: the others do not slip against one another.
        let (net, file) =
            (named(&[("a", &[1]), ("b", &[2]), ("c", &[3])]), named(&[("a", &[1]), ("c", &[3])]));
        assert_eq!(
            side_by_side(&net, &file, 9),
            "the file  the network\n-         b [2]\n2 more tensors fit"
        );
        let long = named(&[(&"\u{1b}".repeat(9000), &[1])]);
        assert!(
            side_by_side(&long, &[], 9).lines().all(|l| l.chars().count() < 100 && !l.contains('\u{1b}'))
        );
    }
}
