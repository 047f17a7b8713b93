//! Text into HTML, SVG and attributes.

/// Appends `text` so that it reads as text, both between tags and inside a double-quoted attribute.
///
/// Control characters, which XML forbids even escaped, become U+FFFD; tab and line feed stay.
pub(crate) fn escape_into(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

/// `text` escaped as by [`escape_into`].
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(text, &mut out);
    out
}

/// Appends running text: escaped, and what stands between two backticks becomes `<code>`.
pub(crate) fn prose_into(text: &str, out: &mut String) {
    let mut parts = text.split('`').peekable();
    let mut inside = false;
    while let Some(part) = parts.next() {
        // An odd backtick at the end is only a backtick.
        if inside && parts.peek().is_none() {
            out.push('`');
            escape_into(part, out);
        } else if inside {
            out.push_str("<code>");
            escape_into(part, out);
            out.push_str("</code>");
        } else {
            escape_into(part, out);
        }
        inside = !inside;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(
            escape("<script>alert(\"1\" & '2')</script>"),
            "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;"
        );
        assert_eq!(escape("a\0b\u{1b}c\td\n\u{85}"), "a\u{FFFD}b\u{FFFD}c\td\n\u{FFFD}");
        assert_eq!(escape("7 → 3, ε ≤ 0.3"), "7 → 3, ε ≤ 0.3");
    }

    #[test]
    fn backticks_are_code() {
        let prose = |text| {
            let mut out = String::new();
            prose_into(text, &mut out);
            out
        };
        assert_eq!(prose("run `a < b` now"), "run <code>a &lt; b</code> now");
        assert_eq!(prose("`a` and `b`"), "<code>a</code> and <code>b</code>");
        assert_eq!(prose("one ` alone <"), "one ` alone &lt;");
        assert_eq!(prose("`a` then ` alone"), "<code>a</code> then ` alone");
    }
}
