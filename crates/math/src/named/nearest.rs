//! The word that was meant.

use crate::grammar::letters;

/// The word nearest to what was written, case, `-` and `_` aside, if it is near: at most a third of its letters have to be added, left out,
/// replaced or exchanged with the next one, or one word begins the other.
///
/// ```
/// use sparring_math::named::nearest;
/// assert_eq!(nearest("adma", ["sgd", "adam", "adamw"]), Some("adam"));
/// assert_eq!(nearest("lion", ["sgd", "adam", "adamw"]), None);
/// ```
pub fn nearest<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = letters(written).take(64).collect();
    let judged = words.into_iter().map(|word| {
        let letters: Vec<char> = letters(word).collect();
        let begins = written.len() >= 2 && (letters.starts_with(&written) || written.starts_with(&letters));
        let far = distance(&written, &letters);
        (far, begins || 3 * far <= letters.len().max(written.len()), word)
    });
    judged.filter(|&(_, near, _)| near).min_by_key(|&(far, ..)| far).map(|(_, _, word)| word)
}

/// Edits that make one word of the other; two neighbours that change places are one edit.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_is_understood() {
        let words = ["leaky_relu", "relu", "gelu", "fgsm-rs", "n-fgsm", "pgd-madry-mnist"];
        for (written, meant) in [
            ("rellu", Some("relu")),
            ("leakyrleu", Some("leaky_relu")),
            ("FGSMRS", Some("fgsm-rs")),
            ("nfgm", Some("n-fgsm")),
            ("leaky", Some("leaky_relu")),
            ("pgd", Some("pgd-madry-mnist")),
            ("xyz", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, words), meant, "{written}");
        }
    }
}
