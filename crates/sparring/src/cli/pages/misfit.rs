//! What to say, and to try, when the tensors of a file are not those of a network.

use super::again::{quoted, subcommand};
use crate::cli::Failure;
use crate::cli::io::say;
use crate::cli::options::AskedNet;
use sparring::math::named::Family as _;
use sparring::models::Arch;
use sparring::store::{Naming, StoreError, Weights, layout};
use std::path::Path;

/// Most lines of both lists.
const ROWS: usize = 24;

/// The flags with which the weights load into one of the classifiers, if there are such.
fn way_in(weights: &Weights, first: Option<&AskedNet>) -> Option<String> {
    let by_name = Arch::TABLE.at_defaults().into_iter().map(AskedNet::Named);
    let try_all: Vec<AskedNet> = first.cloned().into_iter().chain(by_name).collect();
    for (naming, order) in [(Naming::Same, ""), (Naming::ByOrder, " --by-order")] {
        for net in &try_all {
            if net.classifier().is_some_and(|spec| weights.fits(&layout(&spec, ""), naming)) {
                let (flag, value) = net.flag().split_once(' ').map(|(f, v)| (f.to_string(), quoted(v)))?;
                return Some(format!("{flag} {value}{order}"));
            }
        }
    }
    None
}

/// A foreign file without `--arch`.
pub(super) fn arch_wanted(file: &Path, weights: &Weights) -> Failure {
    let way = match way_in(weights, None) {
        Some(flags) => {
            format!(
                "its shapes are those of `sparring {} {} {flags}`",
                subcommand(),
                quoted(&file.to_string_lossy())
            )
        }
        None => "name it with --arch, or write it down for --spec net.toml".to_string(),
    };
    Failure::Usage(format!(
        "{}: another program wrote this file, and it does not say how its network is built (--arch); {way}",
        file.display()
    ))
}

/// Both lists on stderr, the command that loads the file in the error.
pub(super) fn explained(e: &StoreError, file: &Path, weights: &Weights, net: Option<&AskedNet>) -> Failure {
    let Some(lists) = e.side_by_side(ROWS) else { return Failure::at(file, e) };
    say::note(&lists);
    let way = match way_in(weights, net) {
        Some(flags) => format!(
            "this loads it: sparring {} {} {flags}",
            subcommand(),
            quoted(&file.to_string_lossy())
        ),
        None => match e.reason() {
            StoreError::Names { unexpected, shapes, .. } if unexpected.is_empty() && shapes.is_empty() => {
                "the file lacks tensors of this network: save the whole state_dict".to_string()
            }
            StoreError::Names { missing, shapes, .. } if missing.is_empty() && shapes.is_empty() => {
                "the file holds more than this network has: name the --arch (or --spec) that it was saved from"
                    .to_string()
            }
            _ => "say which is which with --rename FILE, lines `theirs = ours` (fc1 = 1)".to_string(),
        },
    };
    Failure::at(file, format!("{e}; {way}"))
}
