//! A small reader that knows whether tags match: enough to catch a page that a browser would have to guess at.

/// Elements that have no end in HTML.
const VOID: [&str; 4] = ["meta", "br", "img", "!doctype"];

/// Checks that tags open and close in order, attributes are quoted, and no bare `<` or `&` stands in the text.
pub(crate) fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        references(&rest[..at], open.last() == Some(&"style"))?;
        let tag = &rest[at..];
        let end = tag_end(tag).ok_or_else(|| format!("a tag without end: {:.60}", tag))?;
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == name => {}
                other => return Err(format!("</{name}> closes {other:?}")),
            }
            continue;
        }
        let name = inside.split([' ', '/', '\n']).next().unwrap_or("");
        if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!') {
            return Err(format!("a bare < before {inside:.40}"));
        }
        references(inside, false)?;
        if !inside.matches('"').count().is_multiple_of(2) {
            return Err(format!("an odd quote in <{inside:.60}>"));
        }
        if !VOID.contains(&name) && !inside.ends_with('/') {
            open.push(name);
        }
    }
    references(rest, false)?;
    if open.is_empty() { Ok(()) } else { Err(format!("never closed: {open:?}")) }
}

/// Index of the `>` that ends the tag, quotes respected.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quoted = false;
    tag.char_indices().find_map(|(i, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(i)
    })
}

/// Every `&` must start one of the references we write.
fn references(text: &str, css: bool) -> Result<(), String> {
    let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
    match text.match_indices('&').find(|(i, _)| !known.iter().any(|k| text[*i..].starts_with(k))) {
        Some((i, _)) if !css => Err(format!("a bare & at {:.20}", &text[i..])),
        _ => Ok(()),
    }
}

#[test]
fn finds_what_is_wrong() {
    assert_eq!(check("<!doctype html><p class=\"a>b\">x &lt; y<br></p>"), Ok(()));
    for wrong in ["<p>", "<p></b>", "</p>", "<p>a < b</p>", "<p>a & b</p>", "<p class=\"x></p>", "<p"] {
        assert!(check(wrong).is_err(), "{wrong}");
    }
}
