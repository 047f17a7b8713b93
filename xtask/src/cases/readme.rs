//! The README beside the inputs: it says which rows there are.

/// The ids in the first column of the Markdown tables in `text`.
pub fn ids(text: &str) -> Vec<u32> {
    text.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next()?.trim().parse().ok()).collect()
}

/// The ids of `text` that are not in `known`.
pub fn without_a_check(text: &str, known: &[u32]) -> Vec<u32> {
    ids(text).into_iter().filter(|id| !known.contains(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# Inputs\n\n| id | do | right |\n|---|---|---|\n| 1 | `a | b` | 2 |\n|12| x | y |\n13 | no row |\n";

    #[test]
    fn rows_are_found_and_heads_are_not() {
        assert_eq!(ids(TEXT), [1, 12]);
        assert_eq!(without_a_check(TEXT, &[1]), [12]);
    }
}
