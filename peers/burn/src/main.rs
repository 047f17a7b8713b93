//! burn's side of the comparison: one row on one of its CPU backends that are Rust alone.
//!
//! `burn-peer burn --list`, or `--only ROW --variant flex|ndarray --threads N --data DIR [--paced] [--samples N]`.

mod nets;
mod short;
mod train;

use burn::tensor::Device;
use peer_terms::Outcome;
use peer_terms::clock::{Arguments, Pace};
use peer_terms::rows::{GAN, LATENCY, TRAIN, metric};
use std::process::ExitCode;

/// The rows and the backends that they are run on. burn deprecates ndarray in favour of flex; two passes of `smallcnn_train_b128` on
/// ndarray did not end in 100 s, so that it trains no convolutions here.
fn rows() -> Vec<(&'static str, &'static str)> {
    let trained = TRAIN.iter().map(|r| r.0).filter(|row| !row.contains("_advtrain_"));
    let rows = trained.chain([GAN.0]).chain(LATENCY.iter().map(|r| r.0));
    let slow = |row: &str| row.contains("cnn_train_");
    rows.flat_map(|row| [(row, "flex"), (row, "ndarray")])
        .filter(|(row, v)| *v == "flex" || !slow(row))
        .collect()
}

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
    let words = words.strip_prefix(&["burn".to_string()]).ok_or("burn-peer burn FLAGS")?;
    let arguments = Arguments::parse(words)?;
    if arguments.list {
        rows().iter().for_each(|(row, variant)| println!("{row} {variant}"));
        return Ok(());
    }
    let (row, variant) = (arguments.only.as_str(), arguments.variant.as_str());
    if !rows().contains(&(row, variant)) {
        return Err(format!("no variant {variant:?} of row {row:?}").into());
    }
    #[expect(deprecated, reason = "compared with its successor")]
    let device = if variant == "flex" { Device::flex() } else { Device::ndarray() };
    let mut pace = Pace::new(&arguments, "burn", metric(row));
    match row {
        "gan_train_b128" => train::gan(&arguments, &device, &mut pace),
        _ if row.contains("_train_") => train::supervised(&arguments, &device, &mut pace),
        _ => short::latency(&arguments, &device, &mut pace),
    }
}
