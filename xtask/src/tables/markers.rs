//! Finding and filling `<!-- table: name -->` .. `<!-- /table -->`.

const OPEN: &str = "<!-- table: ";
const CLOSE: &str = "<!-- /table -->";

/// A place for a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// The table asked for.
    pub name: String,
    /// The line of the opening marker, from 1.
    pub line: usize,
}

/// The text with every table written anew, and the places. `content` gives a table by name.
///
/// # Errors
/// Line and reason, if a marker is not closed or asks for a table that `content` does not have.
pub fn fill(
    text: &str,
    content: &dyn Fn(&str) -> Option<String>,
) -> Result<(String, Vec<Place>), (usize, String)> {
    let (mut out, mut places) = (String::new(), Vec::new());
    let mut lines = text.split_inclusive('\n').enumerate();
    while let Some((i, line)) = lines.next() {
        out += line;
        let Some(rest) = line.trim_end().strip_prefix(OPEN) else { continue };
        let line = i + 1;
        let name = rest.strip_suffix("-->").map(str::trim);
        let name = name.ok_or_else(|| (line, format!("write the marker as `{OPEN}NAME -->`")))?;
        let table = content(name).ok_or_else(|| (line, format!("there is no table `{name}`")))?;
        let end = lines.find(|(_, l)| l.trim_end() == CLOSE);
        let (_, end) = end.ok_or_else(|| (line, format!("the marker is not closed; add `{CLOSE}` below")))?;
        out += &format!("\n{}\n{end}", table.trim_end_matches('\n').to_string() + "\n");
        places.push(Place { name: name.to_string(), line });
    }
    Ok((out, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(name: &str) -> Option<String> {
        (name == "x").then(|| "| a |\n|---|\n".to_string())
    }

    #[test]
    fn a_table_is_written_once_and_stays() {
        let text = "Head\n<!-- table: x -->\nold\n<!-- /table -->\ntail";
        let (new, places) = fill(text, &content).unwrap();
        assert_eq!(new, "Head\n<!-- table: x -->\n\n| a |\n|---|\n\n<!-- /table -->\ntail");
        assert_eq!(places, [Place { name: "x".into(), line: 2 }]);
        assert_eq!(fill(&new, &content).unwrap().0, new);
        assert_eq!(fill("no marker", &content).unwrap(), ("no marker".into(), vec![]));
    }

    #[test]
    fn broken_markers_are_named() {
        assert_eq!(fill("\n<!-- table: x -->\n", &content).unwrap_err().0, 2);
        assert!(fill("<!-- table: y -->\n<!-- /table -->", &content).unwrap_err().1.contains('y'));
        assert!(fill("<!-- table: x\n<!-- /table -->", &content).is_err());
    }
}
