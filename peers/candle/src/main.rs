//! candle's side of the comparison, and the crate gemm's (with which candle multiplies): one row, one variant.
//!
//! `candle-peer candle|gemm --list`, or `--only ROW --variant NAME --threads N --data DIR [--paced] [--samples N]`.

mod attack;
mod nets;
mod product;
mod short;
mod train;

use peer_terms::Outcome;
use peer_terms::clock::{Arguments, Pace};
use peer_terms::rows::metric;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Outcome {
    let (peer, words) = words.split_first().ok_or("candle-peer candle|gemm FLAGS")?;
    let arguments = Arguments::parse(words)?;
    let rows: Vec<(String, &str)> = match peer.as_str() {
        "candle" => [train::rows(), attack::rows(), short::rows()].concat(),
        "gemm" => product::rows(),
        other => return Err(format!("candle or gemm, not {other:?}").into()),
    };
    if arguments.list {
        rows.iter().for_each(|(row, variant)| println!("{row} {variant}"));
        return Ok(());
    }
    let row = arguments.only.as_str();
    if !rows.iter().any(|(r, v)| r == row && *v == arguments.variant) {
        return Err(format!("no variant {:?} of row {row:?}", arguments.variant).into());
    }
    let mut pace = Pace::new(&arguments, peer, metric(row));
    match row {
        "gan_train_b128" => train::gan(&arguments, &mut pace),
        _ if row.contains("_train_") || row.contains("_advtrain_") => {
            train::supervised(&arguments, &mut pace)
        }
        _ if row.contains("_pgd40_") => attack::run(&arguments, &mut pace),
        _ if row.starts_with("gemm_") => product::run(&arguments, &mut pace),
        _ => short::run(&arguments, &mut pace),
    }
}
