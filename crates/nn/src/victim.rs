//! A module seen through `sparring-oracle`: what attacks attack.

use crate::{Cx, Mode, Module, NnError, Plan, ShapeError, check_parameters};
use sparring_autograd::Tape;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_tensor::{Array, Precision, Shape};
use std::sync::{Mutex, OnceLock, PoisonError};

/// A classifier with frozen parameters: a pull-back costs one forward and the input's gradient, nothing more.
///
/// A chain of layers is run by a [`Plan`], its weights packed at the first call; any other module by its `forward` on a tape.
#[derive(Debug)]
pub struct Victim<'m> {
    module: Option<&'m dyn Module<f32>>,
    shape: [usize; 3],
    classes: usize,
    bounds: Bounds,
    mode: Mode,
    precision: Precision,
    plan: OnceLock<Option<Plan>>,
    /// A plan that somebody else keeps.
    given: Option<&'m Plan>,
    /// Most examples at once.
    most: usize,
    /// Why every call is refused.
    fault: Option<ShapeError>,
    /// Idle tapes, so that a step allocates no nodes; one a worker in the end.
    tapes: Mutex<Vec<Tape<f32>>>,
}

impl<'m> Victim<'m> {
    /// A victim that takes examples of `shape` `[channels, height, width]` in `bounds`; a dry run checks the shapes.
    ///
    /// # Errors
    /// [`ShapeError`] where two layers do not fit, a tensor was set that its layer cannot use, one example needs more than a
    /// [`Cost`](crate::Cost) allows, or the output is not one row of logits an example.
    pub fn new(module: &'m dyn Module<f32>, shape: [usize; 3], bounds: Bounds) -> Result<Self, ShapeError> {
        let [c, h, w] = shape;
        check_parameters(module)?;
        let out = module.output_shape(Shape::new(&[1, c, h, w]))?;
        let most = module.cost(Shape::new(&[1, c, h, w]))?.most_examples();
        match out.dims() {
            &[1, classes] if classes > 1 => Ok(Self {
                module: Some(module),
                shape,
                classes,
                bounds,
                mode: Mode::Eval,
                precision: Precision::F32,
                plan: OnceLock::new(),
                given: None,
                most,
                fault: None,
                tapes: Mutex::default(),
            }),
            _ => Err(ShapeError::new(
                module.kind(),
                format!(
                    "a classifier gives [batch, classes] with two classes or more, this network gives {out}"
                ),
            )),
        }
    }
    /// As [`new`](Self::new) for a module that was checked when it was built, with `classes` outputs: if its tensors were changed since
    /// into something that cannot run, every call is an error.
    pub fn of_checked(
        module: &'m dyn Module<f32>,
        shape: [usize; 3],
        classes: usize,
        bounds: Bounds,
    ) -> Self {
        Self::new(module, shape, bounds).unwrap_or_else(|fault| Self {
            module: Some(module),
            shape,
            classes,
            bounds,
            mode: Mode::Eval,
            precision: Precision::F32,
            plan: OnceLock::new(),
            given: None,
            most: 0,
            fault: Some(fault),
            tapes: Mutex::default(),
        })
    }
    /// A victim that runs a plan as it is now: a network in the middle of its training.
    ///
    /// # Panics
    /// If the plan takes examples of another size.
    #[track_caller]
    pub fn planned(plan: &'m Plan, shape: [usize; 3], bounds: Bounds) -> Self {
        assert_eq!(plan.inputs(), shape.iter().product::<usize>(), "planned: examples of {shape:?}");
        let classes = plan.outputs();
        Self {
            module: None,
            shape,
            classes,
            bounds,
            mode: Mode::Train,
            precision: Precision::F32,
            plan: OnceLock::new(),
            given: Some(plan),
            most: usize::MAX,
            fault: None,
            tapes: Mutex::default(),
        }
    }
    /// The same with another mode (dropout on, say).
    ///
    /// # Panics
    /// If the victim was made from a plan, which has its mode already.
    #[must_use]
    #[track_caller]
    pub fn in_mode(self, mode: Mode) -> Self {
        assert!(self.given.is_none(), "in_mode: this victim runs a plan made for {:?}", self.mode);
        Self { mode, plan: OnceLock::new(), ..self }
    }
    /// The same with its products in another precision: for proposals that another victim, in `f32`, verifies. A module without a plan stays in `f32`.
    ///
    /// # Panics
    /// If the victim was made from a plan, which has its precision already.
    #[must_use]
    #[track_caller]
    pub fn in_precision(self, precision: Precision) -> Self {
        assert!(self.given.is_none(), "in_precision: this victim runs a plan that somebody else made");
        Self { precision, plan: OnceLock::new(), ..self }
    }
    fn plan(&self) -> Option<&Plan> {
        let make = || {
            let plan = Plan::new(self.module?, self.shape, self.mode)?;
            Some(if self.precision == Precision::F32 { plan } else { plan.in_precision(self.precision) })
        };
        self.given.or_else(|| self.plan.get_or_init(make).as_ref())
    }
    fn with_tape<R>(&self, f: impl FnOnce(&Tape<f32>, &dyn Module<f32>) -> R) -> R {
        let module = self.module.expect("a victim has a module or a plan");
        let idle = self.tapes.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut tape = idle.unwrap_or_default();
        let out = f(&tape, module);
        tape.reset();
        self.tapes.lock().unwrap_or_else(PoisonError::into_inner).push(tape);
        out
    }
    fn check(&self, x: &Batch<'_>, what: &str, got: usize, expected: usize) -> Result<(), OracleError> {
        if let Some(fault) = &self.fault {
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
        self.with_tape(|tape, module| {
            let cx = Cx::eval(tape).in_mode(self.mode);
            let z = module.forward(&cx, tape.constant(self.input(&x)));
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
        self.with_tape(|tape, module| {
            let cx = Cx::eval(tape).in_mode(self.mode);
            let input = tape.leaf(self.input(&x));
            let z = module.forward(&cx, input);
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
