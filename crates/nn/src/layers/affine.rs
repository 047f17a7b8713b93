//! The parameters of linear maps and convolutions.

use crate::{Init, ParamInit, ParamKind, ParamSpec};

/// Weight of this shape, bias `[outputs]` if there is one. The fan-in is that of axis 1, as PyTorch counts it: of a transposed convolution it
/// is counted over the outputs.
pub(super) fn weight_and_bias(shape: &[usize], outputs: usize, bias: bool, init: Init) -> Vec<ParamSpec> {
    let fan_in = shape[1..].iter().fold(1usize, |a, &b| a.saturating_mul(b));
    let mut all = vec![ParamSpec::new("weight", ParamKind::Weight, shape, ParamInit::Weight(init))];
    if bias {
        all.push(ParamSpec::new("bias", ParamKind::Bias, &[outputs], ParamInit::Bias(init, fan_in)));
    }
    all
}
