//! The workloads of the speed table, each by the door that users take: `cargo xtask workloads --help`.
//!
//! One file a family; `catalogue.rs` lists the rows, `pace.rs` is the clock. Every row reports a loss (or the mean of what it
//! computed) beside its time, so that no work can be skipped unseen.
#![forbid(unsafe_code)]

mod activations;
mod arguments;
mod attacks;
mod autoencoder;
mod catalogue;
mod classifiers;
mod critic;
mod digits;
mod gan;
mod gemm;
mod latency;
mod load;
mod numbers;
mod pace;
mod peak;
mod record;
mod repeat;
mod row;
mod setting;
mod vae;

use arguments::Arguments;
use pace::Pace;
use row::Row;
use setting::Setting;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("workloads: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<(), String> {
    let arguments = Arguments::parse(words)?;
    if arguments.help {
        println!("{}", arguments::USAGE);
        return Ok(());
    }
    let rows = catalogue::selected(&arguments.only)?;
    if arguments.list {
        rows.iter().for_each(|row| println!("{}", row.key()));
        return Ok(());
    }
    if arguments.paced && rows.len() != 1 {
        return Err(format!("--paced runs one row, {} are asked for", rows.len()));
    }
    let counts = catalogue::thread_counts(&rows, arguments.threads);
    match counts[..] {
        [threads] => measure(&rows, threads, &arguments),
        // The pool of a process is set up once: another number of threads is another process.
        _ => counts.iter().try_for_each(|&threads| again(words, &rows, threads)),
    }
}

/// Runs the rows one after the other in this process.
fn measure(rows: &[Row], threads: usize, arguments: &Arguments) -> Result<(), String> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().map_err(|e| e.to_string())?;
    let setting = Setting::new(threads, arguments);
    for row in rows {
        let mut pace = Pace::new(row.metric, arguments);
        match (row.run)(&setting, &mut pace)? {
            setting::Outcome::Done => record::write(row, &setting, &pace, arguments.json),
            setting::Outcome::Skipped(why) => eprintln!("workloads: {} skipped: {why}", row.key()),
        }
    }
    Ok(())
}

/// Runs those of the rows that want this number of threads in a process of their own.
fn again(words: &[String], rows: &[Row], threads: usize) -> Result<(), String> {
    let keys: Vec<String> = rows.iter().filter(|r| r.threads.contains(&threads)).map(Row::key).collect();
    let program = std::env::current_exe().map_err(|e| format!("this program is nowhere: {e}"))?;
    let only = keys.join(",");
    let mut command = Command::new(program);
    command.args(arguments::without_only(words)).args(["--only", &only, "--threads", &threads.to_string()]);
    let status = command.status().map_err(|e| format!("cannot start this program again: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the rows with {threads} threads ended with {status}"))
    }
}
