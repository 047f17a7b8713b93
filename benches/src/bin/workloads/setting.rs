//! What all rows of a run share.

use crate::arguments::Arguments;
use crate::digits;
use sparring_datasets::Split;
use sparring_tensor::Precision;
use std::cell::OnceCell;
use std::path::PathBuf;

/// How a row ended.
#[derive(Debug)]
pub enum Outcome {
    /// Measured.
    Done,
    /// Not possible here, and why.
    Skipped(String),
}

/// Threads, sizes, data.
#[derive(Debug)]
pub struct Setting {
    /// Threads of the pool.
    pub threads: usize,
    /// Few numbers: a test.
    pub tiny: bool,
    /// Timed passes; more than can ever be asked for when another program paces them.
    pub samples: usize,
    /// Folder of the data.
    pub data: Option<PathBuf>,
    digits: OnceCell<Split>,
}

impl Setting {
    /// As the flags say.
    pub fn new(threads: usize, arguments: &Arguments) -> Self {
        let samples = if arguments.paced { 1_000_000 } else { arguments.samples };
        let (tiny, data) = (arguments.tiny, arguments.data.clone());
        Self { threads, tiny, samples, data, digits: OnceCell::new() }
    }

    /// The first `n` training examples, read once.
    ///
    /// # Errors
    /// If the folder does not hold them.
    pub fn digits(&self, n: usize) -> Result<Split, String> {
        if self.digits.get().is_none() {
            let split = digits::load(self.data.as_deref())?;
            // A cell that was empty takes the value.
            let _ = self.digits.set(split);
        }
        let all = self.digits.get().ok_or("no data")?;
        if all.len() < n {
            return Err(format!("{n} training examples are needed, the data have {}", all.len()));
        }
        Ok(all.first(n))
    }

    /// Why rows of this precision are left out here, if they are.
    pub fn too_slow(&self, precision: Precision) -> Option<String> {
        (!self.tiny && !precision.is_fast())
            .then(|| format!("no AMX tiles here: {precision} would be emulated"))
    }

    /// `whole`, or `few` in a test.
    pub fn size(&self, whole: usize, few: usize) -> usize {
        if self.tiny { few } else { whole }
    }
}
