//! Every row of the table once, on a few numbers: it runs, and its line is well formed.

use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn workloads(flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_workloads")).args(flags).output().expect("the program starts")
}

fn lines(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect()
}

#[test]
fn every_row_gives_a_line() {
    let rows = lines(&workloads(&["--list"]));
    let output = workloads(&["--tiny", "--json", "--threads", "2"]);
    let skipped = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut measured = Vec::new();
    for line in lines(&output) {
        let line: Value = serde_json::from_str(&line).expect("a line of JSON");
        let size = line["elements"].as_u64().map_or(String::new(), |n| format!("@2^{}", n.ilog2()));
        measured.push(line["workload"].as_str().expect("a name").to_string() + &size);
        assert_eq!(line["threads"], 2);
        assert!(line["metric"].is_string());
        let [median, min, max] = ["median", "min", "max"].map(|key| line[key].as_f64().expect("a number"));
        assert!(min > 0.0 && min <= median && median <= max && max.is_finite(), "{line}");
        assert!(line["loss"].as_f64().is_some_and(f64::is_finite), "{line}");
    }
    for row in rows {
        // These need files that are not in the repository: the set itself, the command beside this program.
        let may_be_missing = ["mnist_load", "startup"].contains(&row.as_str()) && skipped.contains(&row);
        assert!(measured.contains(&row) || may_be_missing, "{row} gave no line");
    }
}

#[test]
fn losses_do_not_depend_on_threads() {
    let only = "mlp_train_b128,mlp_dropout_b128,mlp_prelu_b128,mlp_clip_b128,smallcnn_advtrain_b128,ae_train_b32,\
                gan_train_b128,mlp_pgd40_b1000";
    let losses = |threads| {
        let all = lines(&workloads(&["--tiny", "--json", "--threads", threads, "--only", only]));
        let one =
            |line: &String| serde_json::from_str::<Value>(line).expect("a line of JSON")["loss_last"].clone();
        all.iter().map(one).collect::<Vec<_>>()
    };
    let one = losses("1");
    assert_eq!(one.len(), 8);
    assert_eq!(one, losses("3"));
}

#[test]
fn another_program_sets_the_pace() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workloads"));
    command
        .args(["--tiny", "--paced", "--only", "mlp_train_b32"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(b"\n\n").expect("it listens");
    let said = lines(&child.wait_with_output().expect("it ends with its input"));
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(
        said[0].contains("\"ready\":true") && said[1].contains("\"value\"") && said[2].contains("\"value\"")
    );
}

#[test]
fn unknown_rows_are_refused_with_the_list() {
    let output = workloads(&["--only", "mlp_trai"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("mlp_train_b128"));
}
