//! Rows 16 and 33: what is left behind by a run that a signal or `kill -9` ended.

use super::checks::{Checks, NotTried, Tried};
use super::sandbox::Sandbox;
use super::server::{Manner, Server};
use super::trained::{Context, Net};
use std::path::Path;

/// Seconds within which a signal is obeyed.
const PATIENCE: f64 = 30.0;

/// Row 16: after Ctrl-C in either training of the demo its directory can be used again, as the message says.
pub fn interrupted_demo(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    for (phase, out) in [("standard", "d1"), ("hardened", "d2")] {
        let line = format!("demo --out {out} --n 100");
        let mut running = sandbox.start(&line)?;
        // The line of an epoch begins with the name of the training.
        let begun = running.until(300.0, |r| r.said().lines().any(|l| l.starts_with(phase)));
        running.signal("INT", PATIENCE);
        let ended = running.end();
        checks.ended(&format!("Ctrl-C in {phase}"), &ended, begun && ended.code == Some(130));
        let left = sandbox.left(out);
        // What is kept must be told, with the place.
        let kept = !left.is_empty() && ended.last().contains(&format!("is in {out}"));
        checks.that(format!("left in {out}"), format!("{left:?}"), left.is_empty() || kept);
        if !kept {
            let mut again = sandbox.start(&line)?;
            let taken = again.until(60.0, |r| r.said().lines().any(|l| l.starts_with("standard")));
            again.signal("INT", PATIENCE);
            checks.ended("the same directory again", &again.end(), taken);
        }
    }
    Ok(checks)
}

/// Row 33.
pub fn swept(context: &Context) -> Tried {
    let mut checks = Checks::default();
    saves(context, &mut checks)?;
    match context.mnist() {
        Ok(mnist) => fetches(context, &mnist, &mut checks)?,
        Err(NotTried::Skip(why)) => checks.left_out(format!("fetch: {why}")),
        Err(broken) => return Err(broken),
    }
    Ok(checks)
}

/// A save that `kill -9` cut off, and the next one into the same folder.
fn saves(context: &Context, checks: &mut Checks) -> Result<(), NotTried> {
    let sandbox = context.sandbox(&[Net::Base5])?;
    let line = "attack base5 --attack fgsm --n 2000 --save x.safetensors";
    let mut cut = Vec::new();
    for _ in 0..20 {
        let mut running = sandbox.start(line)?;
        let writing = running.until(60.0, |_| sandbox.left("").iter().any(|name| name != "x.safetensors"));
        running.kill();
        cut = sandbox.left("").into_iter().filter(|name| name != "x.safetensors").collect();
        let _ = std::fs::remove_file(sandbox.file("x.safetensors"));
        if writing && !cut.is_empty() {
            break;
        }
    }
    let ended = sandbox.run(line)?;
    checks.ended(&format!("a save after one cut off with {cut:?} left"), &ended, ended.code == Some(0));
    let left = sandbox.left("");
    checks.that("left after it", format!("{left:?}"), left == ["x.safetensors"]);
    Ok(())
}

/// A download that `kill -9` cut off, and the next fetch into the same folder, from a folder or from a mirror.
fn fetches(context: &Context, mnist: &Path, checks: &mut Checks) -> Result<(), NotTried> {
    let sandbox = context.sandbox(&[])?;
    let (half, whole) = (Server::new(Manner::Half(mnist.into()))?, Server::new(Manner::Whole(mnist.into()))?);
    for (to, next) in
        [("a", format!("--from {}", mnist.display())), ("b", format!("--mirror {}", whole.url()))]
    {
        let mut running = sandbox.start(&format!("fetch mnist --mirror {} --to {to}", half.url()))?;
        let begun = running.until(60.0, |_| sandbox.left(to).iter().any(|name| name.contains("idx")));
        running.kill();
        let cut = unfinished(&sandbox, to);
        let ended = sandbox.run(&format!("fetch mnist --to {to} {next}"))?;
        let how = next.split(' ').next().unwrap_or_default();
        checks.ended(
            &format!("fetch {how} after one cut off with {cut:?} left"),
            &ended,
            begun && ended.code == Some(0),
        );
        let left = unfinished(&sandbox, to);
        checks.that("left after it", format!("{left:?}"), left.is_empty());
    }
    Ok(())
}

/// Files that are not the set's; the empty lock may stay, since removing it would let two fetches lock two files.
fn unfinished(sandbox: &Sandbox<'_>, folder: &str) -> Vec<String> {
    let whole =
        |name: &String| name.ends_with("-ubyte") || name.ends_with("-ubyte.gz") || name.ends_with(".lock");
    let hidden = |name: &String| name.starts_with('.') && !name.ends_with(".lock");
    sandbox.left(folder).into_iter().filter(|name| hidden(name) || !whole(name)).collect()
}
