//! The files of the repository, as git sees them.

use super::source::Source;
use crate::run_program::output_of;
use std::collections::HashSet;
use std::path::Path;

/// One file.
#[derive(Debug)]
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    /// Contents, if they are text.
    pub text: Option<String>,
    /// The code, for Rust files.
    pub source: Option<Source>,
    /// Whether it is compiled for tests, examples or benchmarks only.
    pub trial: bool,
}

impl File {
    /// The crate folder it lies in: `tensor` for `crates/tensor/..`.
    pub fn krate(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
}

/// All files.
#[derive(Debug)]
pub struct Tree(pub Vec<File>);

impl Tree {
    /// Tracked files, and new ones that git does not ignore.
    pub fn read(root: &Path) -> Result<Self, String> {
        let listed = output_of(
            "git",
            &["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
            root,
        )?;
        let read = |path: &str| {
            let bytes = std::fs::read(root.join(path)).ok()?;
            Some((path.to_string(), String::from_utf8(bytes).ok()))
        };
        Ok(Self::new(listed.split('\0').filter(|p| !p.is_empty()).filter_map(read)))
    }

    /// From paths and texts.
    pub fn new(files: impl IntoIterator<Item = (String, Option<String>)>) -> Self {
        let mut files: Vec<File> = files
            .into_iter()
            .map(|(path, text)| {
                let source = text.as_deref().filter(|_| path.ends_with(".rs")).map(Source::parse);
                let trial = ["/tests/", "/examples/", "/benches/"].iter().any(|d| path.contains(d));
                File { path, text, source, trial }
            })
            .collect();
        let modules: HashSet<String> = files.iter().flat_map(test_modules).collect();
        for file in &mut files {
            file.trial |= modules.contains(&file.path);
        }
        Self(files)
    }

    /// Rust files with their code.
    pub fn rust(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.0.iter().filter_map(|f| Some((f, f.source.as_ref()?)))
    }

    /// The file at `path`.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.0.iter().find(|f| f.path == path)
    }
}

/// Where the modules behind `#[cfg(test)] mod name;` of a file may lie.
fn test_modules(file: &File) -> Vec<String> {
    let Some(source) = &file.source else { return Vec::new() };
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let folder = match name.trim_end_matches(".rs") {
        "mod" | "lib" | "main" => folder.to_string(),
        stem => format!("{folder}/{stem}"),
    };
    let named = |line: &super::source::Line| {
        let words = line.code.trim().trim_start_matches("#[cfg(test)]").trim();
        words.strip_prefix("mod ")?.strip_suffix(';').map(str::to_string)
    };
    let names = source.lines.iter().filter(|l| l.test).filter_map(named);
    names.flat_map(|n| [format!("{folder}/{n}.rs"), format!("{folder}/{n}/mod.rs")]).collect()
}

#[cfg(test)]
pub fn planted(files: &[(&str, &str)]) -> Tree {
    Tree::new(files.iter().map(|(p, t)| ((*p).to_string(), Some((*t).to_string()))))
}

#[cfg(test)]
mod tests {
    use super::planted;

    #[test]
    fn test_modules_are_trials() {
        let tree = planted(&[
            ("crates/a/src/lib.rs", "mod x;\n#[cfg(test)]\nmod y;\n"),
            ("crates/a/src/x.rs", "#[cfg(test)]\nmod z;\n"),
            ("crates/a/src/y.rs", ""),
            ("crates/a/src/x/z.rs", ""),
            ("crates/a/tests/t.rs", ""),
        ]);
        let trial: Vec<_> = tree.0.iter().map(|f| f.trial).collect();
        assert_eq!(trial, [false, false, true, true, true]);
        assert_eq!(tree.0[0].krate(), Some("a"));
    }
}
