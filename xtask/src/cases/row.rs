//! A row of the table.

use super::checks::Tried;
use super::trained::Context;

/// One fault that a user met, and what tries it again.
#[derive(Debug)]
pub struct Row {
    /// Its number in the README of the inputs.
    pub id: u32,
    /// What a person did.
    pub done: &'static str,
    /// What is right.
    pub right: &'static str,
    /// Files and folders of the inputs that it reads.
    pub inputs: &'static [&'static str],
    /// What tries it.
    pub tries: fn(&Context) -> Tried,
}
