//! A table of vectors, looked up by number (PyTorch's `Embedding`).
//!
//! y[i, t] = weight[index], where the index is the whole number nearest to x[i, t]. A number that is near none from 0 to entries − 1 gives NaN: the training stops and
//! names the layer. No gradient flows to x.

use crate::TorchArgument::{self, Is, Only, Unused};
use crate::{AnyLayer, Cost, Cx, Layer, ParamInit, ParamKind, ParamSpec, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, NamedError, Range, Value};
use sparring_tensor::{Array, Elem, Shape};
use std::sync::Arc;

/// Weight `[entries, dim]`; input `[n, t]` of whole numbers as floats, output `[n, t, dim]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embedding {
    /// Vectors in the table.
    pub entries: usize,
    /// Numbers of a vector.
    pub dim: usize,
    /// An entry that starts at 0 and is not trained.
    #[serde(default)]
    pub padding_idx: Option<usize>,
}

impl Default for Embedding {
    fn default() -> Self {
        Self { entries: 1, dim: 1, padding_idx: None }
    }
}

/// Numbers of entries: beyond, a float does not tell neighbours apart.
const ENTRIES: Range = Range::Whole { low: 1, high: 1 << 24 };

sparring_math::named! {
    Embedding: "embedding", [], "";
    entries: ENTRIES, "vectors in the table; inputs are their numbers, from 0 on", required;
    dim: Range::COUNT, "numbers of a vector", required;
    padding_idx: Range::Whole { low: 0, high: 1 << 24 }, "entry that starts at 0 and is not trained, or none";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            if self.padding_idx.is_none_or(|i| i < self.entries) {
                return Ok(());
            }
            let must = format!("below the number of entries, {}", self.entries);
            Err(NamedError::value(Self::NAME, "padding_idx", self.padding_idx.text(), must))
        }
    }
}

/// A table of `entries` vectors of `dim` numbers.
pub fn embedding(entries: usize, dim: usize) -> AnyLayer {
    Embedding { entries, dim, ..Embedding::default() }.into()
}

impl Layer for Embedding {
    const TORCH: &'static str = "nn.Embedding";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[
        ("num_embeddings", Is("entries")),
        ("embedding_dim", Is("dim")),
        ("max_norm", Only(&["none"])),
        ("scale_grad_by_freq", Only(&["false"])),
        ("sparse", Unused),
    ];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match *inputs[0].dims() {
            [n, t] => super::given(Self::NAME, &[n, t, self.dim]),
            _ => Err(ShapeError::new(Self::NAME, format!("expected [batch, length], got {}", inputs[0]))),
        }
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        vec![ParamSpec::new("weight", ParamKind::Weight, &[self.entries, self.dim], ParamInit::Normal)]
    }
    fn set_dependent<E: Elem>(&self, values: &mut [Array<E>]) {
        if let Some(i) = self.padding_idx {
            values[0].as_mut_slice()[i * self.dim..][..self.dim].fill(E::ZERO);
        }
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        // Rows, and what keeps gradients from some of them.
        Cost::of_output(5 * output.numel())
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let (shape, x) = (x[0].shape(), x[0].value());
        let nearest = |x: &E| {
            let i = x.to_f64().round();
            (0.0..self.entries as f64).contains(&i).then_some(i as usize)
        };
        let asked: Vec<Option<usize>> = x.as_slice().iter().map(nearest).collect();
        let index: Arc<[usize]> = asked.iter().map(|i| i.unwrap_or(0)).collect();
        let mut y = ops::gather_rows(p[0], index);
        // Rows that no gradient reaches: y · keep + other.
        let fixed = |i: &Option<usize>| i.is_none() || *i == self.padding_idx;
        if asked.iter().any(fixed) {
            let rows = y.value();
            let of = |k: usize| asked[k / self.dim];
            let keep = Array::from_fn(y.shape(), |k| if fixed(&of(k)) { E::ZERO } else { E::ONE });
            let other = Array::from_fn(y.shape(), |k| match of(k) {
                None => E::of(f64::NAN),
                i if i == self.padding_idx => rows.as_slice()[k],
                _ => E::ZERO,
            });
            y = y * cx.tape().constant(keep) + cx.tape().constant(other);
        }
        ops::reshape(y, [shape[0], shape[1], self.dim])
    }
}
