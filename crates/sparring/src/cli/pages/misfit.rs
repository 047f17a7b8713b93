//! What to say, and to try, when the tensors of a file are not those of a network.

use super::again::{quoted, subcommand};
use crate::cli::Failure;
use crate::cli::io::say;
use crate::cli::options::AskedNet;
use sparring::math::named::Family as _;
use sparring::models::Arch;
use sparring::store::{Naming, StoreError, Weights, layout};
use std::path::Path;

/// The way out where names are unlike.
const RENAME: &str = "say which is which with --rename FILE, lines `theirs = ours` (fc1 = 1)";
/// The same where several layers have the same shapes.
const WHICH: &str = "layers of equal shapes are told apart by their names alone: say which is which with --rename FILE, lines `theirs = ours` (fc1 = 1); --by-order takes them as their names sort, which may be wrong";

/// Most lines of both lists.
const ROWS: usize = 24;

/// Flags with which the weights load into one of the classifiers.
struct WayIn {
    flags: String,
    /// Names or shapes tell every layer from the others.
    certain: bool,
}

/// The way in, if there is one.
fn way_in(weights: &Weights, first: Option<&AskedNet>) -> Option<WayIn> {
    let by_name = Arch::TABLE.at_defaults().into_iter().map(AskedNet::Named);
    let try_all: Vec<AskedNet> = first.cloned().into_iter().chain(by_name).collect();
    for (naming, order) in [(Naming::Same, ""), (Naming::ByOrder, " --by-order")] {
        for net in &try_all {
            let Some(wanted) = net.classifier().map(|spec| layout(&spec, "")) else { continue };
            if weights.fits(&wanted, naming) {
                let (flag, value) = net.flag_and_value();
                let value = quoted(&value);
                let certain = order.is_empty() || weights.fits_one_way(&wanted);
                let order = if certain { order } else { "" };
                return Some(WayIn { flags: format!("{flag} {value}{order}"), certain });
            }
        }
    }
    None
}

/// A foreign file without `--arch`.
pub(super) fn arch_wanted(file: &Path, weights: &Weights) -> Failure {
    let way = match way_in(weights, None) {
        Some(WayIn { flags, certain }) => {
            let which = if certain { String::new() } else { format!("; {WHICH}") };
            let file = quoted(&file.to_string_lossy());
            format!("its shapes are those of `sparring {} {file} {flags}`{which}", subcommand())
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
        Some(WayIn { flags, certain: true }) => {
            format!("this loads it: sparring {} {} {flags}", subcommand(), quoted(&file.to_string_lossy()))
        }
        Some(WayIn { flags, .. }) => format!("its shapes are those of {flags}; {WHICH}"),
        None => match e.reason() {
            StoreError::Names { unexpected, shapes, .. } if unexpected.is_empty() && shapes.is_empty() => {
                "the file lacks tensors of this network: save the whole state_dict".to_string()
            }
            StoreError::Names { missing, shapes, .. } if missing.is_empty() && shapes.is_empty() => {
                "the file holds more than this network has: name the --arch (or --spec) that it was saved from"
                    .to_string()
            }
            _ => RENAME.to_string(),
        },
    };
    Failure::at(file, format!("{e}; {way}"))
}
