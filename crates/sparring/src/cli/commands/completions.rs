//! `sparring completions SHELL`.

use crate::cli::{Outcome, definition, io::say};

/// `sparring completions bash > ~/.local/share/bash-completion/completions/sparring`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which shell.
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut definition(), "sparring", &mut text);
    say::raw(&text);
    Ok(())
}
