//! What a training keeps beside the weights, in the engine's own order: slots of the rule, gradients, averages; out and in by way of the layout of files.

use super::program::Program;
use super::weight::Weight;
use sparring_tensor::{Array, Elem, Panels};

/// Rows of a panel whose gradient is made at a time: it stays in the first-level cache until the rule has used it, and the columns of the
/// input that it is made of until the next panel has used them.
pub(super) const ROWS: usize = 56;
/// A weight falls into about this many parts at most, if its panels are not more.
const PARTS: usize = 64;

/// Rows of a part: all parts of a panel but the last have as many, in whole blocks.
pub(super) fn part_rows<E: Elem>(panels: &Panels<E>) -> usize {
    let blocks = panels.depth().div_ceil(ROWS);
    let parts = (PARTS / panels.cols().div_ceil(panels.width()).max(1)).clamp(1, blocks.max(1));
    blocks.div_ceil(parts).max(1) * ROWS
}

/// Beside some numbers of a weight, each with as many.
#[derive(Debug)]
pub(super) struct ParamState<E: Elem> {
    pub slots: Vec<Array<E>>,
    /// The gradient, where somebody asks to see it whole.
    pub grad: Option<Array<E>>,
    /// Sum of the gradient's squares.
    pub squares: f64,
    /// Euclidean norm of the gradient of the parameter tensor that this is a part of.
    pub norm: f64,
    /// The average over the steps.
    pub average: Option<Array<E>>,
    /// The numbers as they were before they were displaced.
    pub saved: Option<Array<E>>,
    numbers: usize,
}

/// Which of the arrays beside the weights is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    Slot(usize),
    Grad,
    Average,
}

impl<E: Elem> ParamState<E> {
    fn new(numbers: usize, slots: usize) -> Self {
        let zeros = || Array::zeros([numbers]);
        Self {
            slots: (0..slots).map(|_| zeros()).collect(),
            grad: None,
            squares: 0.0,
            norm: 0.0,
            average: None,
            saved: None,
            numbers,
        }
    }
    /// The gradient, made if it is not there.
    pub fn grad(&mut self) -> &mut Array<E> {
        self.grad.get_or_insert_with(|| Array::zeros([self.numbers]))
    }
    fn get(&self, which: Beside) -> Option<&Array<E>> {
        match which {
            Beside::Slot(i) => self.slots.get(i),
            Beside::Grad => self.grad.as_ref(),
            Beside::Average => self.average.as_ref(),
        }
    }
    fn place(&mut self, which: Beside) -> &mut Array<E> {
        let new = || Array::zeros([self.numbers]);
        match which {
            Beside::Slot(i) => &mut self.slots[i],
            Beside::Grad => self.grad.get_or_insert_with(new),
            Beside::Average => self.average.get_or_insert_with(new),
        }
    }
}

/// What is kept beside a matmul or convolution: each part of each panel in order, and the bias.
#[derive(Debug)]
pub(super) struct Packed<E: Elem> {
    pub parts: Vec<ParamState<E>>,
    pub row: ParamState<E>,
}

/// What is kept beside all parameters.
#[derive(Debug)]
pub(super) struct State<E: Elem> {
    pub packed: Vec<Packed<E>>,
    pub plain: Vec<ParamState<E>>,
}

impl<E: Elem> State<E> {
    pub fn new(program: &Program<E>, slots: usize) -> Self {
        let packed = |w: &Weight<E>| {
            let (depth, width, rows) = (w.forward.depth(), w.forward.width(), part_rows(&w.forward));
            let panel = || (0..depth).step_by(rows).map(|k| (depth - k).min(rows) * width);
            let parts = w.forward.iter().flat_map(|_| panel()).map(|n| ParamState::new(n, slots));
            Packed { parts: parts.collect(), row: ParamState::new(w.row.len(), slots) }
        };
        Self {
            packed: program.weights.iter().map(packed).collect(),
            plain: program.plains.iter().map(|p| ParamState::new(p.value.len(), slots)).collect(),
        }
    }
    /// Brings the norms of the tensors up to the squares of their parts; the norm of all of them.
    pub fn norm(&mut self) -> f64 {
        let mut sum = 0.0;
        let mut of = |tensor: &mut [ParamState<E>]| {
            let squares: f64 = tensor.iter().map(|part| part.squares).sum();
            tensor.iter_mut().for_each(|part| part.norm = squares.sqrt());
            sum += squares;
        };
        for Packed { parts, row } in &mut self.packed {
            of(parts);
            of(std::slice::from_mut(row));
        }
        self.plain.chunks_mut(1).for_each(of);
        sum.sqrt()
    }
    /// All parts, those of packed weights first, to change them.
    pub fn parts_mut(&mut self) -> impl Iterator<Item = &mut ParamState<E>> {
        let packed =
            self.packed.iter_mut().flat_map(|p| p.parts.iter_mut().chain(std::iter::once(&mut p.row)));
        packed.chain(&mut self.plain)
    }
    /// One of the arrays beside the parameter with this identity, in the layout of files; `None` if it is not kept.
    pub fn export(&self, program: &Program<E>, id: u64, which: Beside) -> Option<Array<E>> {
        for (w, packed) in program.weights.iter().zip(&self.packed) {
            if w.weight == id {
                let mut panels = Panels::zeros(w.forward.depth(), w.forward.cols());
                let mut at = 0;
                for part in &packed.parts {
                    let from = part.get(which)?.as_slice();
                    panels.as_mut_slice()[at..at + from.len()].copy_from_slice(from);
                    at += from.len();
                }
                let mut out = Array::zeros([w.numbers()]);
                w.unpack(&panels, out.as_mut_slice());
                return Some(out);
            }
            if w.bias == Some(id) {
                return packed.row.get(which).cloned();
            }
        }
        let i = program.plains.iter().position(|p| p.id == id)?;
        self.plain[i].get(which).cloned()
    }
    /// The inverse of [`export`](Self::export): numbers in the layout of files. Whether there is such a parameter.
    pub fn import(&mut self, program: &Program<E>, id: u64, which: Beside, numbers: &[E]) -> bool {
        let fits = |own: usize| {
            assert!(own == numbers.len(), "engine: {} numbers for a parameter of {own}", numbers.len())
        };
        for (w, packed) in program.weights.iter().zip(&mut self.packed) {
            if w.weight == id {
                fits(w.numbers());
                let panels = w.pack(numbers);
                let mut at = 0;
                for part in &mut packed.parts {
                    let to = part.place(which).as_mut_slice();
                    to.copy_from_slice(&panels.as_slice()[at..at + to.len()]);
                    at += to.len();
                }
                return true;
            }
            if w.bias == Some(id) {
                fits(w.row.len());
                packed.row.place(which).as_mut_slice().copy_from_slice(numbers);
                return true;
            }
        }
        let Some(i) = program.plains.iter().position(|p| p.id == id) else { return false };
        fits(program.plains[i].value.len());
        self.plain[i].place(which).as_mut_slice().copy_from_slice(numbers);
        true
    }
}
