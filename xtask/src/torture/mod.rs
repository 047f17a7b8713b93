//! `cargo xtask torture`: what the tests try a few thousand times, many more times.

mod cuts;
mod formats;
mod kills;

use flags::Flags;

/// A group of loops by its name.
struct Group {
    name: &'static str,
    about: &'static str,
    usual: u64,
    run: fn(u64) -> Result<(), String>,
}

const ALL: &[Group] = &[
    Group {
        name: "formats",
        about: "changed checkpoints, safetensors, .npz, .onnx and network files, 1,000,000 of each by default",
        usual: 1_000_000,
        run: formats::run,
    },
    Group {
        name: "cuts",
        about: "trainings of every kind interrupted after random steps and resumed, 100 each by default",
        usual: 100,
        run: cuts::run,
    },
    Group {
        name: "kills",
        about: "trainings killed at random times, 300 in all by default",
        usual: 300,
        run: kills::run,
    },
];

/// Runs the groups that are asked for, all by default.
///
/// # Errors
/// For a wrong flag, and for the first group that fails.
pub fn run(args: &[String]) -> Result<(), String> {
    let (mut cases, mut only, mut flags) = (None, Vec::new(), Flags::new(args));
    while let Some(flag) = flags.next_flag()? {
        match flag {
            "--cases" => cases = Some(flags.count()? as u64),
            "--only" => only.extend(flags.list()?),
            "-h" | "--help" => {
                print!("{}", usage());
                return Ok(());
            }
            _ => return Err(flags.unknown(&usage())),
        }
    }
    if let Some(wrong) = only.iter().find(|name| !ALL.iter().any(|group| group.name == **name)) {
        return Err(format!("--only: there is no {wrong:?}\n{}", usage()));
    }
    if cases.is_some() && only.len() != 1 {
        return Err(format!(
            "--cases counts other things in each group; name the one group with --only\n{}",
            usage()
        ));
    }
    let asked = |group: &&Group| only.is_empty() || only.iter().any(|name| name == group.name);
    ALL.iter().filter(asked).try_for_each(|group| {
        (group.run)(cases.unwrap_or(group.usual)).map_err(|e| format!("{}: {e}", group.name))
    })
}

fn usage() -> String {
    let mut text = String::from(
        "cargo xtask torture [--cases N] [--only NAME,..]\n  --cases N    how many, of one group\n",
    );
    ALL.iter().for_each(|group| text += &format!("  {:<12} {}\n", group.name, group.about));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_words_are_refused() {
        let run = |line: &str| run(&line.split(' ').map(String::from).collect::<Vec<_>>()).unwrap_err();
        assert!(run("--only format").contains("formats"));
        assert!(run("--cases 0").contains("above 0"));
        assert!(run("--cases 9").contains("--only"));
        assert!(run("--depth").contains("--cases N"));
    }
}
