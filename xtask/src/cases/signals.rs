//! Row 31: Ctrl-C reaches everything that waits or works.

use super::checks::{Checks, NotTried, Tried};
use super::child::Running;
use super::inputs::{one_tensor, safetensors};
use super::sandbox::Sandbox;
use super::server::{Manner, Server};
use super::trained::{Context, Net};

/// "A second or two", and one for a machine that has other work.
const PATIENCE: f64 = 3.0;

/// Sends SIGINT; right if the program ends in time, with 130 unless its work was done before.
fn interrupt(checks: &mut Checks, what: &str, mut running: Running) {
    if !running.runs() {
        let ended = running.end();
        return checks.ended(&format!("{what}: done before the signal"), &ended, ended.code == Some(0));
    }
    let mut took = running.signal("INT", PATIENCE);
    // A training may end its step, so as to keep what was learnt, if it says so and a second Ctrl-C ends it.
    if took.is_none() && running.said().contains("second signal") {
        took = running.signal("INT", PATIENCE);
    }
    let ended = running.kill();
    let sound = took.is_some() && ended.code == Some(130);
    let came_out =
        took.map_or_else(|| format!("ran on for {PATIENCE} s"), |s| format!("{s:.1} s, {}", ended.brief()));
    checks.that(what, came_out, sound);
}

/// Row 31.
pub fn everywhere(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[Net::Large])?, Checks::default());
    waiting(&sandbox, &mut checks)?;
    let numbers = 225_000_000;
    safetensors(&sandbox.file("large.safetensors"), &one_tensor("a", "F32", numbers), 4 * numbers)?;
    for line in ["inspect large.safetensors", "attack large.safetensors --arch mlp"] {
        let mut running = sandbox.start(line)?;
        running.until(20.0, |r| r.cpu() > 0.2);
        interrupt(&mut checks, &format!("{line}, 900 MB"), running);
    }
    std::fs::remove_file(sandbox.file("large.safetensors"))?;
    for line in [
        "attack large --data mnist-10k --attack pgd --batch 2000 --n 2000",
        "attack large --data mnist-10k --attack noise --batch 2000 --n 2000",
        "train classifier --arch madry --batch 2000",
        "train classifier --arch madry --batch 2000 --defense pgd --attack-steps 40",
    ] {
        let mut running = sandbox.start(line)?;
        running.until(60.0, |r| r.cpu() > 2.0);
        interrupt(&mut checks, line, running);
    }
    Ok(checks)
}

/// A fetch that waits for a server, and one that waits for the first.
fn waiting(sandbox: &Sandbox<'_>, checks: &mut Checks) -> Result<(), NotTried> {
    let server = Server::new(Manner::Silent)?;
    let line = format!("fetch mnist --mirror {} --to m", server.url());
    let mut first = sandbox.start(&line)?;
    if !first.until(60.0, |_| server.calls() > 0) {
        checks.ended("fetch from a silent server", &first.end(), false);
        return Ok(());
    }
    let mut second = sandbox.start(&line)?;
    second.until(30.0, |r| r.said().to_lowercase().contains("waiting"));
    interrupt(checks, "fetch that waits for another fetch", second);
    interrupt(checks, "fetch that waits for a silent server", first);
    Ok(())
}
