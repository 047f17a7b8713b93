//! What a program printed.

use serde_json::Value;

/// The JSON of the last line, which is where `--json` puts it.
///
/// # Errors
/// If it is none.
pub fn last_json(text: &str) -> Result<Value, String> {
    let last = text.lines().next_back().unwrap_or_default();
    serde_json::from_str(last)
        .map_err(|e| format!("the last line of stdout is no JSON ({e}): {:?}", shortened(last)))
}

/// At most 160 characters, for a message.
pub fn shortened(text: &str) -> String {
    const MOST: usize = 160;
    let short: String = text.trim().chars().take(MOST).collect();
    if text.trim().chars().count() > MOST { format!("{short} ..") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts() {
        assert_eq!(last_json("words\n{\"a\": 1}\n").unwrap()["a"], 1);
        assert!(last_json("{\"a\": 1}\nwords\n").unwrap_err().contains("\"words\""));
        assert!(last_json("").is_err());
    }

    #[test]
    fn a_long_line_is_cut() {
        assert_eq!(shortened(" short "), "short");
        assert_eq!(shortened(&"x".repeat(1000)).len(), 163);
    }
}
