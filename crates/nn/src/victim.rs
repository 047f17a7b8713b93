//! A network seen through `sparring-oracle`: what attacks attack.

mod first_layer;

use crate::{Compiled, Mode, Network, NnError, Randomness, ShapeError};
use first_layer::Cut;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, FirstLayer, OracleError};
use sparring_seed::Key;
use sparring_tensor::Precision;
use std::sync::OnceLock;

/// What a victim runs.
#[derive(Debug)]
enum Runs<'m> {
    /// A network that stays as it is: compiled at the first call.
    Network { network: &'m Network<f32>, precision: Precision, compiled: Box<OnceLock<Compiled>> },
    /// What somebody else keeps: a network in the middle of its training.
    Compiled(&'m Compiled),
    /// Nothing: every call is refused for this reason.
    Fault(ShapeError),
}

/// A classifier with frozen parameters: a pull-back costs one forward and the input's gradient, nothing more.
#[derive(Debug)]
pub struct Victim<'m> {
    runs: Runs<'m>,
    shape: [usize; 3],
    classes: usize,
    bounds: Bounds,
    /// Most examples at once.
    most: usize,
    /// The key of random layers; `None`: they are quiet.
    key: Option<Key>,
    /// The network cut behind its first layer, once that was asked for.
    cut: Box<OnceLock<Option<Cut>>>,
}

impl<'m> Victim<'m> {
    /// A victim that takes the network's examples in `bounds`; a dry run checks the shapes.
    ///
    /// # Errors
    /// [`ShapeError`] where two layers do not fit, a tensor was set that its layer cannot use, one example needs more than a
    /// [`Cost`](crate::Cost) allows, or the output is not one row of logits an example.
    pub fn new(network: &'m Network<f32>, bounds: Bounds) -> Result<Self, ShapeError> {
        network.params.check()?;
        let out = network.output_shape(1)?;
        let most = network.cost()?.most_examples();
        let shape = network.graph().input;
        let outputs = &network.graph().outputs;
        if outputs.len() > 1 {
            let names: Vec<_> = outputs.iter().map(|&i| &*network.graph().nodes[i].name).collect();
            let what = format!(
                "a classifier has one output, this network {}: `Network::up_to` makes a network of one",
                names.join(", ")
            );
            return Err(ShapeError::new("outputs", what));
        }
        match out.dims() {
            &[1, classes] if classes > 1 => {
                let runs = Runs::Network { network, precision: Precision::F32, compiled: Box::default() };
                Ok(Self { runs, shape, classes, bounds, most, key: None, cut: Box::default() })
            }
            _ => {
                let kind = network.graph().layers().next_back().map_or("input".into(), crate::AnyLayer::kind);
                let what = format!(
                    "a classifier gives [batch, classes] with two classes or more, this network gives {out}"
                );
                Err(ShapeError::new(&kind, what))
            }
        }
    }
    /// As [`new`](Self::new) for a network that was checked when it was built, with `classes` outputs: if its tensors were changed since
    /// into something that cannot run, every call is an error.
    pub fn of_checked(network: &'m Network<f32>, classes: usize, bounds: Bounds) -> Self {
        Self::new(network, bounds).unwrap_or_else(|fault| Self {
            runs: Runs::Fault(fault),
            shape: network.graph().input,
            classes,
            bounds,
            most: 0,
            key: None,
            cut: Box::default(),
        })
    }
    /// A victim that runs a compiled network as it is now: one in the middle of its training.
    ///
    /// # Panics
    /// If that takes examples of another size.
    #[track_caller]
    pub fn of_compiled(compiled: &'m Compiled, shape: [usize; 3], bounds: Bounds) -> Self {
        assert_eq!(compiled.inputs(), shape.iter().product::<usize>(), "of_compiled: examples of {shape:?}");
        let (classes, runs) = (compiled.outputs(), Runs::Compiled(compiled));
        Self { runs, shape, classes, bounds, most: usize::MAX, key: None, cut: Box::default() }
    }
    /// The same with random layers as in training, dropout say: a randomised defence. What is drawn depends on `key`, the number of the query ([`Batch::query`], which attacks
    /// count up) and an example's id alone: each query of an example draws anew, and no draw depends on how the batch is cut or on threads. Batch normalisation keeps its running statistics, so no example depends on those beside it.
    #[must_use]
    pub fn randomised(self, key: Key) -> Self {
        Self { key: Some(key), ..self }
    }
    /// The same with its matmuls in another precision: for proposals that another victim, in `f32`, verifies. What somebody else keeps stays as it is.
    #[must_use]
    pub fn in_precision(mut self, new: Precision) -> Self {
        if let Runs::Network { precision, compiled, .. } = &mut self.runs {
            (*precision, *compiled) = (new, Box::default());
        }
        self
    }
    fn compiled(&self) -> Result<&Compiled, OracleError> {
        match &self.runs {
            Runs::Compiled(compiled) => Ok(compiled),
            Runs::Network { network, precision, compiled } => {
                Ok(compiled.get_or_init(|| Compiled::new(network).in_precision(*precision)))
            }
            Runs::Fault(fault) => Err(OracleError::Shape(fault.to_string())),
        }
    }
    fn draw<'a>(&self, x: &Batch<'a>) -> Randomness<'a> {
        match self.key {
            None => Randomness::none(),
            Some(key) => Randomness { mode: Mode::Train, key: key.child(x.query()), ids: x.ids() },
        }
    }
    fn check(&self, x: &Batch<'_>, what: &str, got: usize, expected: usize) -> Result<(), OracleError> {
        self.compiled()?;
        if x.shape() != self.shape {
            return Err(OracleError::Shape(format!(
                "examples {:?}, the model takes {:?}",
                x.shape(),
                self.shape
            )));
        }
        if got != expected {
            return Err(OracleError::Shape(format!("{what}: {got} numbers, expected {expected}")));
        }
        Ok(())
    }
}

impl Classifier for Victim<'_> {
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
        self.check(&x, "logits", out.len(), x.len() * self.classes)?;
        if x.len() > self.most {
            // Memory for what lies between the layers is bounded; no row depends on the rows beside it.
            let chunks = out.chunks_mut(self.most * self.classes).enumerate();
            for (i, out) in chunks {
                let first = i * self.most;
                self.logits(x.slice(first..x.len().min(first + self.most)), out)?;
            }
            return Ok(());
        }
        self.compiled()?.forward_with(self.draw(&x), x.data(), out);
        Ok(())
    }
    fn first_layer(&self) -> Option<&dyn FirstLayer> {
        // Random layers are another's; a fast precision rounds what a change would be lost in.
        match &self.runs {
            Runs::Network { network, precision: Precision::F32, .. } if self.key.is_none() => {
                self.cut.get_or_init(|| Cut::of(network)).as_ref().map(|cut| cut as &dyn FirstLayer)
            }
            _ => None,
        }
    }
}

impl Differentiable for Victim<'_> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.pullbacks(x, 1, &mut |_, z, dz| cotangent(z, dz), grad)
    }
    fn pullbacks(
        &self,
        x: Batch<'_>,
        k: usize,
        cotangent: &mut dyn FnMut(usize, &[f32], &mut [f32]),
        grads: &mut [f32],
    ) -> Result<(), OracleError> {
        self.check(&x, "gradients", grads.len(), k * x.data().len())?;
        if x.is_empty() {
            return Ok(());
        }
        if x.len() > self.most {
            let e = NnError::Batch { batch: x.len(), most: self.most };
            return Err(OracleError::Shape(e.to_string()));
        }
        self.compiled()?.pullbacks_with(self.draw(&x), x.data(), k, cotangent, grads);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
