//! The list of commands: adding one is one file and one line here.

use crate::run_program::{root, run_here};
use crate::{
    attack_defaults, attack_speed, cases, compare, fetch_mnist, gans, golden, hardening, peers, smoke,
    tables, tidy, torture, workloads,
};
use std::process::ExitCode;

/// A command of `cargo xtask`.
struct Command {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<(), String>,
}

const ALL: &[Command] = &[
    Command {
        name: "tidy",
        arguments: "",
        about: "checks the rules of the house: doors between crates, file names and sizes, unsafe, tables",
        run: |args| none(args).and_then(|()| tidy::run(&root())),
    },
    Command {
        name: "tables",
        arguments: "[--check]",
        about: "writes the tables between markers in README files, and the cards of activations, from the lists in the code",
        run: |args| tables::run(&root(), args),
    },
    Command {
        name: "ci",
        arguments: "",
        about: "runs everything that decides whether a change may land (.ci/run)",
        run: |args| none(args).and_then(|()| run_here("bash", &[".ci/run"])),
    },
    Command {
        name: "smoke",
        arguments: "",
        about: "runs the demo as a stranger would and checks what it prints and writes",
        run: |args| none(args).and_then(|()| smoke::run()),
    },
    Command {
        name: "cases",
        arguments: "[--dir DIR] [--only ID,..] [--bin PATH] [--json]",
        about: "tries again every fault that a user met, on a release build; a few minutes (--help for more)",
        run: cases::run,
    },
    Command {
        name: "bench",
        arguments: "[NAME] [-- ARGUMENTS]",
        about: "runs the benchmarks, or one of them: gemm, conv, tape, pgd",
        run: bench,
    },
    Command {
        name: "workloads",
        arguments: "[--only ID,..] [--threads N] [--data DIR] [--json]",
        about: "measures the rows of docs/results/speed.md (--help for more)",
        run: workloads::run,
    },
    Command {
        name: "compare",
        arguments: "REV [--only ID,..] [--isa NAME,..] [--passes N] [--strict] [--json] [--out FILE]",
        about: "measures the working tree's rows against commit REV's, run by run in turn; flags what became slower (--help for more)",
        run: compare::run,
    },
    Command {
        name: "peers",
        arguments: "[--only ID,..] [--threads N] [--data DIR] [--variants NAME,..] [--with burn] [--json]",
        about: "measures the same rows beside PyTorch, JAX, candle, the crate gemm and burn, in turn (--help for more)",
        run: peers::run,
    },
    Command {
        name: "hardening",
        arguments: "[--defenses NAME,..] [--data NAME,..] [--seeds K,..] [--json]",
        about: "trains and attacks by every defence's default recipe, seed by seed: docs/results/hardening.md (--help for more)",
        run: hardening::run,
    },
    Command {
        name: "gans",
        arguments: "[--data NAME,..] [--seeds K,..] [--train FLAGS] [--figures KEY,..] [--json]",
        about: "trains the default GAN of a data set seed by seed, and tabulates its figures; minutes a seed (--help for more)",
        run: gans::run,
    },
    Command {
        name: "attack-defaults",
        arguments: "[--nets DIR] [--torch FILE] [--n N]",
        about: "checks that no attack with its defaults is beaten by a cheaper one, on trained nets (--help for more)",
        run: attack_defaults::run,
    },
    Command {
        name: "attack-speed",
        arguments: "RUN --data DIR [--venv DIR] [--autoattack DIR] [--only ROW,..]",
        about: "measures our attacks beside torchattacks, Foolbox and AutoAttack on one net, in turn (--help for more)",
        run: attack_speed::run,
    },
    Command {
        name: "torture",
        arguments: "[--cases N] [--only NAME,..]",
        about: "tries a million changed files of each format (--help for more)",
        run: torture::run,
    },
    Command {
        name: "fetch-mnist",
        arguments: "[--dataset NAME] [--to DIR] [--from DIR] [--mirror URL]...",
        about: "downloads MNIST or Fashion-MNIST and checks it (--help for more)",
        run: fetch_mnist::run,
    },
    Command {
        name: "golden",
        arguments: "",
        about: "lists the scripts that made the stored reference values",
        run: |args| none(args).and_then(|()| golden::run(&root())),
    },
];

/// Runs the command: exit 0 done, 1 not done, 2 no such command.
pub fn run(args: &[String]) -> ExitCode {
    let Some((name, rest)) = args.split_first() else {
        eprint!("{}", help());
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "-h" | "--help" | "help") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(command) = ALL.iter().find(|c| c.name == name) else {
        eprint!("cargo xtask has no command {name:?}\n\n{}", help());
        return ExitCode::from(2);
    };
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask {name}: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for c in ALL {
        text += &format!("  {}\n      {}\n", format!("{} {}", c.name, c.arguments).trim_end(), c.about);
    }
    text
}

fn none(args: &[String]) -> Result<(), String> {
    match args.first() {
        None => Ok(()),
        Some(arg) => Err(format!("takes no arguments, got {arg:?}")),
    }
}

fn bench(args: &[String]) -> Result<(), String> {
    let mut cargo = vec!["bench", "--package", "benches"];
    match args.split_first() {
        Some((name, rest)) if !name.starts_with('-') => {
            cargo.extend(["--bench", name]);
            cargo.extend(rest.iter().map(String::as_str));
        }
        _ => cargo.extend(args.iter().map(String::as_str)),
    }
    run_here("cargo", &cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_command() {
        let text = help();
        assert!(ALL.iter().all(|c| text.contains(c.name) && text.contains(c.about)));
    }

    #[test]
    fn stray_arguments_are_refused() {
        assert!(none(&["--fix".to_string()]).unwrap_err().contains("--fix"));
        assert!(none(&[]).is_ok());
    }
}
