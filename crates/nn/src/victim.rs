//! A network seen through `sparring-oracle`: what attacks attack.

use crate::{Cx, Mode, Network, NnError, Plan, ShapeError};
use sparring_autograd::Tape;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_tensor::{Array, Precision};
use std::sync::{Mutex, OnceLock, PoisonError};

/// What a victim runs.
#[derive(Debug)]
enum Runs<'m> {
    /// A network that stays as it is: compiled at the first call.
    Network {
        network: &'m Network<f32>,
        mode: Mode,
        precision: Precision,
        plan: Box<OnceLock<Option<Plan>>>,
        /// Idle tapes, so that a step allocates no nodes; one a worker in the end.
        tapes: Mutex<Vec<Tape<f32>>>,
    },
    /// A plan that somebody else keeps: a network in the middle of its training.
    Plan(&'m Plan),
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
        match out.dims() {
            &[1, classes] if classes > 1 => {
                let (mode, precision) = (Mode::Eval, Precision::F32);
                let runs =
                    Runs::Network { network, mode, precision, plan: Box::default(), tapes: Mutex::default() };
                Ok(Self { runs, shape, classes, bounds, most })
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
        })
    }
    /// A victim that runs a plan as it is now: a network in the middle of its training.
    ///
    /// # Panics
    /// If the plan takes examples of another size.
    #[track_caller]
    pub fn planned(plan: &'m Plan, shape: [usize; 3], bounds: Bounds) -> Self {
        assert_eq!(plan.inputs(), shape.iter().product::<usize>(), "planned: examples of {shape:?}");
        Self { runs: Runs::Plan(plan), shape, classes: plan.outputs(), bounds, most: usize::MAX }
    }
    /// The same with another mode (dropout on, say); a plan keeps its own.
    #[must_use]
    pub fn in_mode(mut self, new: Mode) -> Self {
        if let Runs::Network { mode, plan, .. } = &mut self.runs {
            (*mode, *plan) = (new, Box::default());
        }
        self
    }
    /// The same with its matmuls in another precision: for proposals that another victim, in `f32`, verifies. A plan that somebody else keeps, and
    /// a network without one, stay as they are.
    #[must_use]
    pub fn in_precision(mut self, new: Precision) -> Self {
        if let Runs::Network { precision, plan, .. } = &mut self.runs {
            (*precision, *plan) = (new, Box::default());
        }
        self
    }
    fn plan(&self) -> Option<&Plan> {
        match &self.runs {
            Runs::Plan(plan) => Some(plan),
            Runs::Network { network, mode, precision, plan, .. } => {
                let make = || {
                    let plan = Plan::new(network, *mode)?;
                    Some(if *precision == Precision::F32 { plan } else { plan.in_precision(*precision) })
                };
                plan.get_or_init(make).as_ref()
            }
            Runs::Fault(_) => None,
        }
    }
    fn with_tape<R>(&self, f: impl FnOnce(&Tape<f32>, &Network<f32>, Mode) -> R) -> R {
        let Runs::Network { network, mode, tapes, .. } = &self.runs else {
            unreachable!("a plan needs no tape, and a fault was told")
        };
        let idle = tapes.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut tape = idle.unwrap_or_default();
        let out = f(&tape, network, *mode);
        tape.reset();
        tapes.lock().unwrap_or_else(PoisonError::into_inner).push(tape);
        out
    }
    fn check(&self, x: &Batch<'_>, what: &str, got: usize, expected: usize) -> Result<(), OracleError> {
        if let Runs::Fault(fault) = &self.runs {
            return Err(OracleError::Shape(fault.to_string()));
        }
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
    fn input(&self, x: &Batch<'_>) -> Array<f32> {
        let [c, h, w] = self.shape;
        Array::from_slice([x.len(), c, h, w], x.data())
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
            // Room for what lies between the layers is bounded; no row depends on the rows beside it.
            let chunks = out.chunks_mut(self.most * self.classes).enumerate();
            for (i, out) in chunks {
                let first = i * self.most;
                self.logits(x.slice(first..x.len().min(first + self.most)), out)?;
            }
            return Ok(());
        }
        if let Some(plan) = self.plan() {
            plan.forward(x.data(), out);
            return Ok(());
        }
        self.with_tape(|tape, network, mode| {
            let cx = Cx::eval(tape).in_mode(mode);
            let z = network.forward(&cx, tape.constant(self.input(&x)));
            out.copy_from_slice(z.value().as_slice());
        });
        Ok(())
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
        if let Some(plan) = self.plan() {
            plan.pullbacks(x.data(), k, cotangent, grads);
            return Ok(());
        }
        self.with_tape(|tape, network, mode| {
            let cx = Cx::eval(tape).in_mode(mode);
            let input = tape.leaf(self.input(&x));
            let z = network.forward(&cx, input);
            let logits = z.value();
            for (i, grad) in grads.chunks_exact_mut(x.data().len()).enumerate() {
                let mut dz = Array::zeros(logits.shape());
                cotangent(i, logits.as_slice(), dz.as_mut_slice());
                match tape.backward(z, dz).get(input) {
                    Some(g) => grad.copy_from_slice(g.as_slice()),
                    None => grad.fill(0.0),
                }
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
