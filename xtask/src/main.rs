//! House-keeping: `cargo xtask COMMAND`.
#![forbid(unsafe_code)]

mod attack_defaults;
mod attack_speed;
// It watches processes by signals and links as Unix has them.
#[cfg_attr(not(unix), path = "cases/elsewhere.rs")]
mod cases;
mod command;
mod compare;
mod fetch_mnist;
mod gans;
mod golden;
mod hardening;
mod machine;
mod median;
mod peers;
mod printed;
mod run_program;
mod smoke;
mod tables;
mod tidy;
mod torture;
mod workloads;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    command::run(&args)
}
