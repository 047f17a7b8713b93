//! `cargo xtask fetch-mnist`: the download of `sparring fetch`, for those who have only the source.

use flags::Flags;
use indicatif::{ProgressBar, ProgressStyle};
use sparring_datasets::default_folder;
use sparring_datasets::fetch::{Download, Event, Next, fetch};
use sparring_datasets::pinned::Pinned;
use std::path::PathBuf;

/// What the flags are.
pub const USAGE: &str = "cargo xtask fetch-mnist [--dataset mnist|fashion-mnist|kmnist|qmnist|emnist|cifar-10] [--to DIR] [--from DIR] [--mirror URL]...";

/// Fetches the set with a bar on stderr; the last word goes to stdout.
///
/// # Errors
/// One line that names the trouble and the way out.
pub fn run(args: &[String]) -> Result<(), String> {
    let Some(request) = parse(args)? else {
        println!("{USAGE}");
        return Ok(());
    };
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{msg:24} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    bar.set_style(style.map_err(|e| e.to_string())?);
    let outcome = fetch(&request, &mut |event| show(&bar, &event)).map_err(|e| e.to_string());
    bar.finish_and_clear();
    println!("{}", outcome?);
    Ok(())
}

fn show(bar: &ProgressBar, event: &Event<'_>) {
    match event {
        Event::Begin { file, url, from, total } => {
            say(bar, &format!("{file} from {url}"));
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
            say(bar, &format!("{file} from {url}: {trouble}; {then}"));
        }
        Event::Stored { path, .. } => say(bar, &format!("{} verified", path.display())),
        Event::Waiting { lock } => say(bar, &format!("waiting for another fetch ({})", lock.display())),
        _ => {}
    }
}

/// A line above the bar; a hidden bar (no terminal) would swallow it.
fn say(bar: &ProgressBar, line: &str) {
    bar.suspend(|| eprintln!("{line}"));
}

/// The request, or nothing when help is asked for.
fn parse(args: &[String]) -> Result<Option<Download<'static>>, String> {
    let (mut dataset, mut to, mut from, mut mirrors) = ("mnist".to_string(), None, None, Vec::new());
    let mut flags = Flags::new(args);
    while let Some(flag) = flags.next_flag()? {
        match flag {
            "--dataset" => dataset = flags.value()?.to_string(),
            "--to" => to = Some(PathBuf::from(flags.value()?)),
            "--from" => from = Some(PathBuf::from(flags.value()?)),
            "--mirror" => mirrors.push(flags.value()?.to_string()),
            "-h" | "--help" => return Ok(None),
            _ => return Err(flags.unknown(USAGE)),
        }
    }
    if from.is_some() && !mirrors.is_empty() {
        return Err("--from copies from a folder and --mirror downloads: give one of them".into());
    }
    let dataset = Pinned::named(&dataset).map_err(|e| e.to_string())?;
    let mut request = Download::new(dataset, to.unwrap_or_else(|| default_folder(dataset.name)));
    (request.from, request.mirrors) = (from, mirrors);
    Ok(Some(request))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(String::from).collect()
    }

    #[test]
    fn flags_reach_the_request() {
        let line = "--dataset fashion-mnist --to=there --mirror http://a/ --mirror http://b/";
        let request = parse(&words(line)).unwrap().unwrap();
        assert_eq!((request.dataset.name, request.to), ("fashion-mnist", PathBuf::from("there")));
        assert_eq!(request.mirrors, ["http://a/", "http://b/"]);
        assert!(parse(&words("--help")).unwrap().is_none());
        assert!(parse(&[]).unwrap().unwrap().to.ends_with("mnist"));
    }

    #[test]
    fn wrong_flags_are_named() {
        for (line, why) in [
            ("--too x", "--too"),
            ("--to", "lacks its value"),
            ("--to --from x", "--to lacks"),
            ("--dataset imagenet", "imagenet"),
            ("--from x --mirror http://a/", "one of them"),
        ] {
            let error = parse(&words(line)).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
