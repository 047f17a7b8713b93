//! Every operation of the tape is listed and has a row in the table of gradient checks.

use super::problem::Problem;
use super::source::Source;
use super::tree::Tree;

const FOLDER: &str = "crates/autograd/src/ops/";
const LIST: &str = "crates/autograd/src/ops/mod.rs";
const TABLE: &str = "crates/autograd/src/check/table.rs";

/// Files, list and table hold the same operations.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let block = |path: &str, opening: &str, after: &str| {
        let source = tree.get(path).and_then(|f| f.source.as_ref());
        source.map(|s| entries(s, opening, after)).filter(|e| !e.is_empty())
    };
    let Some(listed) = block(LIST, "ops! {", ":") else {
        return vec![Problem::failure(LIST, 0, "no `ops! { file: name; }` list is found; tidy reads it")];
    };
    let Some(checked) = block(TABLE, "checks! {", "=>") else {
        return vec![Problem::failure(
            TABLE,
            0,
            "no `checks! { file => ..; }` table is found; tidy reads it",
        )];
    };
    let files = tree.0.iter().filter(|f| f.path.starts_with(FOLDER) && f.path != LIST);
    let mut problems = Vec::new();
    for file in files {
        let name = file.path[FOLDER.len()..].trim_end_matches(".rs").trim_end_matches("/mod");
        if name.contains('/') {
            continue;
        }
        for (entries, place) in [(&listed, LIST), (&checked, TABLE)] {
            if !entries.iter().any(|(e, _)| e == name) {
                let what = format!(
                    "operation `{name}` has no row in {place}; an operation without a gradient check is none"
                );
                problems.push(Problem::failure(&file.path, 0, what));
            }
        }
    }
    for (name, line) in checked {
        if !listed.iter().any(|(l, _)| *l == name) {
            problems.push(Problem::failure(
                TABLE,
                line,
                format!("`{name}` is checked but no file of {FOLDER}"),
            ));
        }
    }
    problems
}

/// Names followed by `after` at the first level of the block that `opening` opens, with their lines.
fn entries(source: &Source, opening: &str, after: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut depth = 0i32;
    for (n, line) in source.numbered() {
        let code = line.code.trim();
        if depth == 0 && code != opening {
            continue;
        }
        if depth == 1 {
            let name: String = code.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() && code[name.len()..].trim_start().starts_with(after) {
                found.push((name, n));
            }
        }
        for c in code.chars() {
            match c {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth -= 1,
                _ => {}
            }
        }
        if depth == 0 {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    const OPS: &str = "macro_rules! ops { () => {} }\nops! {\n    add: add;\n    sum: sum, mean;\n}\n";

    fn found(ops: &str, table: &str, files: &[&str]) -> Vec<Problem> {
        let paths: Vec<_> = files.iter().map(|f| format!("{FOLDER}{f}.rs")).collect();
        let mut all = vec![(LIST, ops), (TABLE, table)];
        all.extend(paths.iter().map(|p| (p.as_str(), "")));
        check(&planted(&all))
    }

    #[test]
    fn an_operation_without_a_row_is_found() {
        let table = "checks! {\n    add => {\n        check(a => b);\n    };\n    sum => check(\n        c,\n    );\n}\n";
        assert_eq!(found(OPS, table, &["add", "sum"]), []);
        let one = "checks! {\n    add => check();\n}\n";
        let problems = found(OPS, one, &["add", "sum"]);
        assert!(problems.len() == 1 && problems[0].path.ends_with("sum.rs"), "{problems:?}");
        assert_eq!(found(OPS, table, &["add", "sum", "exp"]).len(), 2, "neither listed nor checked");
        assert_eq!(found("ops! {\n    add: add;\n}\n", table, &["add"]).len(), 1, "checked, but not listed");
    }

    #[test]
    fn a_table_that_cannot_be_read_fails() {
        assert_eq!(found(OPS, "", &["add"]).len(), 1);
        assert_eq!(found("", "checks! {\n    add => x;\n}\n", &["add"]).len(), 1);
    }
}
