//! `cargo xtask peers`: the workloads beside other frameworks, ours and theirs in turn.

mod arguments;
mod chart;
mod contender;
mod figures;
mod install;
mod machine;
mod markdown;
mod program;
mod run;
mod table;

pub use figures::is_time;
pub use install::cache;
pub use run::run;
pub use table::short;
