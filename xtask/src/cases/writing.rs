//! Rows 18, 30, 32 and 34: output that cannot be written.

use super::checks::{Checks, NotTried, Tried};
use super::child::{Limits, Running};
use super::disk::{self, Disk};
use super::sandbox::Sandbox;
use super::trained::{Context, Net};
use std::fs::File;

/// Each command ends with 1 and one line if its output has no room, and with 0 if nobody reads it.
fn on_full_output(sandbox: &Sandbox<'_>, checks: &mut Checks, lines: &[&str]) -> Result<(), NotTried> {
    for line in lines {
        let full = File::options()
            .write(true)
            .open("/dev/full")
            .map_err(|e| NotTried::Skip(format!("/dev/full: {e}")))?;
        let ended = sandbox.run_into(line, full)?;
        let told =
            ended.err.lines().last().is_some_and(|l| l.starts_with("sparring: ") || l.contains("error"));
        checks.ended(
            &format!("{line} > /dev/full"),
            &ended,
            ended.code == Some(1) && told && !ended.says(&["panicked"]),
        );
    }
    Ok(())
}

fn on_closed_pipe(sandbox: &Sandbox<'_>, checks: &mut Checks, line: &str) -> Result<(), NotTried> {
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let ended = sandbox.run_into(line, writer)?;
    checks.ended(&format!("{line} | nobody"), &ended, ended.code == Some(0));
    Ok(())
}

/// Row 18.
pub fn lists(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    let lines = [
        "list activations",
        "list attacks --json",
        "list datasets",
        "completions bash",
        "--help",
        "--version",
        "train --help",
    ];
    on_full_output(&sandbox, &mut checks, &lines)?;
    on_closed_pipe(&sandbox, &mut checks, "list activations")?;
    on_closed_pipe(&sandbox, &mut checks, "list activations --json")?;
    Ok(checks)
}

/// Row 30.
pub fn results(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[Net::Base5, Net::Gan])?, Checks::default());
    super::inputs::idx_set(&sandbox.file("few"), 10)?;
    let lines = [
        "attack base5 --n 20 --attack fgsm --json",
        "attack base5 --n 20 --attack fgsm",
        "inspect base5",
        "inspect base5 --json",
        "generate gan -n 4 --out g.png --json",
        "train classifier --data few --epochs 1 --json --out a",
        "train autoencoder --data few --epochs 1 --out b",
        "train gan --data few --epochs 1 --batch 5 --json --out c",
    ];
    on_full_output(&sandbox, &mut checks, &lines)?;
    on_closed_pipe(&sandbox, &mut checks, "attack base5 --n 20 --attack fgsm --json")?;
    Ok(checks)
}

/// Seconds of processor time that an attack of row 32 takes at least, and within which a refusal stays.
const REFUSAL: f64 = 1.0;

/// Row 32.
pub fn save_without_room(context: &Context) -> Tried {
    if !disk::possible() {
        return Err(NotTried::Skip("no mount namespaces for a small disk (unshare --user --mount)".into()));
    }
    let (sandbox, mut checks) = (context.sandbox(&[Net::Base5])?, Checks::default());
    // So small a budget fools hardly an image: every step is taken.
    let long = "attack base5 --attack pgd --eps .0001 --steps 500 --n 1000 --json";
    for (disk, name) in [(disk::READ_ONLY, "read-only"), (disk::FULL, "full"), (disk::SMALL, "small")] {
        for (flag, file) in [("--save", "x.safetensors"), ("--report", "page.html")] {
            saved(&sandbox, &mut checks, disk, name, &format!("{long} {flag} disk/{file}"))?;
        }
    }
    for line in ["train classifier --epochs 1 --json --out disk/run", "generate base5 -n 4 --out disk/g.png"]
    {
        let ended =
            Running::start(sandbox.command_on(&disk::READ_ONLY, line), None, Limits::default())?.end();
        checks.ended(&format!("{line}, read-only disk"), &ended, ended.refused() && ended.cpu < REFUSAL);
    }
    Ok(checks)
}

/// A save onto such a disk: refused before the work, or the figures are printed and the file is named.
fn saved(
    sandbox: &Sandbox<'_>,
    checks: &mut Checks,
    disk: Disk,
    name: &str,
    line: &str,
) -> Result<(), NotTried> {
    let mut running = Running::start(sandbox.command_on(&disk, line), None, Limits::default())?;
    // The refusal comes at once; what has worked longer has begun the work.
    let worked = running.until(600.0, |r| r.cpu() > REFUSAL);
    let ended = running.end();
    let figures = ended.out.lines().last().is_some_and(|l| l.contains("\"robust_accuracy\""));
    let named = ended.says(&["disk/"]);
    let (right, how) = match (ended.code, worked) {
        (Some(1 | 2), false) => (named && ended.refused(), "before the work"),
        (Some(1), true) => (
            named && figures,
            if figures { "after the work, figures printed" } else { "after the work, figures lost" },
        ),
        // A page may be small enough.
        (Some(0), _) => (figures && name == "small", "written"),
        _ => (false, "not refused"),
    };
    // A disk that nothing can be written to is tried before.
    let right = right && (name != "read-only" || !worked);
    let flag = line.split(' ').nth_back(1).unwrap_or_default();
    checks.that(format!("{flag}, {name} disk"), format!("{how}, {}", ended.brief()), right);
    Ok(())
}

/// Row 34.
pub fn copy_without_room(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    let mnist = context.mnist()?;
    if !disk::possible() {
        return Err(NotTried::Skip("no mount namespaces for a small disk (unshare --user --mount)".into()));
    }
    for (disk, name) in [(disk::SMALL, "small"), (disk::FULL, "full"), (disk::READ_ONLY, "read-only")] {
        let line = format!("fetch mnist --from {} --to disk/mnist", mnist.display());
        let ended = Running::start(sandbox.command_on(&disk, &line), None, Limits::default())?.end();
        let last = ended.last();
        let sound =
            ended.refused() && last.contains("disk/mnist") && !last.contains(&*mnist.display().to_string());
        checks.ended(&format!("{name} disk"), &ended, sound);
    }
    Ok(checks)
}
