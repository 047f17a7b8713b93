//! The command `sparring`.
fn main() {}
