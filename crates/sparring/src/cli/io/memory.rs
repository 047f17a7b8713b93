//! The end of memory: a line that says so, not a panic.

use super::say;
use std::panic;

/// What the panic of an allocation of numbers begins with.
const NO_MEMORY: &str = "no memory for ";

/// From now on, where there is no memory for the numbers of a network or a batch the process ends with 1, whatever thread asked for them; what was made and not kept is taken back.
pub(crate) fn watch() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let text = info.payload().downcast_ref::<String>().filter(|text| text.starts_with(NO_MEMORY));
        let Some(text) = text else { return usual(info) };
        let _nothing_more = sparring::store::take_back_all();
        say::error(&format!("{text}; take a smaller --batch, a smaller network, or fewer --threads"));
        std::process::exit(1);
    }));
}
