//! Text from outside on a terminal: a name in a file may hold anything, escape sequences and a megabyte included.

/// Most characters of a name that are shown.
pub(crate) const NAME: usize = 80;
/// Most characters of a message about a file that are shown.
pub(crate) const MESSAGE: usize = 400;
/// Most characters of a line of output.
pub const LINE: usize = 2000;

/// Whether a terminal would act on the character, or hide it: control characters, zero-width ones, marks that turn the direction of
/// writing, separators of lines, tags.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The character as it may be shown: itself, or its escape as Rust writes it (`\n`, `\u{1b}`).
fn escaped(c: char) -> String {
    if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }
}

/// A text from outside on one line of at most `most` characters: [hidden characters](is_hidden) as escapes, the middle of a longer text
/// left out, as ` .. `.
///
/// ```
/// use sparring_store::terminal::shown;
/// assert_eq!(shown("fc\u{1b}[2J\n", 80), "fc\\u{1b}[2J\\n");
/// assert_eq!(shown(&"ab".repeat(1000), 10), "abab .. ab");
/// ```
pub fn shown(text: &str, most: usize) -> String {
    let (mut whole, mut n) = (String::new(), 0);
    for c in text.chars() {
        let piece = escaped(c);
        n += piece.chars().count();
        if n > most {
            let room = most.saturating_sub(4);
            let mut head = taken(text.chars(), 2 * room / 3 + room % 3 / 2);
            let mut tail = taken(text.chars().rev(), room - (2 * room / 3 + room % 3 / 2));
            tail.reverse();
            head.push(" .. ".into());
            return head.into_iter().chain(tail).collect();
        }
        whole.push_str(&piece);
    }
    whole
}

/// The first characters, escaped, that need at most `room`.
fn taken(chars: impl Iterator<Item = char>, room: usize) -> Vec<String> {
    let mut left = room;
    let fit = chars.map(escaped).take_while(|piece| {
        let n = piece.chars().count();
        let fits = n <= left;
        left -= n.min(left);
        fits
    });
    fit.collect()
}

/// Every line of a text as [`shown`], at most [`LINE`] characters each: the last look at whatever goes to a terminal.
pub fn lines(text: &str) -> String {
    text.split('\n').map(|line| shown(line, LINE)).collect::<Vec<_>>().join("\n")
}

/// JSON text with [hidden characters](is_hidden) as its own escapes; they stand in strings only, so the value stays the same.
///
/// ```
/// let json = sparring_store::terminal::json("{\"a\":\"\u{9b}2J\u{202e}\"}");
/// assert_eq!(json, r#"{"a":"\u009b2J\u202e"}"#);
/// ```
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|u| out.push_str(&format!("\\u{u:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_is_left_and_nothing_is_longer_than_asked() {
        let tempting =
            ['\u{1b}', '\0', '\n', '\r', '\u{7f}', '\u{9b}', '\u{202e}', '\u{feff}', 'a', 'é', '\\'];
        let mut state = 1u32;
        for length in 0..300 {
            let text: String = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    tempting[(state >> 16) as usize % tempting.len()]
                })
                .collect();
            for most in [0, 3, 4, 5, 10, 80, 1000] {
                let out = shown(&text, most);
                assert!(out.chars().count() <= most.max(4), "{most}: {out}");
                assert!(!out.chars().any(is_hidden), "{out:?}");
            }
            let all = lines(&text);
            assert_eq!(all.split('\n').count(), text.split('\n').count());
            let quoted = serde_json::to_string(&text).unwrap();
            assert!(!json(&quoted).chars().any(is_hidden));
            assert_eq!(serde_json::from_str::<String>(&json(&quoted)).unwrap(), text);
        }
        assert_eq!(shown("conv1.weight", 80), "conv1.weight");
    }
}
