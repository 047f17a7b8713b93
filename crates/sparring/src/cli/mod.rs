//! The command line: arguments in, exit code out.

mod commands;
mod failure;
mod io;
mod options;
mod pages;

use clap::{FromArgMatches, Parser, Subcommand};
use commands::{
    attack, completions, demo, diagnose, encode, eval, explain, export, fetch, generate, inspect, list,
    lr_find, merge, predict, reconstruct, replay, resume, study, sweep, train,
};
pub(crate) use failure::{Failure, Outcome};
use std::io::Write;
use std::process::ExitCode;

/// Train neural networks against their adversaries, on a CPU, fast.
#[derive(Debug, Parser)]
#[command(name = "sparring", version, about, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a net, watch it fall, harden it, attack it again: one page, under a minute, nothing to download.
    Demo(demo::Args),
    /// Fetch a data set with checked hashes.
    Fetch(fetch::Args),
    /// Train a classifier, an autoencoder, a variational autoencoder or a GAN.
    #[command(subcommand)]
    Train(Box<train::Kind>),
    /// Go on with a training, an evaluation or a study that was interrupted, to the same bits as if it had not been.
    Resume(resume::Args),
    /// Train every combination of a grid of flags, attack the nets, and make one table: resumable, in parallel, over shards.
    Sweep(sweep::Args),
    /// Train, attack and measure nets that differ in one thing, and say what it is worth: activations, depth.
    #[command(subcommand)]
    Study(study::What),
    /// Put the shards of a sweep, a study or an evaluation together: what one process would have written, byte for byte.
    Merge(merge::Args),
    /// Find a learning rate for a classifier: a short training in which it grows.
    LrFind(lr_find::Args),
    /// Measure a trained classifier or autoencoder on examples.
    Eval(eval::Args),
    /// Look inside a trained classifier or autoencoder: dead and saturated units, gradients, ranks, norms, and what to do.
    Diagnose(diagnose::Args),
    /// Attack a trained classifier and re-check every result.
    Attack(Box<attack::Args>),
    /// Repeat the evaluation of an attack's card, and say whether its figure is the same.
    Replay(replay::Args),
    /// Say what pictures show, by a trained classifier.
    Predict(predict::Args),
    /// Draw samples from a trained GAN, variational autoencoder or autoencoder.
    Generate(generate::Args),
    /// Put images through a trained autoencoder, and say what is lost.
    Reconstruct(reconstruct::Args),
    /// Write the codes of a set's images by a trained autoencoder as npz or safetensors.
    Encode(encode::Args),
    /// Show what a trained classifier looks at: attributions of its answers, what its units answer to, learnt activations.
    Explain(explain::Args),
    /// Write a trained model as safetensors, npz or the TOML file of its network.
    Export(export::Args),
    /// List what there is: activations, attacks, norms, defenses, losses, optimizers, schedules, models, layers, inits, datasets, corruptions, augmentations, averages.
    List(list::Args),
    /// Show what a run or a file holds.
    Inspect(inspect::Args),
    /// Print shell completions.
    Completions(completions::Args),
}

/// Parses, runs, and turns the result into an exit code: 0 done, 1 could not be done, 2 wrong usage, 130/143 after a signal.
pub(crate) fn main() -> ExitCode {
    io::memory::watch();
    let parsed = definition().try_get_matches().and_then(|m| Cli::from_arg_matches(&m));
    let done = match parsed {
        Ok(cli) => sparring::math::simd::isa_request()
            .map_err(|e| Failure::Usage(e.to_string()))
            .and_then(|_| options::threads_of_environment())
            .and_then(|()| io::signal::watch())
            .and_then(|()| run(cli.command)),
        Err(e) => {
            // clap prints help and version to stdout (code 0), errors to stderr (code 2).
            let printed = e.print().and_then(|()| std::io::stdout().flush());
            if e.use_stderr() {
                return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
            }
            printed.unwrap_or_else(|e| io::say::broken(&e));
            Ok(())
        }
    };
    match done.and_then(|()| io::say::lost().map_or(Ok(()), |why| Err(Failure::Failed(why)))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            io::say::error(&failure.to_string());
            ExitCode::from(failure.code())
        }
    }
}

fn run(command: Command) -> Outcome {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Fetch(args) => fetch::run(&args),
        Command::Train(kind) => train::run(&kind, None),
        Command::Resume(args) => {
            let mut all = definition();
            match resume::study(&args, &all.clone(), &mut |words| cell(&mut all, words))? {
                true => Ok(()),
                false => resume::run(&args, work),
            }
        }
        Command::Sweep(args) => {
            let mut all = definition();
            sweep::run(&args, &all.clone(), &mut |words| cell(&mut all, words))
        }
        Command::Study(what) => {
            let mut all = definition();
            study::run(&what, &all.clone(), &mut |words| cell(&mut all, words))
        }
        Command::Merge(args) => merge::run(&args),
        Command::LrFind(args) => lr_find::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Diagnose(args) => diagnose::run(&args),
        Command::Attack(args) => attack::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Predict(args) => predict::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Reconstruct(args) => reconstruct::run(&args),
        Command::Encode(args) => encode::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Export(args) => export::run(&args),
        Command::List(args) => list::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Completions(args) => completions::run(&args, definition()),
    }
}

/// The training or attack of a cell.
fn cell(definition: &mut clap::Command, words: &[String]) -> Result<sweep::Line, clap::Error> {
    match line(definition, words)? {
        Command::Train(kind) => Ok(sweep::Line::Train(kind)),
        Command::Attack(args) => Ok(sweep::Line::Attack(args)),
        _ => unreachable!("cells are trainings and attacks"),
    }
}

/// The training or attack that a command line asks for; `None` if it asks for something else.
fn work(words: &[String]) -> Outcome<Option<sweep::Line>> {
    Ok(match line(&mut definition(), words).map_err(|e| Failure::Usage(e.render().to_string()))? {
        Command::Train(kind) => Some(sweep::Line::Train(kind)),
        Command::Attack(args) => Some(sweep::Line::Attack(args)),
        _ => None,
    })
}

/// What a command line asks for.
fn line(definition: &mut clap::Command, words: &[String]) -> Result<Command, clap::Error> {
    let words = std::iter::once("sparring").chain(words.iter().map(String::as_str));
    Ok(Cli::from_arg_matches(&definition.try_get_matches_from_mut(words)?)?.command)
}

/// The whole command line.
fn definition() -> clap::Command {
    numbers(<Cli as clap::CommandFactory>::command())
}

/// `--eps -1` is a wrong number, which the flag's own parser explains, and not an unknown flag `-1`.
fn numbers(command: clap::Command) -> clap::Command {
    let takes = |arg: &clap::Arg| !arg.is_positional() && arg.get_action().takes_values();
    let command = command.mut_args(|arg| if takes(&arg) { arg.allow_negative_numbers(true) } else { arg });
    command.mut_subcommands(numbers)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_sound() {
        super::definition().debug_assert();
    }
}
