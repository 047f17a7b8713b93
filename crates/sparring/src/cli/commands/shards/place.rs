//! The directory of a whole, or of a shard of it: new, or one that was begun and goes on.

use crate::cli::{Failure, Outcome};
use sparring::store::{RunDir, StoreError};
use sparring_study::{MANIFEST, Manifest};
use std::path::Path;

/// The directory, owned by this process for as long as the result lives; one that has a manifest, or any of the files `known`, was begun before.
pub(crate) fn claim(path: &Path, known: &[&str]) -> Outcome<RunDir> {
    let begun = known.iter().chain(&[MANIFEST]).any(|name| path.join(name).symlink_metadata().is_ok());
    let run = if begun { RunDir::reopen(path) } else { RunDir::create(path) };
    run.map_err(|e| match e {
        StoreError::Claimed { .. } => Failure::Failed(format!("{e}; wait for its end, or stop it")),
        e => Failure::Failed(format!("{e}; name another directory with --out")),
    })
}

/// Refuses to go on with what is another whole: another command, shard, program or data.
pub(crate) fn goes_on(manifest: &Manifest, before: &Manifest, path: &Path) -> Outcome {
    let shown = path.display();
    let refused =
        |what: String| Err(Failure::Failed(format!("{shown}: {what}; name another directory with --out")));
    if before.kind != manifest.kind {
        return refused(format!(
            "what it holds is of the kind `{}`, this is of the kind `{}`",
            before.kind, manifest.kind
        ));
    }
    if before.shard != manifest.shard {
        let (is, asked) = (before.shard, manifest.shard);
        return refused(format!(
            "it holds shard {is}, this would be {asked}: say --shard {is} to go on with it"
        ));
    }
    let (is, here) = (&before.inputs.program, &manifest.inputs.program);
    if is != here {
        let same = is.version == here.version && is.isa == here.isa;
        let what = if same {
            "another build of the program".into()
        } else {
            format!("version {} on {}", is.version, is.isa)
        };
        return refused(format!("it was begun by {what}, whose bits may differ: go on with that one"));
    }
    for (name, hash) in &before.inputs.data {
        if manifest.inputs.data.get(name).is_some_and(|here| here != hash) {
            return refused(format!(
                "`{name}` has other contents than it was begun with: say the flags of then (--data, --n, ..), or put the files of then back"
            ));
        }
    }
    Ok(())
}
