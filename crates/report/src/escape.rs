//! Text into HTML, SVG and attributes: escaped, shortened, and with nothing invisible in it.
//!
//! A text may come from a file or a user, so that neither its length nor its characters can be trusted.

/// The longest word that is shown whole: a longer one is a digest, a path or an accident.
const WORD: usize = 72;
/// The longest name, heading or cell that is shown whole, in characters.
const NAME: usize = 200;
/// The longest running text.
const PROSE: usize = 4_000;
/// What a `title` attribute may hold of a text that was shortened.
const WHOLE: usize = 2_000;

/// Whether `c` would change the text around it without being seen itself: control characters (XML forbids them even
/// escaped), marks that turn the direction of the text, and characters without width.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{061C}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Appends `text` so that it reads as text, both between tags and inside a double-quoted attribute.
///
/// What cannot be seen is written as its number (`\u{1b}`); tab and line feed stay.
pub(crate) fn escape_into(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(c),
            c if is_invisible(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
}

/// Whether `text` has more than `most` characters, without counting them all.
fn is_longer(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_some()
}

/// The first and the last characters of `text`, `most` in all, with an ellipsis between; `None` if it fits.
fn shortened(text: &str, most: usize) -> Option<String> {
    if !is_longer(text, most) {
        return None;
    }
    let tail = most / 4;
    let mut short: String = text.chars().take(most - tail - 1).collect();
    short.push('…');
    let from = text.char_indices().rev().nth(tail.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    short.push_str(&text[from..]);
    Some(short)
}

/// Appends a name where no tag may stand (an attribute, a text of an SVG): escaped, and shortened.
pub(crate) fn name_into(text: &str, out: &mut String) {
    capped_into(text, NAME, out);
}

/// As [`name_into`] for a description, which may be as long as a running text.
pub(crate) fn description_into(text: &str, out: &mut String) {
    capped_into(text, PROSE, out);
}

fn capped_into(text: &str, most: usize, out: &mut String) {
    match shortened(text, most) {
        Some(short) => escape_into(&short, out),
        None => escape_into(text, out),
    }
}

/// Appends running text: escaped, and what stands between two backticks becomes `<code>`.
///
/// Words that are too long to be read are shortened; the whole word is in a `title` attribute.
pub(crate) fn prose_into(text: &str, out: &mut String) {
    limited_into(text, PROSE, out);
}

/// As [`prose_into`] for a heading, a name, a cell: the text itself is shortened too.
pub(crate) fn brief_into(text: &str, out: &mut String) {
    limited_into(text, NAME, out);
}

fn limited_into(text: &str, most: usize, out: &mut String) {
    match shortened(text, most) {
        Some(short) => with_title(text, out, |out| code_into(&short, out)),
        None => code_into(text, out),
    }
}

/// Appends what `inner` appends in an element that names `whole` under a resting pointer.
fn with_title(whole: &str, out: &mut String, inner: impl FnOnce(&mut String)) {
    out.push_str("<span title=\"");
    capped_into(whole, WHOLE, out);
    out.push_str("\">");
    inner(out);
    out.push_str("</span>");
}

fn code_into(text: &str, out: &mut String) {
    let mut parts = text.split('`').peekable();
    let mut inside = false;
    while let Some(part) = parts.next() {
        // An odd backtick at the end is only a backtick.
        if inside && parts.peek().is_none() {
            out.push('`');
            words_into(part, out);
        } else if inside {
            out.push_str("<code>");
            words_into(part, out);
            out.push_str("</code>");
        } else {
            words_into(part, out);
        }
        inside = !inside;
    }
}

fn words_into(text: &str, out: &mut String) {
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        match shortened(word, WORD) {
            Some(short) => {
                with_title(word, out, |out| escape_into(&short, out));
                escape_into(&piece[word.len()..], out);
            }
            None => escape_into(piece, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(write: fn(&str, &mut String), text: &str) -> String {
        let mut out = String::new();
        write(text, &mut out);
        out
    }

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(
            made(escape_into, "<script>alert(\"1\" & '2')</script>"),
            "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;"
        );
        assert_eq!(made(escape_into, "7 → 3, ε ≤ 0.3"), "7 → 3, ε ≤ 0.3");
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(made(escape_into, "a\0b\u{1b}c\td\n\u{85}"), "a\\u{0}b\\u{1b}c\td\n\\u{85}");
        // A name that reads backwards, and one with a gap that nobody sees.
        assert_eq!(made(escape_into, "gpj\u{202e}exe"), "gpj\\u{202e}exe");
        assert_eq!(made(name_into, "a\u{200b}b\u{feff}"), "a\\u{200b}b\\u{feff}");
    }

    #[test]
    fn backticks_are_code() {
        assert_eq!(made(prose_into, "run `a < b` now"), "run <code>a &lt; b</code> now");
        assert_eq!(made(prose_into, "`a` and `b`"), "<code>a</code> and <code>b</code>");
        assert_eq!(made(prose_into, "one ` alone <"), "one ` alone &lt;");
        assert_eq!(made(prose_into, "`a` then ` alone"), "<code>a</code> then ` alone");
    }

    #[test]
    fn long_words_and_names_are_short_and_whole_in_the_title() {
        let word = format!("{}end", "é".repeat(100));
        let html = made(prose_into, &format!("a {word} b"));
        assert!(html.starts_with(&format!("a <span title=\"{word}\">éé")) && html.ends_with("end</span> b"));
        let shown = html.split("\">").nth(1).unwrap().split('<').next().unwrap();
        assert_eq!(shown.chars().count(), WORD);
        let words = "word ".repeat(100);
        assert_eq!(made(prose_into, &words), words, "running text stays");
        let name = made(brief_into, &words);
        assert!(name.starts_with(&format!("<span title=\"{words}\">word")) && name.contains('…'));
        let attribute = made(name_into, &words);
        assert_eq!(attribute.chars().count(), NAME);
        // 900 KB from a file's header: neither shown nor kept.
        let huge = made(brief_into, &"x".repeat(900_000));
        assert!(huge.len() < WHOLE + 400, "{}", huge.len());
        assert!(made(prose_into, &"y ".repeat(450_000)).len() < WHOLE + PROSE + 200);
    }
}
