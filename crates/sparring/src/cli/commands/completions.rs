//! `sparring completions SHELL`.

use crate::cli::{Outcome, io::say};

/// `sparring completions bash > ~/.local/share/bash-completion/completions/sparring`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which shell.
    shell: clap_complete::Shell,
}

/// `command` is the whole command line.
pub(crate) fn run(args: &Args, mut command: clap::Command) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, "sparring", &mut text);
    say::raw(&text);
    Ok(())
}
