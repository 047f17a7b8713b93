//! `cargo xtask cases` where there is no Unix: the whole of the module there.

/// Says why nothing is tried.
///
/// # Errors
/// Always: signals, links and the memory of a process are watched as Unix has them.
pub fn run(_: &[String]) -> Result<(), String> {
    Err("needs Unix: it sends signals, makes links and reads how a process ended; on Windows run it in WSL"
        .into())
}
