//! Rows 9, 10 and 29: text from a file, on the terminal.

use super::checks::{Checks, NotTried, Tried};
use super::ended::Ended;
use super::inputs::{one_tensor, safetensors};
use super::sandbox::Sandbox;
use super::trained::{Context, Net};
use serde_json::json;

/// Characters that a line of output may have; a terminal wraps it into a few lines.
const LINE: usize = 1000;

/// A name that clears the screen, sets the title, rings, and begins a line of its own.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;x\u{7}evil\r\nline\u{9b}31m\u{202e}";

/// What a terminal would obey in the text, if anything: a control character, a change of direction, a line that the name
/// began, or a line without end.
pub fn obeyed(text: &str) -> Option<String> {
    let harmless = |c: char| {
        c == '\n' || !(c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    };
    if let Some(c) = text.chars().find(|c| !harmless(*c)) {
        return Some(format!("a raw {:?}", c));
    }
    if text.lines().filter_map(|l| l.strip_prefix("line")).any(|rest| !rest.starts_with(char::is_alphabetic))
    {
        return Some("a line that the name began".into());
    }
    let longest = text.lines().map(|l| l.chars().count()).max().unwrap_or(0);
    (longest > LINE).then(|| format!("a line of {longest} characters"))
}

/// Both streams are harmless, and it ended as it should.
fn harmless(checks: &mut Checks, what: &str, ended: &Ended, done: bool) {
    let how = if done { ended.code == Some(0) } else { ended.code == Some(0) || ended.refused() };
    let obeyed = obeyed(&ended.out).or_else(|| obeyed(&ended.err));
    let came_out = obeyed
        .clone()
        .unwrap_or_else(|| ended.code.map_or_else(|| ended.brief(), |c| format!("exit {c}, harmless")));
    checks.that(what, came_out, how && obeyed.is_none());
}

fn inspected(context: &Context, files: &[&str]) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    for file in files {
        let ended = sandbox.run(&format!("inspect cases/{file}"))?;
        harmless(&mut checks, &format!("inspect {file}"), &ended, true);
    }
    Ok(checks)
}

/// Row 9.
pub fn long_name(context: &Context) -> Tried {
    inspected(context, &["long-name.safetensors"])
}

/// Row 10.
pub fn escapes(context: &Context) -> Tried {
    inspected(context, &["escape-in-name.safetensors", "escape-in-key.safetensors"])
}

/// Row 29.
pub fn escapes_everywhere(context: &Context) -> Tried {
    let mut checks = inspected(context, &["escape-everywhere.safetensors"])?;
    let sandbox = context.sandbox(&[Net::Base5])?;
    for file in ["escape-everywhere.safetensors", "escape-in-name.safetensors", "long-name.safetensors"] {
        let ended = sandbox.run(&format!("attack cases/{file} --arch mlp --n 1"))?;
        harmless(&mut checks, &format!("attack {file}"), &ended, false);
    }
    foreign_headers(&sandbox)?;
    for file in ["dtype", "field", "key", "value", "many"] {
        for command in ["inspect", "attack --arch mlp --n 1"] {
            let ended = sandbox.run(&format!("{command} {file}.safetensors"))?;
            let word = command.split(' ').next().unwrap_or_default();
            harmless(&mut checks, &format!("{word} a file with a hostile {file}"), &ended, false);
        }
    }
    hostile_run(&sandbox)?;
    for command in ["inspect", "attack --n 1"] {
        let ended = sandbox.run(&format!("{command} run"))?;
        harmless(&mut checks, &format!("{command} a run with hostile JSON"), &ended, false);
    }
    Ok(checks)
}

/// Files whose header is hostile in one place each.
fn foreign_headers(sandbox: &Sandbox<'_>) -> Result<(), NotTried> {
    let whole = || one_tensor("a", "F32", 2);
    let mut field = whole();
    field["a"][HOSTILE] = json!(1);
    let mut key = whole();
    key["__metadata__"] = json!({ HOSTILE: "v" });
    let mut value = whole();
    value["__metadata__"] = json!({ "k": HOSTILE });
    let mut many = json!({});
    for i in 0..3000u64 {
        many[format!("{HOSTILE}{i}")] =
            json!({ "dtype": "F32", "shape": [1], "data_offsets": [4 * i, 4 * i + 4] });
    }
    let files = [
        ("dtype", one_tensor("a", HOSTILE, 2), 8),
        ("field", field, 8),
        ("key", key, 8),
        ("value", value, 8),
        ("many", many, 12_000),
    ];
    files.iter().try_for_each(|(name, header, data)| {
        safetensors(&sandbox.file(&format!("{name}.safetensors")), header, *data)
    })
}

/// A run of ours with keys, values and a file name that somebody changed.
fn hostile_run(sandbox: &Sandbox<'_>) -> Result<(), NotTried> {
    let run = sandbox.file("run");
    std::fs::create_dir(&run)?;
    std::fs::copy(sandbox.file("base5/model.safetensors"), run.join("model.safetensors"))?;
    let config = json!({ "command": HOSTILE, HOSTILE: "v", "data": HOSTILE, "recipe": { HOSTILE: HOSTILE, "long": "x".repeat(100_000) } });
    std::fs::write(run.join("config.json"), config.to_string())?;
    std::fs::write(run.join("metrics.jsonl"), json!({ "epoch": 1, HOSTILE: HOSTILE }).to_string())?;
    std::fs::write(run.join("a\u{1b}[31m\nline"), "")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::obeyed;

    #[test]
    fn what_a_terminal_would_obey_is_found() {
        assert_eq!(obeyed("a\\u{1b}[2J é\nlinear b"), None);
        for text in ["\u{1b}[2J", "a\tb", "a\r\n", "\u{9b}31m", "\u{202e}a", "evil\nline 2"] {
            assert!(obeyed(text).is_some(), "{text:?}");
        }
        assert!(obeyed(&"x".repeat(1001)).is_some());
    }
}
