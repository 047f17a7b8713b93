//! An ONNX file run by ONNX Runtime behind sparring's `Classifier`: every black-box attack runs on it.
//!
//! ONNX Runtime has no gradients: for white-box attacks let sparring read the file itself (`sparring attack net.onnx`), or put
//! `sparring_attacks::FiniteDifference` around a small model.
//!
//! ```no_run
//! use sparring_attacks::{Threat, evaluate, suites};
//! use sparring_oracle::{Batch, Bounds};
//! use sparring_ort::OrtModel;
//! let model = OrtModel::open("net.onnx", [1, 28, 28], 10, Bounds::UNIT)?;
//! let (x, y) = (vec![0.5; 784], [3]);
//! let x = Batch::new(&x, [1, 28, 28], &[0])?;
//! println!("{}", evaluate(&model, x, &y, &suites::black_box(), &Threat::linf(0.3)?, sparring_seed::Key::new(7))?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use sparring_oracle::{Batch, Bounds, Classifier, OracleError};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A model of one input and one output of logits.
#[derive(Debug)]
pub struct OrtModel {
    // A run needs the session for itself; threads of an evaluation take turns.
    session: Mutex<Session>,
    /// The shape of the input in the file after its first dimension: `[784]` as well as `[1, 28, 28]`.
    example: Vec<usize>,
    shape: [usize; 3],
    classes: usize,
    bounds: Bounds,
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> OracleError {
    OracleError::Model(Box::new(error))
}

impl OrtModel {
    /// Opens a file; `shape` is `[channels, height, width]` of an example, `bounds` the box of its numbers.
    ///
    /// # Errors
    /// If the library or the file cannot be loaded, or the model does not take such examples as its only input.
    pub fn open(path: impl AsRef<Path>, shape: [usize; 3], classes: usize, bounds: Bounds) -> Result<Self, OracleError> {
        let build = || -> Result<Session, ort::Error> {
            let builder = Session::builder()?.with_optimization_level(GraphOptimizationLevel::All)?;
            // Threads are sparring's.
            builder.with_intra_threads(1)?.commit_from_file(path)
        };
        let session = build().map_err(failed)?;
        let refused = |what: String| Err(OracleError::Shape(what));
        let dims: Vec<i64> = match session.inputs() {
            [one] => one.dtype().tensor_shape().map(|s| s.to_vec()).unwrap_or_default(),
            many => return refused(format!("the model has {} inputs, expected one", many.len())),
        };
        let (dim, sized): (usize, Option<Vec<usize>>) = (
            shape.iter().product(),
            dims.iter().skip(1).map(|&d| usize::try_from(d).ok()).collect(),
        );
        match sized {
            Some(example) if !dims.is_empty() && example.iter().product::<usize>() == dim => {
                Ok(Self { session: Mutex::new(session), example, shape, classes, bounds })
            }
            _ => refused(format!("the model takes {dims:?}, examples of {shape:?} hold {dim} numbers")),
        }
    }
}

impl Classifier for OrtModel {
    fn shape(&self) -> [usize; 3] {
        self.shape
    }
    fn classes(&self) -> usize {
        self.classes
    }
    fn bounds(&self) -> Bounds {
        self.bounds
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        if x.is_empty() {
            return Ok(());
        }
        let dims: Vec<usize> = std::iter::once(x.len()).chain(self.example.iter().copied()).collect();
        let input = TensorRef::from_array_view((dims, x.data())).map_err(failed)?;
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(ort::inputs![input]).map_err(failed)?;
        let (shape, z) = outputs[0].try_extract_tensor::<f32>().map_err(failed)?;
        if z.len() != out.len() {
            let expected = [x.len(), self.classes];
            return Err(OracleError::Shape(format!("the model's logits have shape {shape:?}, expected {expected:?}")));
        }
        out.copy_from_slice(z);
        Ok(())
    }
}
