//! One file a command.

pub(crate) mod attack;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod diagnose;
pub(crate) mod encode;
pub(crate) mod eval;
mod examples;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod fetch;
pub(crate) mod generate;
pub(crate) mod inspect;
pub(crate) mod list;
pub(crate) mod lr_find;
pub(crate) mod merge;
pub(crate) mod predict;
pub(crate) mod reconstruct;
pub(crate) mod replay;
pub(crate) mod resume;
mod shards;
pub(crate) mod study;
pub(crate) mod sweep;
pub(crate) mod train;
