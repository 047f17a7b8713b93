//! Rows 14, 15 and 36: trainings that learn nothing, do not start, or fail in silence.

use super::checks::{Checks, Obstacle, Tried};
use super::inputs::idx_set;
use super::room::Room;
use super::trained::Bench;
use serde_json::Value;

/// Whether a training of a few steps learns: equal ones at two learning rates end in different weights, unless every
/// step is taken at rate 0.
fn learns(room: &Room<'_>, line: &str) -> Result<bool, Obstacle> {
    let mut weights = Vec::new();
    for lr in ["1e-3", "2e-3"] {
        let out = format!("lr-{lr}");
        room.run(&format!("train classifier {line} --lr {lr} --json --out {out}"))?
            .object()
            .map_err(|e| format!("{line}: {e}"))?;
        weights.push(std::fs::read(room.file(&out).join("model.safetensors"))?);
        std::fs::remove_dir_all(room.file(&out))?;
    }
    Ok(weights[0] != weights[1])
}

/// Row 14.
pub fn few_steps_in_all(bench: &Bench) -> Tried {
    let (room, mut checks) = (Room::with(bench, &[])?, Checks::default());
    idx_set(&room.file("few"), 12)?;
    let one = "--defense fgsm-rs --epochs 1 --batch 10000";
    checks.that(one, "one step", learns(&room, one)?);
    for schedule in ["one-cycle", "cosine", "step", "constant"] {
        for (steps, batch) in [(1, 12), (2, 6), (3, 4)] {
            let moved =
                learns(&room, &format!("--data few --epochs 1 --batch {batch} --schedule {schedule}"))?;
            let came_out = if moved { "learns" } else { "every step at rate 0" };
            checks.that(format!("{schedule}, {steps} steps in all"), came_out, moved);
        }
    }
    Ok(checks)
}

/// Row 15.
pub fn listed_data(bench: &Bench) -> Tried {
    let (room, mut checks) = (Room::with(bench, &[])?, Checks::default());
    let sets: Value = room.run("list datasets --json")?.object()?;
    let computed = sets.as_array().into_iter().flatten().filter(|s| s["origin"] == "generated");
    let names: Vec<_> =
        computed.filter_map(|s| Some((s["name"].as_str()?, s["classes"].as_f64()?))).collect();
    checks.that("computed sets in the list", names.len(), !names.is_empty());
    for (name, classes) in names {
        let ended = room.run(&format!("train classifier --data {name} --json --out {name}"))?;
        let Ok(done) = ended.object() else {
            checks.ended(&format!("train --data {name}"), &ended, false);
            continue;
        };
        let accuracy = done["test_accuracy"].as_f64().unwrap_or(0.0);
        checks.that(format!("test accuracy on {name}"), accuracy, accuracy > 1.0 / classes + 0.1);
        let ended = room.run(&format!("attack {name} --eps .05 --n 100"))?;
        checks.ended(&format!("attack on {name}"), &ended, ended.code == Some(0));
        std::fs::remove_dir_all(room.file(name))?;
    }
    for line in [
        "train classifier --lr 1e9 --epochs 1",
        "train gan --generator-output tanh",
        "train gan --discriminator-output sigmoid",
        "train classifier --data moons --arch fgsm-rs",
        "train autoencoder --data moons --epochs 1",
        "train gan --data moons --epochs 1",
        "train classifier --data nowhere",
        "train classifier --lr 1e9 --epochs 1 --out there/run",
        "demo --data moons",
        "demo --data moons --out there/run",
        "fetch mnist --from nowhere --to set",
        "fetch mnist --mirror http://127.0.0.1:1/ --to set",
    ] {
        let (ended, left) = (room.run(line)?, room.left(""));
        // A set or a rate may also be taken; then the run is whole.
        let sound = ended.code == Some(0) || ended.refused() && left.is_empty();
        checks.that(line, format!("{}, left {left:?}", ended.brief()), sound);
        for name in left {
            std::fs::remove_dir_all(room.file(&name))?;
        }
    }
    Ok(checks)
}

/// Row 36: a word of warning, or an error.
pub fn a_rate_too_high(bench: &Bench) -> Tried {
    let (room, mut checks) = (Room::with(bench, &[])?, Checks::default());
    let words = ["guess", "chance", "never fell", "warning", "did not learn", "not learnt", "learnt nothing"];
    for (i, line) in [
        "train classifier --lr 1e6 --epochs 1",
        "train classifier --lr 1e6",
        "train autoencoder --lr 1e6 --epochs 1",
    ]
    .iter()
    .enumerate()
    {
        let ended = room.run(&format!("{line} --out run-{i}"))?;
        let text = format!("{} {}", ended.out, ended.err).to_lowercase();
        let warned = ended.code == Some(0) && words.iter().any(|w| text.contains(w));
        checks.ended(line, &ended, warned || ended.refused());
    }
    Ok(checks)
}
