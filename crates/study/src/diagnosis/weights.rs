//! Which parameter of a node is its weight.

use sparring_nn::{Param, ParamKind};

/// Where the weight of a node is among its parameters.
pub(super) fn weight_of(params: &[Param<f32>]) -> Option<usize> {
    params.iter().position(|p| p.kind() == ParamKind::Weight)
}
