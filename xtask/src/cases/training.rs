//! Rows 14, 15 and 36: trainings that learn nothing, do not start, or fail in silence.

use super::checks::{Checks, NotTried, Tried};
use super::inputs::idx_set;
use super::sandbox::Sandbox;
use super::trained::Context;
use serde_json::Value;

/// Words of the warning that nothing was learnt.
const WARNED: &[&str] = &["guess", "nothing was learnt"];

/// Whether a training of a few steps learns: equal ones at two learning rates end in different weights, unless every
/// step is taken at rate 0.
fn learns(sandbox: &Sandbox<'_>, line: &str) -> Result<bool, NotTried> {
    let mut weights = Vec::new();
    for lr in ["1e-3", "2e-3"] {
        let out = format!("lr-{lr}");
        sandbox
            .run(&format!("train classifier {line} --lr {lr} --json --out {out}"))?
            .object()
            .map_err(|e| format!("{line}: {e}"))?;
        weights.push(std::fs::read(sandbox.file(&out).join("model.safetensors"))?);
        std::fs::remove_dir_all(sandbox.file(&out))?;
    }
    Ok(weights[0] != weights[1])
}

/// Row 14.
pub fn few_steps_in_all(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    idx_set(&sandbox.file("few"), 12)?;
    let one = "--defense fgsm-rs --epochs 1 --batch 10000";
    checks.that(one, "one step", learns(&sandbox, one)?);
    for schedule in ["one-cycle", "cosine", "step", "constant"] {
        for (steps, batch) in [(1, 12), (2, 6), (3, 4)] {
            let moved =
                learns(&sandbox, &format!("--data few --epochs 1 --batch {batch} --schedule {schedule}"))?;
            let came_out = if moved { "learns" } else { "every step at rate 0" };
            checks.that(format!("{schedule}, {steps} steps in all"), came_out, moved);
        }
    }
    Ok(checks)
}

/// Row 15.
pub fn listed_data(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    let sets: Value = sandbox.run("list datasets --json")?.object()?;
    let computed = sets.as_array().into_iter().flatten().filter(|s| s["origin"] == "generated");
    let names: Vec<_> =
        computed.filter_map(|s| Some((s["name"].as_str()?, s["classes"].as_f64()?))).collect();
    checks.that("computed sets in the list", names.len(), !names.is_empty());
    for (name, classes) in names {
        let ended = sandbox.run(&format!("train classifier --data {name} --json --out {name}"))?;
        let Ok(done) = ended.object() else {
            checks.ended(&format!("train --data {name}"), &ended, false);
            continue;
        };
        let accuracy = done["test_accuracy"].as_f64().unwrap_or(0.0);
        // Of noise no class can be read.
        let learns =
            if name == "noise" { accuracy < 1.0 / classes + 0.1 } else { accuracy > 1.0 / classes + 0.1 };
        checks.that(format!("test accuracy on {name}"), accuracy, learns);
        let ended = sandbox.run(&format!("attack {name} --eps .05 --n 100"))?;
        checks.ended(&format!("attack on {name}"), &ended, ended.code == Some(0));
        std::fs::remove_dir_all(sandbox.file(name))?;
    }
    // A rate that is too high is warned of, and the run is whole.
    for out in ["run", "there/run"] {
        let line = format!("train classifier --lr 1e9 --epochs 1 --out {out}");
        let ended = sandbox.run(&line)?;
        let whole = sandbox.file(out).join("model.safetensors").is_file();
        let sound = ended.code == Some(0) && whole && ended.says(WARNED);
        checks.that(line, format!("{}, left {:?}", ended.brief(), sandbox.left("")), sound);
        sandbox.clear()?;
    }
    // What cannot be done as it was said is a usage error, what depends on files or the network is not.
    for (code, line) in [
        (2, "train gan --generator-output tanh"),
        (2, "train gan --discriminator-output sigmoid"),
        (2, "train classifier --data moons --arch fgsm-rs"),
        (2, "train autoencoder --data moons --epochs 1"),
        (2, "train gan --data moons --arch gan --epochs 1"),
        (1, "train classifier --data nowhere"),
        (2, "demo --data moons"),
        (2, "demo --data moons --out there/run"),
        (1, "fetch mnist --from nowhere --to set"),
        (1, "fetch mnist --mirror http://127.0.0.1:1/ --to set"),
    ] {
        let (ended, left) = (sandbox.run(line)?, sandbox.left(""));
        let sound = ended.refused() && ended.code == Some(code) && left.is_empty();
        checks.that(line, format!("{}, wanted exit {code}, left {left:?}", ended.brief()), sound);
        sandbox.clear()?;
    }
    Ok(checks)
}

/// Row 36: a word of warning, or an error.
pub fn a_rate_too_high(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, Checks::default());
    for (i, line) in [
        "train classifier --lr 1e6 --epochs 1",
        "train classifier --lr 1e6",
        "train autoencoder --lr 1e6 --epochs 1",
    ]
    .iter()
    .enumerate()
    {
        let ended = sandbox.run(&format!("{line} --out run-{i}"))?;
        let warned = ended.code == Some(0) && ended.says(WARNED);
        checks.ended(line, &ended, warned || ended.refused());
    }
    Ok(checks)
}
