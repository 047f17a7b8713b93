//! Rows 6, 7, 8 and 27: sizes from a flag or a file that memory and threads followed.

use super::checks::{Checks, Tried};
use super::child::Limits;
use super::ended::Ended;
use super::room::Room;
use super::trained::{Bench, Net};

/// Megabytes within which a refusal stays.
const LITTLE: u64 = 300;

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
pub fn between_layers(bench: &Bench) -> Tried {
    let (room, mut checks) = (Room::with(bench, &[])?, Checks::default());
    let file = "cases/huge-between-layers.safetensors";
    let ended = room.run(&format!("attack {file} --n 1"))?;
    with_memory(&mut checks, "attack", &ended, refused_for_its_size(&ended));
    let ended = room.run(&format!("inspect {file}"))?;
    let sound = ended.mb < LITTLE && (ended.code == Some(0) || ended.refused());
    with_memory(&mut checks, "inspect", &ended, sound);
    Ok(checks)
}

/// Row 27.
pub fn of_a_batch(bench: &Bench) -> Tried {
    let (room, mut checks) = (Room::with(bench, &[])?, Checks::default());
    for flags in ["--n 20 --attack fgsm", "--n 1 --attack fgsm --batch 1", "--n 20 --attack noise"] {
        let ended = room.run(&format!("attack cases/memory-of-a-batch.safetensors {flags}"))?;
        // Smaller chunks would do too, if they stay within the limits of this program's watch.
        let sound = refused_for_its_size(&ended) || ended.code == Some(0);
        with_memory(&mut checks, &format!("attack {flags}"), &ended, sound);
    }
    Ok(checks)
}

/// Row 7.
pub fn long_batch(bench: &Bench) -> Tried {
    let (room, mut checks) = (Room::with(bench, &[Net::Base5, Net::Gan])?, Checks::default());
    for kind in ["gan", "classifier", "autoencoder"] {
        let ended = room.run(&format!("train {kind} --batch 2000000000 --epochs 1 --out run-{kind}"))?;
        with_memory(&mut checks, &format!("train {kind}"), &ended, ended.code == Some(0));
        let whole = room.file(&format!("run-{kind}/model.safetensors")).is_file();
        let left = if whole { "a whole run".to_string() } else { format!("{:?}", room.left("")) };
        checks.that(
            format!("left of train {kind}"),
            left,
            whole || !room.file(&format!("run-{kind}")).exists(),
        );
    }
    for line in [
        "attack base5 --attack fgsm --n 20 --batch 2000000000",
        "generate gan -n 9 --columns 2000000000 --out a.png",
        "generate gan -n 9 --scale 2000000000 --out b.png",
        "demo --n 2000000000",
    ] {
        let ended = room.run(line)?;
        let sound = ended.mb < LITTLE && (ended.code == Some(0) || ended.refused());
        with_memory(&mut checks, line, &ended, sound);
    }
    Ok(checks)
}

/// Row 8: refused by name, or cut to a small multiple of the cores.
pub fn many_threads(bench: &Bench) -> Tried {
    let (room, mut checks) = (Room::with(bench, &[Net::Base5, Net::Gan])?, Checks::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let limits = Limits { seconds: 60, threads: 16 * cores + 16, ..Limits::default() };
    for threads in [1_000u64, 100_000, 1 << 40] {
        for line in [
            "train classifier --epochs 1 --data cases/idx-ten",
            "train gan --epochs 1 --data cases/idx-ten",
            "attack base5 --attack fgsm --n 20",
            "generate gan -n 4 --out",
            "demo --n 10 --data cases/idx-ten",
        ] {
            let to = if line.ends_with("--out") { format!(" {threads}.png") } else { String::new() };
            let ended = room.run_within(&format!("{line}{to} --threads {threads}"), limits)?;
            let sound = ended.refused() && ended.says(&["--threads"]) || ended.code == Some(0);
            let word = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
            checks.ended(&format!("{word} --threads {threads}, {} threads", ended.threads), &ended, sound);
        }
    }
    let left = room.left("");
    let whole = |name: &String| name == "runs" || name.ends_with(".png");
    checks.that("left behind", format!("{left:?}"), left.iter().all(whole));
    Ok(checks)
}
