//! `sparring study net RUN`.

use super::super::attack::{Beside, Target};
use crate::cli::io::json::value;
use crate::cli::io::say;
use crate::cli::io::table::facts;
use crate::cli::options::{MachineArgs, ModelArgs, Named, RunData, count};
use crate::cli::{Failure, Outcome};
use sparring::seed::Key;
use sparring::store::read_config;
use sparring_study::{MeasuredNet, measure_net};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run directory of a classifier.
    run: PathBuf,
    /// The first N test images of its data. Default: 1000, or all if there are fewer.
    #[arg(long, value_parser = count)]
    n: Option<usize>,
    #[command(flatten)]
    machine: MachineArgs,
}

pub(super) fn run(args: &Args) -> Outcome {
    let path = &args.run;
    let refused =
        |what: &str| Failure::at(path, format!("{what}; name the directory of `sparring train classifier`"));
    let config = read_config(path)?.ok_or_else(|| refused("it holds no config.json"))?;
    let seed = config["recipe"]["seed"].as_u64().ok_or_else(|| refused("its config.json names no seed"))?;
    args.machine.start()?;
    let target = Target::load(&ModelArgs::of_flags(path, &[])?, None, args.n, Beside::default())?;
    let data = RunData::of(path, &config).ok_or_else(|| refused("its config.json names no data"))?;
    let test = Named::of_run(&data)?.set.test.first(target.test.len());
    let found = measure_net(&target.model, &test, Key::new(seed))?;
    if args.machine.json {
        say::json(&value(&found));
    } else {
        say::result(&text(&found));
    }
    Ok(())
}

fn text(found: &MeasuredNet) -> String {
    let percent = |v: f64| format!("{:.2} %", 100.0 * v);
    let mut pairs = vec![
        ("test images".to_string(), found.n.to_string()),
        ("right under Gaussian noise (deviation 0.38)".into(), found.noise.map_or("-".into(), percent)),
        ("dead units".into(), format!("{} of {}", percent(found.dead), found.units)),
        ("max |f''|".into(), found.curvature.map_or("unbounded, or learnt".into(), |c| format!("{c:.4}"))),
    ];
    pairs.extend(found.gradients.iter().map(|of| {
        let told =
            format!("{:.3e} before the training, {:.3e} after it (first 256 images)", of.start, of.end);
        (format!("gradient at {}", of.layer), told)
    }));
    facts(&pairs)
}
