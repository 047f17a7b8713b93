//! The job files of the documentation.

use super::{GRID, grid, same_table};
use crate::{folder, printed, said};
use std::path::Path;
use std::process::Command;

#[test]
fn the_job_files_do_what_they_say() {
    let dir = folder("sweep-jobs");
    let jobs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/jobs");
    grid(&dir, "g.toml", &GRID.replace("\"relu\", ", ""));
    let script = |name: &str, arguments: &[&str], variables: &[(&str, &str)]| {
        let mut bash = Command::new("bash");
        bash.arg(jobs.join(name)).args(arguments).current_dir(&dir);
        bash.env("SPARRING", env!("CARGO_BIN_EXE_sparring")).env("SPARRING_ISA", "baseline");
        bash.envs(variables.iter().copied()).output().expect("bash, which the job files are for")
    };
    let out = script("one-machine.sh", &["g.toml", "here", "2"], &[]);
    assert!(out.status.success(), "{}", said(&out));
    for task in ["1", "4"] {
        let array = [
            ("SLURM_ARRAY_TASK_ID", task),
            ("SLURM_ARRAY_TASK_MIN", "1"),
            ("SLURM_ARRAY_TASK_MAX", "4"),
            ("SLURM_ARRAY_TASK_STEP", "3"),
            ("SLURM_ARRAY_TASK_COUNT", "2"),
        ];
        let out = script("slurm-array.sh", &["g.toml", "slurm"], &array);
        assert!(out.status.success(), "{}", said(&out));
    }
    let one = [("SHARD", "1/2"), ("SLURM_ARRAY_TASK_ID", "0"), ("SLURM_ARRAY_TASK_COUNT", "1")];
    let out = script("slurm-array.sh", &["g.toml", "slurm"], &one);
    assert!(out.status.success() && said(&out).contains("1 of 1 cells are finished"), "{}", said(&out));
    printed(&dir, "merge slurm/all slurm/shard-0 slurm/shard-1");
    same_table(&dir.join("here/all"), &dir.join("slurm/all"));
    let job = std::fs::read_to_string(jobs.join("kubernetes-indexed-job.yaml")).unwrap();
    let after = |key: &str| {
        job.split(key).nth(1).unwrap().split_whitespace().next().unwrap().trim_matches('"').to_string()
    };
    assert_eq!(after("\n  completions:"), after("name: JOB_COMPLETIONS\n              value:"));
}
