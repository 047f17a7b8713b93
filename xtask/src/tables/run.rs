//! `cargo xtask tables`.

use super::cards::cards;
use super::families::ALL;
use super::markers::fill;
use std::path::Path;

/// Writes the tables, or with `--check` says which are stale.
///
/// # Errors
/// If a marker is broken, a file cannot be read or written, or with `--check` a table is stale.
pub fn run(root: &Path, args: &[String]) -> Result<(), String> {
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {}
        ["--check"] => {
            let stale = stale(root)?;
            stale.iter().for_each(|(path, line, what)| println!("{path}:{line}: {what}"));
            return if stale.is_empty() { Ok(()) } else { Err(format!("{} stale tables", stale.len())) };
        }
        _ => return Err(format!("takes nothing or --check, got {}", args.join(" "))),
    }
    for path in readmes(root)? {
        let text = read(root, &path)?;
        let (new, places) = fill(&text, &content).map_err(|(line, what)| format!("{path}:{line}: {what}"))?;
        if new != text {
            std::fs::write(root.join(&path), new).map_err(|e| format!("{path}: {e}"))?;
            println!("{path}: {} tables written", places.len());
        }
    }
    for (path, card) in cards() {
        if std::fs::read_to_string(root.join(&path)).is_ok_and(|old| old == card) {
            continue;
        }
        let file = root.join(&path);
        let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        folder.and_then(|()| std::fs::write(&file, card)).map_err(|e| format!("{path}: {e}"))?;
        println!("{path}: written");
    }
    Ok(())
}

/// Path, line and trouble of each table that is not what the code says, or is missing from its home.
///
/// # Errors
/// If a file cannot be read.
pub fn stale(root: &Path) -> Result<Vec<(String, usize, String)>, String> {
    let mut problems = Vec::new();
    let mut shown = Vec::new();
    for path in readmes(root)? {
        let text = read(root, &path)?;
        match fill(&text, &content) {
            Err((line, what)) => problems.push((path, line, what)),
            Ok((new, places)) => {
                if new != text {
                    let same = text.lines().zip(new.lines()).take_while(|(a, b)| a == b).count();
                    problems.push((path.clone(), same + 1, "stale table; run `cargo xtask tables`".into()));
                }
                shown.extend(places.into_iter().map(|p| (path.clone(), p.name)));
            }
        }
    }
    for (path, card) in cards() {
        if read(root, &path).is_ok_and(|text| text == card) {
            continue;
        }
        problems.push((path, 1, "missing or stale card; run `cargo xtask tables`".into()));
    }
    for table in ALL {
        if !shown.iter().any(|(path, name)| path == table.home && name == table.name) {
            let what = format!(
                "lacks `<!-- table: {} -->` and `<!-- /table -->`; add both and run `cargo xtask tables`",
                table.name
            );
            problems.push((table.home.to_string(), 1, what));
        }
    }
    Ok(problems)
}

fn content(name: &str) -> Option<String> {
    ALL.iter().find(|t| t.name == name).map(|t| (t.write)())
}

/// The README files of the root and of the crates.
fn readmes(root: &Path) -> Result<Vec<String>, String> {
    let crates = std::fs::read_dir(root.join("crates")).map_err(|e| format!("crates: {e}"))?;
    let mut paths: Vec<String> =
        crates.flatten().map(|c| format!("crates/{}/README.md", c.file_name().to_string_lossy())).collect();
    paths.push("README.md".into());
    paths.sort();
    paths.retain(|p| root.join(p).is_file());
    Ok(paths)
}

fn read(root: &Path, path: &str) -> Result<String, String> {
    std::fs::read_to_string(root.join(path)).map_err(|e| format!("{path}: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_and_missing_tables_are_found_and_mended() {
        let root = tempfile::tempdir().unwrap();
        for table in ALL {
            let path = root.path().join(table.home);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let before = std::fs::read_to_string(&path).unwrap_or_default();
            std::fs::write(&path, format!("{before}<!-- table: {} -->\nold\n<!-- /table -->\n", table.name))
                .unwrap();
        }
        let homes: std::collections::HashSet<_> = ALL.iter().map(|t| t.home).collect();
        assert_eq!(stale(root.path()).unwrap().len(), homes.len() + cards().len());
        assert!(run(root.path(), &["--check".into()]).is_err());
        run(root.path(), &[]).unwrap();
        assert_eq!(stale(root.path()).unwrap(), []);
        std::fs::write(root.path().join(ALL[0].home), "no marker").unwrap();
        assert!(stale(root.path()).unwrap()[0].2.contains(ALL[0].name));
        assert!(run(root.path(), &["--write".into()]).is_err());
    }
}
