//! No two files of a crate import each other, nor three or more in a circle.

use super::imports::{Import, imports};
use super::problem::Problem;
use super::tree::Tree;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An operation and its adjoint import each other: the gradient of each is the other.
const OPERATIONS: &str = "crates/autograd/src/ops/";

/// Pairs are failures; longer circles, of files in no pair, are warnings.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let all: Vec<Import> = imports(tree).into_iter().filter(|i| !i.from.starts_with(OPERATIONS)).collect();
    let mut reads: BTreeMap<&str, Vec<&Import>> = BTreeMap::new();
    all.iter().for_each(|i| reads.entry(&i.from).or_default().push(i));
    let back = |i: &Import| all.iter().find(|o| o.from == i.to && o.to == i.from);
    let paired: BTreeSet<&str> = all.iter().filter(|i| back(i).is_some()).map(|i| i.from.as_str()).collect();
    let pairs = all.iter().filter(|i| i.from < i.to).filter_map(|i| {
        let back = back(i)?;
        let what = format!(
            "imports `{}` of {}, which imports `{}` of it in line {}",
            i.what, i.to, back.what, back.line
        );
        Some(Problem::failure(&i.from, i.line, what))
    });
    let longer = reads.keys().filter(|file| !paired.contains(*file)).filter_map(|file| {
        let circle = shortest(file, &reads, &paired)?;
        // It is told once, at its first file.
        let first = circle.iter().all(|i| i.from.as_str() >= *file);
        let names: Vec<_> = circle.iter().map(|i| format!("`{}` of {}", i.what, i.to)).collect();
        first.then(|| {
            Problem::warning(
                file,
                circle[0].line,
                format!("a circle: imports {}", names.join(", which imports ")),
            )
        })
    });
    pairs.chain(longer).collect()
}

/// The shortest way of imports from a file back to it.
fn shortest<'a>(
    file: &str,
    reads: &BTreeMap<&str, Vec<&'a Import>>,
    paired: &BTreeSet<&str>,
) -> Option<Vec<&'a Import>> {
    let mut seen = BTreeSet::new();
    let mut ways: VecDeque<Vec<&Import>> = VecDeque::from([Vec::new()]);
    while let Some(way) = ways.pop_front() {
        let at = way.last().map_or(file, |i| i.to.as_str());
        if at == file && !way.is_empty() {
            return Some(way);
        }
        for &next in reads.get(at).into_iter().flatten().filter(|i| !paired.contains(i.to.as_str())) {
            if seen.insert(next.to.as_str()) {
                ways.push_back(way.iter().copied().chain([next]).collect());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        check(&planted(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn pairs_are_found_through_what_passes_names_on() {
        let root = "mod a;\nmod b;\nmod deep;\npub use a::A;\npub use deep::*;\n";
        let deep = "mod c;\npub use c::C;\n";
        let tree = [
            ("crates/x/src/lib.rs", root),
            ("crates/x/src/a.rs", "use crate::C;\npub struct A(C);\n"),
            ("crates/x/src/b.rs", "use crate::{A, deep::C};\npub struct B(A, C);\n"),
            ("crates/x/src/deep/mod.rs", deep),
            ("crates/x/src/deep/c.rs", "pub struct C;\nfn f() {\n    super::super::A::g();\n}\n"),
        ];
        let told = found(&tree);
        assert_eq!(
            told,
            ["crates/x/src/a.rs:1: imports `C` of crates/x/src/deep/c.rs, which imports `g` of it in line 3"]
        );
        // Without the way back there is none; a test may look back.
        let mut mended = tree;
        mended[4].1 = "pub struct C;\n#[cfg(test)]\nmod tests {\n    use crate::A;\n}\n";
        assert!(found(&mended).is_empty());
    }

    #[test]
    fn longer_circles_are_told_once() {
        let tree = [
            ("crates/x/src/lib.rs", "mod a;\nmod b;\nmod c;\n"),
            ("crates/x/src/a.rs", "use crate::b::B;\npub fn a(_: B) {}\n"),
            ("crates/x/src/b.rs", "use crate::c;\npub struct B;\nfn b() { c::c() }\n"),
            ("crates/x/src/c.rs", "use super::a::a;\npub fn c() {}\n"),
        ];
        let told = found(&tree);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(
            "crates/x/src/a.rs:1: warning: a circle: imports `B` of crates/x/src/b.rs, which imports `c` of"
        ));
    }

    #[test]
    fn lists_and_adjoints_are_apart() {
        let list = "macro_rules! things {\n    ($($file:ident: $T:ident;)*) => {\n        $(mod $file; pub use $file::$T;)*\n        const ALL: &[Info] = &[];\n    };\n}\nthings! { one: One; }\nmod table;\npub use table::Info;\n";
        let one = "pub struct One;\n";
        let tree = [
            ("crates/x/src/lib.rs", "mod things;\n"),
            ("crates/x/src/things/mod.rs", list),
            ("crates/x/src/things/one.rs", one),
            ("crates/x/src/things/table.rs", "use super::{ALL, One};\npub struct Info;\n"),
        ];
        assert!(found(&tree).is_empty(), "{:?}", found(&tree));
        let ops = [
            ("crates/autograd/src/lib.rs", "mod ops;\n"),
            ("crates/autograd/src/ops/mod.rs", "mod a;\nmod b;\n"),
            ("crates/autograd/src/ops/a.rs", "use super::b::B;\npub struct A;\n"),
            ("crates/autograd/src/ops/b.rs", "use super::a::A;\npub struct B;\n"),
        ];
        assert!(found(&ops).is_empty());
    }
}
