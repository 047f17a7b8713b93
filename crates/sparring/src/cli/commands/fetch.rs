//! `sparring fetch NAME`.

use crate::cli::io::{say, signal};
use crate::cli::{Failure, Outcome};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use sparring::datasets::fetch::{Done, Download, Event, Next, fetch};
use sparring::datasets::pinned::Pinned;
use sparring::datasets::{Origin, default_folder};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// mnist, fashion-mnist, kmnist, qmnist, emnist or cifar-10; the other sets of `sparring list datasets` need no files.
    #[arg(value_parser = pinned)]
    name: Pinned<'static>,
    /// The folder for the files. Default: $SPARRING_DATA/NAME, else ./data/NAME, where `--data NAME` looks.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// An address to which the served name of a file, as `FILE.gz`, is appended; may be given several times. Replaces the built-in list.
    #[arg(long, value_name = "URL", conflicts_with = "from")]
    mirror: Vec<String>,
    /// A folder to copy the files from, instead of the network.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// One JSON object on the last line of stdout.
    #[arg(long)]
    json: bool,
}

fn pinned(name: &str) -> Result<Pinned<'static>, String> {
    let known = sparring::datasets::ALL.iter().any(|e| e.name == name && e.origin != Origin::Files);
    Pinned::named(name)
        .map_err(|e| if known { format!("{name} needs no files: use it as it is") } else { e.to_string() })
}

pub(crate) fn run(args: &Args) -> Outcome {
    let mut request =
        Download::new(args.name, args.to.clone().unwrap_or_else(|| default_folder(args.name.name)));
    (request.from, request.mirrors) = (args.from.clone(), args.mirror.clone());
    if let Some((flag, _)) = [("--to", &args.to), ("--from", &args.from)]
        .iter()
        .find(|(_, dir)| dir.as_ref().is_some_and(|d| d.as_os_str().is_empty()))
    {
        return Err(Failure::Usage(format!("{flag}: the folder's name is empty")));
    }
    request.validate().map_err(|e| Failure::Usage(format!("--mirror: {e}")))?;
    // What has come of a file stays beside its name.
    signal::kept("the next `sparring fetch` goes on from here");
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template(
        "{msg:24} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} left",
    )?);
    let outcome = fetch(&request, &mut |event| show(&bar, &event));
    bar.finish_and_clear();
    let outcome = outcome?;
    if args.json {
        let (done, brought) = match outcome.done {
            Done::Nothing => ("nothing", 0),
            Done::Fetched(n) => ("fetched", n),
            Done::Copied(n) => ("copied", n),
        };
        say::json(&json!({
            "dataset": outcome.dataset, "folder": outcome.folder, "files": outcome.files, "done": done, "brought": brought,
        }));
    } else {
        say::result(&outcome.to_string());
    }
    Ok(())
}

fn show(bar: &ProgressBar, event: &Event<'_>) {
    if let Some(number) = signal::asked() {
        bar.finish_and_clear();
        signal::leave(number);
    }
    match event {
        Event::Begin { file, url, from, total } => {
            line(bar, &format!("{file} from {url}"));
            bar.set_message((*file).to_string());
            bar.set_length(total.unwrap_or(0));
            bar.set_position(*from);
            // What an earlier attempt brought is no part of this one's speed.
            bar.reset_eta();
        }
        Event::Progress { done, .. } => bar.set_position(*done),
        Event::Failed { file, url, trouble, next } => {
            let then = match next {
                Next::Retry(pause) => format!("again in {:.1} s", pause.as_secs_f64()),
                Next::Mirror => "on to the next mirror".into(),
                Next::GiveUp => "no mirror is left".into(),
            };
            line(bar, &format!("{file} from {url}: {trouble}; {then}"));
        }
        Event::Stored { path, .. } => line(bar, &format!("{} verified", path.display())),
        Event::Waiting { lock } => line(bar, &format!("waiting for another fetch ({})", lock.display())),
        _ => {}
    }
}

/// A line above the bar; a hidden bar (no terminal) would swallow it.
fn line(bar: &ProgressBar, text: &str) {
    bar.suspend(|| say::note(text));
}
