//! Sweeps: one process, shards of every scheduler, kills and crashes all end in the same table.

mod changed;
mod ended;
#[cfg(unix)]
mod jobs;
mod pages;
mod refused;

use crate::{command, folder, object, printed, ran, refusal, said};
use serde_json::Value;
use std::path::Path;

/// What a merge has to write as one process does.
const TABLE: [&str; 5] = ["grid.toml", "manifest.json", "report.html", "results.csv", "results.json"];

/// Six small nets on 700 points, each attacked.
const GRID: &str = "train = \"classifier\"\n[flags]\ndata = \"moons\"\nepochs = 2\n\
                    [axes]\nactivation = [\"relu\", \"tanh\"]\nseed = [1, 2, 3]\n\
                    [attack]\nattack = [\"fgsm\", \"pgd(steps=3)\"]\neps = [0.05, 0.1]\nn = 50\n";

fn grid(dir: &Path, name: &str, text: &str) {
    std::fs::write(dir.join(name), text).unwrap();
}

#[track_caller]
fn same_table(a: &Path, b: &Path) {
    for name in TABLE {
        let read = |dir: &Path| std::fs::read(dir.join(name)).unwrap();
        assert!(read(a) == read(b), "{name} of {} and {}", a.display(), b.display());
    }
}

fn json_of(dir: &Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(dir.join(name)).unwrap()).unwrap()
}

/// A sweep with a scheduler's variables.
#[track_caller]
fn by_scheduler(dir: &Path, line: &str, variables: &[(&str, &str)]) -> String {
    let out = command(dir, line).envs(variables.iter().copied()).output().unwrap();
    assert!(out.status.success(), "{line}: {}", said(&out));
    said(&out)
}

#[test]
fn one_process_and_three_shards_write_the_same_bytes() {
    let dir = folder("sweep-shards");
    grid(&dir, "g.toml", GRID);
    let whole = object(&dir, "sweep g.toml --out whole --jobs 2 --json");
    assert_eq!(
        (&whole["cells"], &whole["done"], &whole["failed"]),
        (&6.into(), &6.into(), &Value::Array(vec![]))
    );
    let row = &whole["rows"][0];
    assert!(row["seconds"].as_f64().unwrap() > 0.0 && row["axes"]["activation"] == "relu", "{row}");
    assert_eq!(row["attacks"].as_array().unwrap().len(), 4);
    let printed_rows = printed(&dir, "sweep g.toml --out whole");
    assert!(printed_rows.contains("test accuracy") && printed_rows.contains('±'), "{printed_rows}");

    let told = by_scheduler(
        &dir,
        "sweep g.toml --out s0 --threads 1",
        &[
            ("SLURM_ARRAY_TASK_ID", "5"),
            ("SLURM_ARRAY_TASK_MIN", "5"),
            ("SLURM_ARRAY_TASK_MAX", "7"),
            ("SLURM_ARRAY_TASK_COUNT", "3"),
        ],
    );
    assert!(told.contains("shard 0/3") && told.contains("SLURM_ARRAY_TASK_MIN=5"), "{told}");
    let told =
        by_scheduler(&dir, "sweep g.toml --out s1 --shards 3 --jobs 1", &[("JOB_COMPLETION_INDEX", "1")]);
    assert!(told.contains("shard 1/3") && told.contains("JOB_COMPLETION_INDEX=1"), "{told}");
    let mpi = [("OMPI_COMM_WORLD_RANK", "2"), ("OMPI_COMM_WORLD_SIZE", "3")];
    assert!(by_scheduler(&dir, "sweep g.toml --out s2", &mpi).contains("shard 2/3"));
    let merged = object(&dir, "merge all s2 s0 s1 --json");
    assert_eq!((&merged["cells"], &merged["shards"]), (&6.into(), &3.into()));
    same_table(&dir.join("whole"), &dir.join("all"));
    assert_eq!(std::fs::read_to_string(dir.join("all/times.csv")).unwrap().lines().count(), 7);

    // A cell is a run like any other, and its figures are what its own commands say.
    let cell = whole["rows"][4]["cell"].as_str().unwrap();
    let attacked = object(&dir, &format!("attack whole/cells/{cell} --attack fgsm --eps 0.1 --n 50 --json"));
    assert_eq!(whole["rows"][4]["attacks"][2]["accuracy"], attacked["attacks"][0]["accuracy"]);
    let config = json_of(&dir.join("whole/cells").join(cell), "config.json");
    let repeat = "sparring train classifier --data moons --epochs 2 --activation tanh --seed 2";
    assert_eq!(config["repeat"], repeat);
    let line = printed(&dir, "sweep g.toml --out elsewhere --dry-run --shard 4/6");
    let run = format!("elsewhere/cells/{cell}");
    let attack = "--attack fgsm --attack 'pgd(steps=3)' --eps 0.05 --eps 0.1 --n 50";
    assert_eq!(line.trim(), format!("{repeat} --out {run}\nsparring attack {run} {attack}"));
    assert_eq!(printed(&dir, "sweep g.toml --out whole --dry-run").trim(), "");
    assert!(!dir.join("elsewhere").exists());
    let again = object(&dir, &format!("{} --json --out again", &repeat["sparring ".len()..]));
    assert_eq!(again["test_accuracy"], whole["rows"][4]["figures"]["test_accuracy"]);

    // What the merge cannot take, it names; nothing is written.
    let gap = refusal(&dir, "merge gap s0 s1", 1);
    assert!(gap.contains("2/3") && !dir.join("gap").exists(), "{gap}");
    assert!(refusal(&dir, "merge twice s0 s1 s1 s2", 1).contains("both shard 1/3"));
    assert!(refusal(&dir, "merge all s0 s1 s2", 1).contains("not empty"));
    let other_shard = refusal(&dir, "sweep g.toml --out s1 --shard 0/3", 1);
    assert!(other_shard.contains("--shard 1/3"), "{other_shard}");
    let bytes = std::fs::read(dir.join("s1/manifest.json")).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap().replacen("relu", "silu", 1);
    std::fs::write(dir.join("s1/manifest.json"), text).unwrap();
    assert!(refusal(&dir, "merge bad s0 s1 s2", 1).contains("damaged"));
    assert!(refusal(&dir, "sweep g.toml --out s1 --shard 1/3", 1).contains("remove it"));
    // As it says: without the manifest the finished cells are found again.
    std::fs::remove_file(dir.join("s1/manifest.json")).unwrap();
    printed(&dir, "sweep g.toml --out s1 --shard 1/3");
    assert_eq!(std::fs::read(dir.join("s1/manifest.json")).unwrap(), bytes);
    let nonsense = command(&dir, "sweep g.toml --out n").env("SLURM_ARRAY_TASK_ID", "2").output().unwrap();
    assert!(nonsense.status.code() == Some(2) && said(&nonsense).contains("SLURM_ARRAY_TASK_COUNT"));
}

#[test]
fn a_crashed_cell_is_never_a_result() {
    let dir = folder("sweep-crashed");
    let text = "train = \"classifier\"\n[flags]\ndata = \"moons\"\nepochs = 2\noptimizer = \"sgd\"\n\
                [axes]\nlr = [0.1, 1e30]\nseed = [1, 2]\n";
    grid(&dir, "g.toml", text);
    let out = ran(&dir, "sweep g.toml --out a --json");
    let told = said(&out);
    assert_eq!(out.status.code(), Some(1), "{told}");
    assert!(told.contains("2 of 4 cells failed") && told.contains("lr=1e30-seed=2-"), "{told}");
    let printed_object: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((&printed_object["done"], printed_object["failed"].as_array().unwrap().len()), (&2.into(), 2));
    let results = json_of(&dir.join("a"), "results.json");
    for row in results["rows"].as_array().unwrap() {
        let crashed = row["axes"]["lr"] == "1e30";
        assert_eq!(row["state"], if crashed { "failed" } else { "done" });
        assert_eq!(row.get("figures").is_none(), crashed);
        assert!(!crashed || row["reason"].as_str().unwrap().contains("loss"), "{row}");
    }
    let groups = results["groups"].as_array().unwrap();
    assert_eq!((&groups[0]["n"], &groups[1]["n"]), (&2.into(), &0.into()));
    assert!(groups[1]["figures"].as_object().unwrap().is_empty());
    let merge = refusal(&dir, "merge m a", 1);
    assert!(merge.contains("2 of 4 cells failed") && merge.contains("exclude"), "{merge}");
    // The way out: without them, and with one more.
    let text = format!("exclude = [{{ lr = 1e30 }}]\n{}", text.replace("[1, 2]", "[1, 2, 3]"));
    grid(&dir, "g.toml", &text);
    let out = ran(&dir, "sweep g.toml --out a");
    assert!(out.status.success() && said(&out).contains("the grid has changed"), "{}", said(&out));
    printed(&dir, "sweep g.toml --out fresh");
    printed(&dir, "merge m a");
    for other in ["a", "m"] {
        same_table(&dir.join("fresh"), &dir.join(other));
    }
}
