//! A row of the speed table.

use crate::pace::{Metric, Pace};
use crate::setting::{Outcome, Setting};
use sparring_tensor::Precision;

/// Runs a row: passes until the pace says enough.
pub type Run = Box<dyn Fn(&Setting, &mut Pace) -> Result<Outcome, String>>;

/// A row of the table.
pub struct Row {
    /// Its name.
    pub id: String,
    /// Elements of an element-wise row, which is run in two sizes under one name.
    pub elements: Option<usize>,
    /// Bytes read and written for each unit of the metric, where memory is the limit.
    pub bytes: Option<f64>,
    /// Its unit.
    pub metric: Metric,
    /// The arithmetic of its matmuls; what is not plain `f32` is named at the end of its name.
    pub precision: Precision,
    /// Numbers of threads it is run with unless one is asked for.
    pub threads: &'static [usize],
    /// How it is run.
    pub run: Run,
}

impl Row {
    /// A row with two threads.
    pub fn new(id: impl Into<String>, metric: Metric, run: Run) -> Self {
        let precision = Precision::F32;
        Self { id: id.into(), elements: None, bytes: None, metric, precision, threads: &[2], run }
    }
    /// What tells it from every other row: `act_relu_fwd@2^16`, or the name.
    pub fn key(&self) -> String {
        match self.elements {
            Some(n) => format!("{}@2^{}", self.id, n.ilog2()),
            None => self.id.clone(),
        }
    }
}

/// The name of a row in some precision.
pub fn named(id: &str, precision: Precision) -> String {
    if precision == Precision::F32 { id.into() } else { format!("{id}_{precision}") }
}
