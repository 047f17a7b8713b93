//! Where results go: names that say what is written, and nothing over what is there.

use crate::cli::{Failure, Outcome};
use sparring::store::{RunDir, StoreError, try_write};
use std::path::Path;

/// What ends like this is a file.
const ENDINGS: &[&str] = &[
    "png",
    "jpg",
    "jpeg",
    "svg",
    "pdf",
    "html",
    "htm",
    "json",
    "jsonl",
    "csv",
    "txt",
    "safetensors",
    "npz",
    "zip",
    "gz",
];

/// The run directory `out`, or the first free `runs/NAME-K`.
pub(crate) fn run_dir(out: Option<&Path>, name: &str) -> Outcome<RunDir> {
    let run = match out {
        Some(path) => {
            is_no_file(path)?;
            RunDir::create(path)
        }
        None => RunDir::numbered(Path::new("runs"), name),
    };
    run.map_err(|e: StoreError| Failure::Failed(format!("{e}; name another directory with --out")))
}

/// Refuses a file that exists, since nothing is ever written over, and a folder that does not, before any work.
pub(crate) fn free(file: &Path, flag: &str) -> Outcome {
    let shown = file.display();
    if file.symlink_metadata().is_ok() {
        let what = format!("{shown} exists; nothing is ever written over: name another file with {flag}");
        return Err(Failure::Failed(what));
    }
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    if folder.is_some_and(|f| !f.is_dir()) {
        return Err(Failure::Failed(format!("{shown}: its folder does not exist; make it first")));
    }
    Ok(())
}

/// Bytes that a page may need: tried before the work that it is to show.
const PAGE: u64 = 1 << 20;

/// Refuses a page that could not be written when the work is done: a name that does not end in .html or is taken, no such folder, no permission, no room.
pub(crate) fn new_page(file: &Path, flag: &str) -> Outcome {
    ending(file, flag, &["html"])?;
    free(file, flag)?;
    Ok(try_write(file, PAGE)?)
}

/// Refuses a name whose ending says another format than the one written: `--out grid.jpg` would hold a PNG.
pub(crate) fn ending(file: &Path, flag: &str, wanted: &[&str]) -> Outcome {
    if file.extension().is_some_and(|e| wanted.iter().any(|wanted| e.eq_ignore_ascii_case(wanted))) {
        return Ok(());
    }
    let (shown, wanted) = (file.display(), wanted.join(" or ."));
    Err(Failure::Usage(format!(
        "{flag} {shown}: the file's name must end in .{wanted}, which is what is written"
    )))
}

/// A run is a directory: a name that says otherwise is a slip.
fn is_no_file(path: &Path) -> Outcome {
    let shown = path.display();
    if path.as_os_str().is_empty() {
        return Err(Failure::Usage("--out: the directory's name is empty".into()));
    }
    if path.is_file() {
        return Err(Failure::Failed(format!(
            "{shown} is a file; a run needs a directory: name another with --out"
        )));
    }
    let known = path.extension().and_then(|e| ENDINGS.iter().find(|known| e.eq_ignore_ascii_case(known)));
    match known.filter(|_| !path.is_dir()) {
        None => Ok(()),
        Some(ending) => Err(Failure::Usage(format!(
            "--out {shown}: a run is a directory of several files, not a .{ending}; leave the ending out"
        ))),
    }
}
