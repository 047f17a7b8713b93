//! Rows 6, 7, 8 and 27: sizes from a flag or a file that memory and threads followed.

use super::checks::{Checks, Tried};
use super::child::{Limits, visible};
use super::ended::Ended;
use super::trained::{Context, Net};

/// Megabytes within which a refusal stays.
const LITTLE: u64 = 300;

/// Megabytes within which work in chunks stays.
const CHUNKED: u64 = 1000;

/// Words that tell of a limit.
const LIMIT: &[&str] =
    &["limit", "at most", "too large", "too big", "more than", "exceed", "largest", "needs", "would take"];

/// Refused for its size, before memory follows, on one line of ours.
fn refused_for_its_size(ended: &Ended) -> bool {
    ended.refused() && ended.mb < LITTLE && ended.says(LIMIT) && ended.err.lines().count() == 1
}

fn with_memory(checks: &mut Checks, what: &str, ended: &Ended, right: bool) {
    checks.that(what, format!("{} ({} MB)", ended.brief(), ended.mb), right);
}

/// Row 6.
pub fn between_layers(context: &Context) -> Tried {
    visible()?;
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    let file = "cases/huge-between-layers.safetensors";
    let ended = sandbox.run(&format!("attack {file} --n 1"))?;
    with_memory(&mut checks, "attack", &ended, refused_for_its_size(&ended));
    let ended = sandbox.run(&format!("inspect {file}"))?;
    let sound = ended.mb < LITTLE && (ended.code == Some(0) || ended.refused());
    with_memory(&mut checks, "inspect", &ended, sound);
    Ok(checks)
}

/// Row 27.
pub fn of_a_batch(context: &Context) -> Tried {
    visible()?;
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    for flags in ["--n 20 --attack fgsm", "--n 1 --attack fgsm --batch 1", "--n 20 --attack noise"] {
        let ended = sandbox.run(&format!("attack cases/memory-of-a-batch.safetensors {flags}"))?;
        // Smaller chunks would do too.
        let refused = ended.code == Some(1) && refused_for_its_size(&ended);
        let sound = refused || ended.code == Some(0) && ended.mb < CHUNKED;
        with_memory(&mut checks, &format!("attack {flags}"), &ended, sound);
    }
    Ok(checks)
}

/// Row 7.
pub fn long_batch(context: &Context) -> Tried {
    visible()?;
    let (sandbox, mut checks) = (context.sandbox(&[Net::Base5, Net::Gan])?, Checks::default());
    for kind in ["gan", "classifier", "autoencoder"] {
        let ended = sandbox.run(&format!("train {kind} --batch 2000000000 --epochs 1 --out run-{kind}"))?;
        with_memory(&mut checks, &format!("train {kind}"), &ended, ended.code == Some(0));
        let whole = sandbox.file(&format!("run-{kind}/model.safetensors")).is_file();
        let left = if whole { "a whole run".to_string() } else { format!("{:?}", sandbox.left("")) };
        checks.that(
            format!("left of train {kind}"),
            left,
            whole || !sandbox.file(&format!("run-{kind}")).exists(),
        );
    }
    for line in [
        "attack base5 --attack fgsm --n 20 --batch 2000000000",
        "generate gan -n 9 --columns 2000000000 --out a.png",
        "generate gan -n 9 --scale 2000000000 --out b.png",
        "demo --n 2000000000",
    ] {
        let ended = sandbox.run(line)?;
        let sound = ended.mb < LITTLE && (ended.code == Some(0) || ended.refused());
        with_memory(&mut checks, line, &ended, sound);
    }
    Ok(checks)
}

/// Row 8: refused by name with the most there may be, before a thread is started.
pub fn many_threads(context: &Context) -> Tried {
    visible()?;
    let (sandbox, mut checks) = (context.sandbox(&[Net::Base5, Net::Gan])?, Checks::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let limits = Limits { seconds: 60, threads: 16 * cores + 16, ..Limits::default() };
    // Machines with hundreds of cores may well run 1,000 threads.
    for threads in [1_000.max(64 * cores), 100_000, 1 << 40] {
        for line in [
            "train classifier --epochs 1 --data cases/idx-ten",
            "train gan --epochs 1 --data cases/idx-ten",
            "attack base5 --attack fgsm --n 20",
            "generate gan -n 4 --out",
            "demo --n 10 --data cases/idx-ten",
        ] {
            let to = if line.ends_with("--out") { format!(" {threads}.png") } else { String::new() };
            let ended = sandbox.run_within(&format!("{line}{to} --threads {threads}"), limits)?;
            let named = ended.says(&["--threads"]) && ended.says(&["at most"]);
            let sound = ended.code == Some(2) && ended.refused() && named && ended.mb < LITTLE;
            let word = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
            checks.ended(&format!("{word} --threads {threads}, {} threads", ended.threads), &ended, sound);
        }
    }
    let left = sandbox.left("");
    checks.that("left behind", format!("{left:?}"), left.is_empty());
    Ok(checks)
}
