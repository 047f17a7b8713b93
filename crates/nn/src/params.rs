//! The numbers of a network, by name.

use crate::{Graph, Param, ParamInit, ParamSpec, ShapeError};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, Shape};

/// The parameters of a network in the order of its nodes.
#[derive(Clone, Debug, Default)]
pub struct Params<E: Elem = f32> {
    all: Vec<Param<E>>,
}

impl<E: Elem> Params<E> {
    pub(crate) fn of(all: Vec<Param<E>>) -> Self {
        Self { all }
    }
    /// Those of a graph, drawn by `key`: a number depends on the key, the position of the node, the parameter's name and its index.
    pub fn draw(graph: &Graph, key: Key) -> Self {
        let mut all = Vec::new();
        for (i, node) in graph.nodes.iter().enumerate() {
            let specs = node.layer.parameters();
            let draw = |p: &ParamSpec| {
                let (key, shape) = (key.child(i as u64).named(p.name), Shape::new(&p.shape));
                match &p.start {
                    ParamInit::Weight(init) => init.weight(&p.shape, key),
                    ParamInit::Bias(init, fan_in) => init.bias(shape.numel(), *fan_in, key),
                    ParamInit::Normal => {
                        let mut numbers = key.rng(0);
                        Array::from_fn(shape, |_| E::of(numbers.normal()))
                    }
                    ParamInit::Constant(v) => Array::full(shape, E::of(*v)),
                    ParamInit::Values(values) => Array::from_fn(shape, |i| E::of(values[i % values.len()])),
                }
            };
            let values = node.layer.with_dependent(specs.iter().map(draw).collect());
            let named = |(p, value): (&ParamSpec, _)| {
                Param::new(format!("{}.{}", node.name, p.name), p.kind, value).with_output_axis(p.output_axis)
            };
            all.extend(specs.iter().zip(values).map(named));
        }
        Self { all }
    }
    /// The tensors in order.
    pub fn as_slice(&self) -> &[Param<E>] {
        &self.all
    }
    /// Number of tensors.
    pub fn len(&self) -> usize {
        self.all.len()
    }
    /// There is no tensor.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
    /// The tensors in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Param<E>> {
        self.all.iter()
    }
    /// The tensors in order, to change their numbers. A value of another shape is an error where the network is used next
    /// ([`check`](Self::check)): in a [`Victim`](crate::Victim), a training, a file.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Param<E>> {
        self.all.iter_mut()
    }
    /// The tensor of this full name.
    pub fn get(&self, name: &str) -> Option<&Param<E>> {
        self.all.iter().find(|p| p.name() == name)
    }
    /// The tensor of this full name, to change its numbers.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Param<E>> {
        self.all.iter_mut().find(|p| p.name() == name)
    }
    /// Numbers in all tensors.
    pub fn numbers(&self) -> usize {
        self.all.iter().map(|p| p.value.len()).sum()
    }
    /// Every tensor still has the shape its layer was made for.
    ///
    /// # Errors
    /// [`ShapeError`] naming the first that has not.
    pub fn check(&self) -> Result<(), ShapeError> {
        match self.all.iter().find(|p| p.value.shape() != p.shape()) {
            None => Ok(()),
            Some(p) => {
                let what = format!("set to a tensor of {}, the layer needs {}", p.value.shape(), p.shape());
                Err(ShapeError { path: p.name().to_owned(), what })
            }
        }
    }
}

impl<E: Elem> std::ops::Index<usize> for Params<E> {
    type Output = Param<E>;
    fn index(&self, i: usize) -> &Param<E> {
        &self.all[i]
    }
}
impl<E: Elem> std::ops::IndexMut<usize> for Params<E> {
    fn index_mut(&mut self, i: usize) -> &mut Param<E> {
        &mut self.all[i]
    }
}
impl<'a, E: Elem> IntoIterator for &'a Params<E> {
    type Item = &'a Param<E>;
    type IntoIter = std::slice::Iter<'a, Param<E>>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
impl<'a, E: Elem> IntoIterator for &'a mut Params<E> {
    type Item = &'a mut Param<E>;
    type IntoIter = std::slice::IterMut<'a, Param<E>>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}
