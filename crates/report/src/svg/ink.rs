//! Small things every drawing needs: numbers, text and its width.

use crate::escape::name_into;

/// Appends `v` with at most two decimals: a hundredth of a pixel, and equal on every machine.
pub(super) fn num(v: f64, out: &mut String) {
    let text = format!("{v:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    out.push_str(if short == "-0" { "0" } else { short });
}

/// Appends ` name="v"` for each pair.
pub(super) fn numbers(pairs: &[(&str, f64)], out: &mut String) {
    for (name, v) in pairs {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        num(*v, out);
        out.push('"');
    }
}

/// Where a text stands relative to its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Appends an escaped text at (`x`, `y`) with a CSS class (may be empty).
pub(super) fn text(x: f64, y: f64, anchor: Anchor, class: &str, content: &str, out: &mut String) {
    out.push_str("<text");
    numbers(&[("x", x), ("y", y)], out);
    out.push_str(match anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    });
    if !class.is_empty() {
        out.push_str(" class=\"");
        out.push_str(class);
        out.push('"');
    }
    out.push('>');
    name_into(content, out);
    out.push_str("</text>");
}

/// Appends a straight line of a CSS class.
pub(super) fn rule(from: (f64, f64), to: (f64, f64), class: &str, out: &mut String) {
    out.push_str("<line");
    numbers(&[("x1", from.0), ("y1", from.1), ("x2", to.0), ("y2", to.1)], out);
    out.push_str(" class=\"");
    out.push_str(class);
    out.push_str("\"/>");
}

/// Generous width of `content` in a sans-serif font of `size` pixels: layout cannot ask the reader's font.
pub(super) fn width(content: &str, size: f64) -> f64 {
    let ems: f64 = content
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | ':' | '\'' | '|' | '(' | ')' | ' '
            | '\u{a0}' => 0.34,
            '\u{2009}' => 0.2,
            'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.92,
            c if c.is_ascii_uppercase() => 0.69,
            c if c.is_ascii() => 0.58,
            c if (c as u32) < 0x2E80 => 0.66,
            _ => 1.05,
        })
        .sum();
    ems * size
}

/// `content` cut with an ellipsis so that it fits into `room` pixels.
pub(super) fn fitted(content: &str, size: f64, room: f64) -> String {
    if width(content, size) <= room {
        return content.to_owned();
    }
    let mut out = String::new();
    let mut used = 0.9 * size;
    for c in content.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size);
        if used > room {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// Most lines that a text may be broken into: the rest is left out.
const LINES: usize = 3;

/// `content` broken between words into at most three lines of at most `room` pixels; words that are longer are cut.
pub(super) fn wrapped(content: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in content.split_whitespace() {
        let full = lines.len() == LINES;
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(word, size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if full => {
                *line = fitted(&format!("{line}\u{a0}…"), size, room);
                break;
            }
            _ => lines.push(fitted(word, size, room)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let written = |v| {
            let mut out = String::new();
            num(v, &mut out);
            out
        };
        assert_eq!(
            [written(1.0), written(100.0), written(-0.001), written(2.345)],
            ["1", "100", "0", "2.35"].map(String::from)
        );
    }

    #[test]
    fn text_fits_its_room() {
        let long = "a rather long title about nothing in particular";
        assert!(width(&fitted(long, 13.0, 100.0), 13.0) <= 100.0);
        assert!(fitted(long, 13.0, 100.0).ends_with('…'));
        assert_eq!(fitted("short", 13.0, 100.0), "short");
        let lines = wrapped(long, 13.0, 120.0);
        assert!(lines.len() > 1 && lines.iter().all(|l| width(l, 13.0) <= 120.0));
        assert_eq!(lines.join(" "), long);
        let endless = wrapped(&"word ".repeat(10_000), 13.0, 120.0);
        assert!(endless.len() == LINES && endless[LINES - 1].ends_with('…'));
        assert!(wrapped("  ", 13.0, 100.0).is_empty());
    }
}
