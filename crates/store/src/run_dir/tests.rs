//! Run directories: one owner, rows that outlive it, nothing left behind.

use super::*;
use serde_json::json;

fn names(dir: &Path) -> Vec<String> {
    let mut all: Vec<_> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    all.sort();
    all
}

#[test]
fn a_directory_has_one_owner_and_is_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a/b");
    let run = RunDir::create(&path).unwrap();
    assert!(matches!(RunDir::create(&path), Err(StoreError::Claimed { .. })));
    run.append("metrics.jsonl", &json!({ "epoch": 1 })).unwrap();
    assert!(matches!(RunDir::create(&path), Err(StoreError::NotEmpty { .. })));
    drop(run);
    assert!(names(dir.path()).is_empty());
    // What was there before stays.
    fs::create_dir(dir.path().join("mine")).unwrap();
    drop(RunDir::create(&dir.path().join("mine")).unwrap());
    assert_eq!((names(dir.path()), names(&dir.path().join("mine")).len()), (vec!["mine".to_string()], 0));
}

#[test]
fn the_claim_of_a_killed_run_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let claim = dir.path().join(claim::NAME);
    fs::write(&claim, b"4000000 0\n").unwrap();
    let run = RunDir::create(dir.path()).unwrap();
    assert!(matches!(RunDir::create(dir.path()), Err(StoreError::Claimed { .. })));
    run.write_json("config.json", &json!({ "arch": "mlp" })).unwrap();
    run.keep();
    drop(run);
    assert_eq!(names(dir.path()), ["config.json"]);
    // In a directory that is refused, too, it does not stay.
    fs::write(&claim, b"").unwrap();
    assert!(matches!(RunDir::create(dir.path()), Err(StoreError::NotEmpty { .. })));
    assert_eq!(names(dir.path()), ["config.json"]);
    assert_eq!(read_config(dir.path()).unwrap(), Some(json!({ "arch": "mlp" })));
}

#[test]
fn of_many_runs_one_gets_it() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..50 {
        let path = dir.path().join(round.to_string());
        if round % 2 == 1 {
            fs::create_dir(&path).unwrap();
            fs::write(path.join(claim::NAME), b"").unwrap();
        }
        let runs: Vec<_> = std::thread::scope(|s| {
            let all: Vec<_> = (0..4).map(|_| s.spawn(|| RunDir::create(&path))).collect();
            all.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert!(runs.iter().filter(|run| run.is_ok()).count() <= 1);
    }
    let numbers: std::collections::BTreeSet<_> = std::thread::scope(|s| {
        let all: Vec<_> =
            (0..8).map(|_| s.spawn(|| RunDir::numbered(&dir.path().join("runs"), "x"))).collect();
        all.into_iter()
            .map(|run| run.join().unwrap().unwrap())
            .map(|r| (r.keep(), r.path().to_path_buf()).1)
            .collect()
    });
    assert_eq!(numbers.len(), 8);
}

#[test]
fn rows_are_there_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let run = RunDir::create(&dir.path().join("run")).unwrap();
    for epoch in 1..=3 {
        run.append("metrics.jsonl", &json!({ "epoch": epoch })).unwrap();
        let text = fs::read_to_string(run.path().join("metrics.jsonl")).unwrap();
        assert_eq!(text.lines().last(), Some(format!("{{\"epoch\":{epoch}}}").as_str()));
        assert_eq!(text.lines().count(), epoch);
    }
    assert_eq!(read_config(run.path()).unwrap(), None);
    run.write("config.json", b"{").unwrap();
    assert!(read_config(run.path()).unwrap_err().to_string().contains("config.json"));
}

#[test]
fn an_interrupted_run_goes_on_in_its_directory_alone() {
    let dir = tempfile::tempdir().unwrap();
    let run = RunDir::create(dir.path()).unwrap();
    run.append("metrics.jsonl", &json!({ "epoch": 1 })).unwrap();
    run.keep();
    // While it lives nobody else gets it, and the one who asks is told whose it is.
    let refused = RunDir::reopen(dir.path()).unwrap_err();
    assert!(refused.to_string().contains(&format!("process {}", std::process::id())), "{refused}");
    drop(run);
    fs::write(dir.path().join(".resume.bin.tmp.4000000.0"), b"x").unwrap();
    let run = RunDir::reopen(dir.path()).unwrap();
    assert!(matches!(RunDir::reopen(dir.path()), Err(StoreError::Claimed { by: Some(_), .. })));
    assert!(matches!(RunDir::create(dir.path()), Err(StoreError::NotEmpty { .. })));
    run.write("model.safetensors", b"weights").unwrap();
    drop(run);
    assert_eq!(names(dir.path()), ["metrics.jsonl", "model.safetensors"]);
    assert!(matches!(RunDir::reopen(&dir.path().join("none")), Err(StoreError::Io { .. })));
}

#[test]
fn what_a_killed_run_was_writing_does_not_take_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(".config.json.tmp.4000000.0"), b"{").unwrap();
    let run = RunDir::create(dir.path()).unwrap();
    assert_eq!(names(dir.path()), [".claim"]);
    drop(run);
}

#[test]
fn rows_are_read_back_and_cut() {
    let dir = tempfile::tempdir().unwrap();
    let run = RunDir::create(dir.path()).unwrap();
    let rows = |n| run.rows::<serde_json::Value>("metrics.jsonl", n);
    assert_eq!(rows(0).unwrap().len(), 0);
    (1..=3).for_each(|i| run.append("metrics.jsonl", &json!({ "epoch": i })).unwrap());
    // A row that a killed process did not finish.
    let path = dir.path().join("metrics.jsonl");
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{whole}{{\"epo")).unwrap();
    assert_eq!(rows(2).unwrap(), [json!({ "epoch": 1 }), json!({ "epoch": 2 })]);
    assert_eq!(rows(3).unwrap().len(), 3);
    run.cut_rows("metrics.jsonl", 2).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
    assert!(matches!(rows(3).unwrap_err().reason(), StoreError::Rows { found: 2, needed: 3 }));
    fs::write(&path, "{\n").unwrap();
    assert!(matches!(rows(1).unwrap_err().reason(), StoreError::Json(_)));
}
