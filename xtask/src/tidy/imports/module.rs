//! A file as a module: its place, what it defines, what it uses.

use crate::tidy::source::Source;
use std::collections::BTreeSet;

/// A name that a `use` brings in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The path; ends in `*` for all names of a module.
    pub path: Vec<String>,
    /// The name here.
    pub name: String,
    /// Line of the statement, from 1.
    pub line: usize,
}

/// A file as a module of a crate; what is only for tests is left out.
#[derive(Debug)]
pub struct Module {
    /// The file.
    pub file: String,
    /// Names from the root down to this module; none for the root.
    pub path: Vec<String>,
    /// Items defined here.
    pub defined: BTreeSet<String>,
    /// Names brought in.
    pub uses: Vec<Use>,
    /// Paths in the code outside of `use` and of `macro_rules!`, of one name or more, with their lines.
    pub mentions: Vec<(Vec<String>, usize)>,
}

impl Module {
    /// Reads a file below the folder `root`.
    pub fn read(file: &str, root: &str, source: &Source) -> Self {
        let inside = file[root.len()..].trim_start_matches('/').trim_end_matches(".rs");
        let path =
            inside.split('/').filter(|s| !["mod", "lib", "main"].contains(s)).map(String::from).collect();
        let mut module = Self {
            file: file.into(),
            path,
            defined: BTreeSet::new(),
            uses: Vec::new(),
            mentions: Vec::new(),
        };
        let (mut statement, mut depth): (Option<(String, usize)>, i32) = (None, 0);
        for (n, line) in source.numbered().filter(|(_, l)| !l.test) {
            let code = line.code.trim();
            let used = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "]
                .iter()
                .find_map(|u| code.strip_prefix(u));
            match (&mut statement, used) {
                (Some((text, _)), _) => text.push_str(code),
                (None, Some(rest)) => statement = Some((rest.into(), n)),
                (None, None) => module.read_code(&line.code, (depth == 0).then_some(n)),
            }
            if depth > 0 || code.starts_with("macro_rules!") {
                depth += code
                    .chars()
                    .map(|c| i32::from("{([".contains(c)) - i32::from("})]".contains(c)))
                    .sum::<i32>();
            }
            if let Some((text, line)) = statement.take_if(|(text, _)| text.contains(';')) {
                let tree = text.split(';').next().unwrap_or_default();
                if !tree.contains('$') {
                    expand(tree, &[], line, &mut module.uses);
                }
            }
        }
        module
    }
    /// Whether it is the file of a folder or crate, whose `use` mostly passes names on.
    pub fn lists(&self) -> bool {
        ["/mod.rs", "/lib.rs", "/main.rs"].iter().any(|end| self.file.ends_with(end))
    }
    /// Items of a line, and what it mentions; the rules of a macro, which have no number, mention what its callers name.
    fn read_code(&mut self, code: &str, line: Option<usize>) {
        let tokens: Vec<&str> = paths(code).collect();
        for (i, token) in tokens.iter().enumerate() {
            let item = match *token {
                // A function below the first level is a method or a helper inside another.
                "fn" => !code.starts_with(' '),
                word => ["struct", "enum", "trait", "type", "const", "static", "union"].contains(&word),
            };
            if let (true, Some(name)) = (item, tokens.get(i + 1)) {
                self.defined.insert((*name).into());
            }
            if let Some(line) = line {
                self.mentions.push((token.split("::").map(String::from).collect(), line));
            }
        }
        if let Some(rest) = code.trim().strip_prefix("macro_rules! ") {
            self.defined.extend(paths(rest).next().map(String::from));
        }
    }
}

/// Maximal runs of names with `::` between; those of a macro's own, behind `$`, are left out.
fn paths(code: &str) -> impl Iterator<Item = &str> {
    let mut rest = code;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(|c: char| c.is_alphanumeric() || c == '_')?;
            let own = rest[..start].ends_with(['$', '.', '\'']);
            let tail = &rest[start..];
            let bytes = tail.as_bytes();
            let mut end = 0;
            while end < bytes.len() {
                match bytes[end] {
                    b if b.is_ascii_alphanumeric() || b == b'_' || b > 127 => end += 1,
                    b':' if bytes[end..].starts_with(b"::")
                        && bytes.get(end + 2).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') =>
                    {
                        end += 2;
                    }
                    _ => break,
                }
            }
            rest = &tail[end..];
            if !own {
                return Some(&tail[..end]);
            }
        }
    })
}

/// The paths of `a::{b, c::d as e, f::*}`.
fn expand(tree: &str, before: &[String], line: usize, uses: &mut Vec<Use>) {
    let tree = tree.trim();
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, group.trim_end().strip_suffix('}')),
        None => (tree, None),
    };
    let (head, alias) = head.split_once(" as ").map_or((head, None), |(h, a)| (h, Some(a.trim())));
    let names = head.split("::").map(str::trim).filter(|s| !s.is_empty()).map(String::from);
    let mut path: Vec<String> = before.iter().cloned().chain(names).collect();
    if let Some(group) = group {
        let mut depth = 0;
        let pieces = group.split(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        });
        pieces.filter(|p| !p.trim().is_empty()).for_each(|p| expand(p, &path, line, uses));
        return;
    }
    if path.len() > 1 && path.last().is_some_and(|s| s == "self") {
        path.pop();
    }
    let name = alias.map_or_else(|| path.last().cloned().unwrap_or_default(), String::from);
    uses.push(Use { path, name, line });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_are_expanded() {
        let text = "use crate::a::{self, B, c::{D as E, f::*}};\npub use super::g;\nuse $x::y;\nuse crate::{\n    H,\n    i::J,\n};\n#[cfg(test)]\nmod tests { use super::K; }\n";
        let module = Module::read("crates/x/src/m/n.rs", "crates/x/src", &Source::parse(text));
        let all: Vec<_> =
            module.uses.iter().map(|u| format!("{} = {} {}", u.name, u.path.join("::"), u.line)).collect();
        let want = [
            "a = crate::a 1",
            "B = crate::a::B 1",
            "E = crate::a::c::D 1",
            "* = crate::a::c::f::* 1",
            "g = super::g 2",
            "H = crate::H 4",
            "J = crate::i::J 4",
        ];
        assert_eq!(all, want);
        assert_eq!(module.path, ["m", "n"]);
    }

    #[test]
    fn code_is_read() {
        let text = "pub struct A {}\nimpl A {\n    fn b(&self) { crate::c::d(); self.e; $crate::f(); }\n}\npub fn g() {}\n";
        let module = Module::read("src/lib.rs", "src", &Source::parse(text));
        assert_eq!(module.defined.iter().map(String::as_str).collect::<Vec<_>>(), ["A", "g"]);
        let mentions: Vec<_> = module.mentions.iter().map(|m| m.0.join("::")).collect();
        assert!(
            mentions.contains(&"crate::c::d".into())
                && !mentions.iter().any(|m| m.contains("crate::f") || m == "e"),
            "{mentions:?}"
        );
        assert!(module.path.is_empty() && module.lists());
    }
}
