//! An activation as a layer, fixed or learnt.

use crate::{Cx, Kind, Mode, Module, Param, ShapeError, Stage};
use sparring_activations::AnyActivation;
use sparring_autograd::{Var, ops};
use sparring_tensor::{Array, Elem, Shape};

/// Any activation; one with learnt parameters keeps them as its own tensor `weight`, shared by all elements.
#[derive(Clone, Debug)]
pub struct Activated<E: Elem = f32> {
    function: AnyActivation,
    learnt: Option<Param<E>>,
}

impl<E: Elem> Activated<E> {
    /// The layer; learnt parameters start at those of `function`.
    pub fn new(function: AnyActivation) -> Self {
        let start = |a: Box<dyn sparring_activations::Trainable<E>>| {
            let p = a.params();
            Param::new(Kind::Activation, Array::from_slice([p.len()], &p))
        };
        Self { function, learnt: function.trainable::<E>().map(start) }
    }
    /// The function, learnt parameters at their first values.
    pub fn function(&self) -> &AnyActivation {
        &self.function
    }
}

impl<E: Elem> Module<E> for Activated<E> {
    fn kind(&self) -> &'static str {
        self.function.name()
    }
    fn forward<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        let function = self.function;
        match &self.learnt {
            None => ops::activation(x, function),
            Some(p) => {
                let learnt = function.trainable::<E>().expect("the layer has learnt parameters");
                ops::trained(x, cx.param(p), learnt)
            }
        }
    }
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        Ok(input)
    }
    fn stages(&self, _: Mode) -> Option<Vec<Stage<'_, E>>> {
        self.learnt.is_none().then(|| vec![Stage::Activation(self.function)])
    }
    fn visit(&self, prefix: &str, f: &mut dyn FnMut(&str, &Param<E>)) {
        if let Some(p) = &self.learnt {
            f(&format!("{prefix}weight"), p);
        }
    }
    fn visit_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Param<E>)) {
        if let Some(p) = &mut self.learnt {
            f(&format!("{prefix}weight"), p);
        }
    }
}
