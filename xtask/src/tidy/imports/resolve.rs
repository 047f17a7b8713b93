//! Which file a path means: down the modules, and through `use` where a name is passed on.

use super::module::Module;
use crate::tidy::tree::Tree;
use std::collections::BTreeMap;

/// That a file reads something of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// The file that imports.
    pub from: String,
    /// The file that defines what is imported.
    pub to: String,
    /// What, first of all, and the line in `from`.
    pub what: String,
    /// See `what`.
    pub line: usize,
}

/// What a path means.
#[derive(Clone, Copy)]
enum Meaning {
    Module(usize),
    Item(usize),
}

/// Longest chain of names that are passed on.
const DEEPEST: usize = 12;

struct Crate {
    modules: Vec<Module>,
    /// Place of each module by its path.
    places: BTreeMap<Vec<String>, usize>,
}

impl Crate {
    fn child(&self, module: usize, name: &str) -> Option<usize> {
        let mut path = self.modules[module].path.clone();
        path.push(name.into());
        self.places.get(&path).copied()
    }
    fn parent(&self, module: usize) -> Option<usize> {
        let (_, path) = self.modules[module].path.split_last()?;
        self.places.get(path).copied()
    }
    /// What a path means in a module; `None` for what is of other crates.
    fn resolve(&self, module: usize, path: &[String], depth: usize) -> Option<Meaning> {
        let (first, rest) = path.split_first()?;
        if depth > DEEPEST {
            return None;
        }
        let start = match first.as_str() {
            "crate" => Meaning::Module(*self.places.get(&[][..])?),
            "self" => Meaning::Module(module),
            "super" => Meaning::Module(self.parent(module)?),
            name => self.named(module, name, depth)?,
        };
        rest.iter().try_fold(start, |at, name| match at {
            Meaning::Item(_) => Some(at),
            Meaning::Module(m) if name == "super" => self.parent(m).map(Meaning::Module),
            Meaning::Module(m) => self.named(m, name, depth).or_else(|| self.below(m, name)),
        })
    }
    /// What a name means in a module: a module below, an item, or a name that is passed on.
    fn named(&self, module: usize, name: &str, depth: usize) -> Option<Meaning> {
        if let Some(child) = self.child(module, name) {
            return Some(Meaning::Module(child));
        }
        let here = &self.modules[module];
        if here.defined.contains(name) {
            return Some(Meaning::Item(module));
        }
        if let Some(passed) = here.uses.iter().find(|u| u.name == name) {
            return self.resolve(module, &passed.path, depth + 1);
        }
        here.uses.iter().filter(|u| u.name == "*").find_map(|all| {
            let path: Vec<_> = all.path[..all.path.len() - 1].iter().cloned().chain([name.into()]).collect();
            let found = self.resolve(module, &path, depth + 1)?;
            matches!(found, Meaning::Item(m) if self.modules[m].defined.contains(name)).then_some(found)
        })
    }
    /// The one file below a module that defines a name: what a macro passes on is not seen.
    fn below(&self, module: usize, name: &str) -> Option<Meaning> {
        let path = &self.modules[module].path;
        let mut found = self.places.values().filter(|&&m| {
            let other = &self.modules[m];
            m != module && other.path.starts_with(path) && other.defined.contains(name)
        });
        match (found.next(), found.next()) {
            (Some(&one), None) => Some(Meaning::Item(one)),
            _ => None,
        }
    }
    /// What a module reads of the others.
    fn imports(&self, module: usize) -> Vec<Import> {
        let here = &self.modules[module];
        let mentioned = |name: &str| here.mentions.iter().any(|(path, _)| path[0] == name);
        let uses =
            here.uses.iter().filter(|u| !here.lists() || mentioned(&u.name)).map(|u| (&u.path, u.line));
        let inline =
            here.mentions.iter().filter(|(path, _)| path.len() > 1).map(|(path, line)| (path, *line));
        let to = |(path, line): (&Vec<String>, usize)| match self.resolve(module, path, 0)? {
            Meaning::Item(m) if m != module => Some(Import {
                from: here.file.clone(),
                to: self.modules[m].file.clone(),
                what: path.last()?.clone(),
                line,
            }),
            _ => None,
        };
        let mut all: Vec<Import> = uses.chain(inline).filter_map(to).collect();
        all.sort_by(|a, b| (&a.to, a.line).cmp(&(&b.to, b.line)));
        all.dedup_by(|a, b| a.to == b.to);
        all
    }
}

/// The imports between the files of each crate, one for each pair.
pub fn imports(tree: &Tree) -> Vec<Import> {
    let is_root = |path: &str| path.ends_with("/src/lib.rs") || path.ends_with("/main.rs");
    let roots: Vec<&str> =
        tree.0.iter().filter(|f| is_root(&f.path)).filter_map(|f| Some(f.path.rsplit_once('/')?.0)).collect();
    let mut crates: BTreeMap<&str, Vec<Module>> = BTreeMap::new();
    for (file, source) in tree.rust().filter(|(f, _)| !f.trial) {
        let own =
            roots.iter().filter(|r| file.path.strip_prefix(**r).is_some_and(|rest| rest.starts_with('/')));
        if let Some(root) = own.max_by_key(|r| r.len()) {
            crates.entry(root).or_default().push(Module::read(&file.path, root, source));
        }
    }
    let of = |modules: Vec<Module>| {
        let places = modules.iter().enumerate().map(|(i, m)| (m.path.clone(), i)).collect();
        let whole = Crate { modules, places };
        (0..whole.modules.len()).flat_map(|m| whole.imports(m)).collect::<Vec<_>>()
    };
    crates.into_values().flat_map(of).collect()
}
