//! Layers one after the other.

use crate::{Cost, Cx, Mode, Module, Param, ShapeError, Stage};
use sparring_autograd::Var;
use sparring_tensor::{Elem, Shape};

/// A chain; layer i is named `i`, as in PyTorch.
#[derive(Debug)]
pub struct Sequential<E: Elem = f32> {
    layers: Vec<Box<dyn Module<E>>>,
}

impl<E: Elem> Sequential<E> {
    /// A chain of these layers.
    pub fn new(layers: Vec<Box<dyn Module<E>>>) -> Self {
        Self { layers }
    }
    /// Number of layers.
    pub fn len(&self) -> usize {
        self.layers.len()
    }
    /// No layer: the identity.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }
    /// Output of the first `n` layers (the code of an autoencoder, features of a classifier).
    ///
    /// # Panics
    /// If there are fewer layers.
    pub fn forward_to<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>, n: usize) -> Var<'t, E> {
        self.layers[..n].iter().enumerate().fold(x, |x, (i, layer)| layer.forward(&cx.layer(i), x))
    }
    /// Output of the layers from `n` on (the decoder).
    ///
    /// # Panics
    /// If there are fewer layers.
    pub fn forward_from<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>, n: usize) -> Var<'t, E> {
        self.layers[n..].iter().enumerate().fold(x, |x, (i, layer)| layer.forward(&cx.layer(n + i), x))
    }
}

impl<E: Elem> Module<E> for Sequential<E> {
    fn kind(&self) -> &'static str {
        "sequential"
    }
    fn forward<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        self.forward_to(cx, x, self.len())
    }
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        self.layers.iter().enumerate().try_fold(input, |shape, (i, layer)| {
            layer.output_shape(shape).map_err(|e| e.inside(&i.to_string()))
        })
    }
    fn cost(&self, input: Shape) -> Result<Cost, ShapeError> {
        let (mut shape, mut all) = (input, Cost::default());
        for (i, layer) in self.layers.iter().enumerate() {
            let inside = |e: ShapeError| e.inside(&i.to_string());
            all = all.then(layer.cost(shape).map_err(inside)?);
            shape = layer.output_shape(shape).map_err(inside)?;
            // Together they may be too much where each is not.
            all.check(layer.kind()).map_err(inside)?;
        }
        Ok(all)
    }
    fn stages(&self, mode: Mode) -> Option<Vec<Stage<'_, E>>> {
        let mut all = Vec::new();
        for layer in &self.layers {
            all.extend(layer.stages(mode)?);
        }
        Some(all)
    }
    fn visit(&self, prefix: &str, f: &mut dyn FnMut(&str, &Param<E>)) {
        for (i, layer) in self.layers.iter().enumerate() {
            layer.visit(&format!("{prefix}{i}."), f);
        }
    }
    fn visit_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Param<E>)) {
        for (i, layer) in self.layers.iter_mut().enumerate() {
            layer.visit_mut(&format!("{prefix}{i}."), f);
        }
    }
    fn children(&self) -> Vec<(String, &dyn Module<E>)> {
        self.layers.iter().enumerate().map(|(i, layer)| (i.to_string(), &**layer)).collect()
    }
}
