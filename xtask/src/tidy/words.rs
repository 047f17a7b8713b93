//! Words of code with a place: printing, files, the network, and code that is not there yet.

use super::problem::Problem;
use super::tree::{File, Tree};

/// Words, where they are allowed, and the way out.
struct Rule {
    words: &'static [&'static str],
    allowed: fn(&File) -> bool,
    what: &'static str,
}

/// Crates that touch files.
const FILES: &[&str] = &["datasets", "store", "report", "study", "sparring"];

const RULES: &[Rule] = &[
    Rule {
        words: &["println!", "print!", "eprintln!", "eprint!", "dbg!", "io::stdout", "io::stderr"],
        // The command prints; its library part does not.
        allowed: |f| {
            f.trial || f.krate().is_none_or(|k| k == "sparring") && f.path != "crates/sparring/src/lib.rs"
        },
        what: "a library does not print; return the text, or tell an observer",
    },
    Rule {
        words: &["std::fs", "fs::", "File::", "OpenOptions"],
        allowed: |f| f.trial || f.krate().is_none_or(|k| FILES.contains(&k)),
        what: "only datasets, store, report, study and the command touch files; take bytes or a reader instead",
    },
    Rule {
        words: &["std::net", "TcpStream", "TcpListener", "UdpSocket"],
        // The mirror on 127.0.0.1 that keeps a fetch waiting.
        allowed: |f| {
            f.path.starts_with("crates/datasets/src/fetch/")
                || f.path == "xtask/src/cases/server.rs"
                || f.trial
        },
        what: "the network is behind datasets' feature `fetch` alone",
    },
    Rule {
        words: &["todo!", "unimplemented!"],
        allowed: |_| false,
        what: "finish it, or return an error that says what is missing",
    },
];

/// Every word of the rules is where it may be.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, source) in tree.rust() {
        for rule in RULES.iter().filter(|r| !(r.allowed)(file)) {
            // Tests inside a file are free too, except from unfinished code.
            let free_tests = !rule.words.contains(&"todo!");
            for (n, line) in source.numbered().filter(|(_, l)| !(l.test && free_tests)) {
                if let Some(word) = rule.words.iter().find(|w| line.has(w)) {
                    problems.push(Problem::failure(&file.path, n, format!("`{word}`: {}", rule.what)));
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&planted(&[(path, text)])).len()
    }

    #[test]
    fn printing_libraries_are_found() {
        assert_eq!(found("crates/nn/src/a.rs", "fn f() { println!(\"x\"); }"), 1);
        assert_eq!(found("crates/sparring/src/lib.rs", "fn f() { eprintln!(); }"), 1);
        assert_eq!(found("crates/nn/src/a.rs", "let mut out = std::io::stdout().lock();"), 1);
        for quiet in [
            "/// println!(\"x\");",
            "let s = \"println!\";",
            "#[cfg(test)]\nmod t { fn f() { println!(); } }",
        ] {
            assert_eq!(found("crates/nn/src/a.rs", quiet), 0, "{quiet}");
        }
        for path in [
            "crates/nn/examples/a.rs",
            "crates/nn/tests/a.rs",
            "crates/sparring/src/cli/a.rs",
            "xtask/src/a.rs",
        ] {
            assert_eq!(found(path, "fn f() { println!(); }"), 0, "{path}");
        }
    }

    #[test]
    fn files_and_the_network_are_found() {
        for (code, places) in
            [("let t = fs::read(p)?;", ["nn", "store"]), ("use std::fs::File;", ["train", "report"])]
        {
            assert_eq!(found(&format!("crates/{}/src/a.rs", places[0]), code), 1, "{code}");
            assert_eq!(found(&format!("crates/{}/src/a.rs", places[1]), code), 0, "{code}");
        }
        let code = "let s = TcpStream::connect(a)?;";
        assert_eq!(found("crates/datasets/src/idx/read.rs", code), 1);
        assert_eq!(found("crates/datasets/src/fetch/client.rs", code), 0);
    }

    #[test]
    fn unfinished_code_is_found_everywhere() {
        assert_eq!(found("crates/nn/src/a.rs", "fn f() { todo!() }"), 1);
        assert_eq!(
            found("crates/nn/tests/a.rs", "#[cfg(test)]\nmod t { fn f() { unimplemented!(\"later\") } }"),
            1
        );
    }
}
