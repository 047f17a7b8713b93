//! One file a layer. A word in `layers!` registers it: the tag in files, the parser, `sparring list layers`, the tests over all.

mod affine;
mod check;
mod registry;

use crate::error::given;
use affine::weight_and_bias;
use check::{AXES, BORDER, STEP, axes, image, is_none, is_true, present};
pub use registry::{LayerInfo, register, table, tags};

macro_rules! layers {
    ($($file:ident: $layer:ident, $($name:ident),+;)*) => {
        $(mod $file;)*
        $(pub use $file::{$layer, $($name),+};)*
        /// The layers of this crate.
        const BUILT_IN: &[LayerInfo] = &[$(LayerInfo::of::<$layer>()),*];
    };
}

layers! {
    activated: Activated, activation;
    add: Add, add;
    batch_norm: BatchNorm, batch_norm;
    concat: Concat, concat;
    conv2d: Conv2d, conv2d;
    conv_transpose2d: ConvTranspose2d, conv_transpose2d;
    dropout: Dropout, dropout;
    flatten: Flatten, flatten;
    global_avg_pool2d: GlobalAvgPool2d, global_avg_pool2d;
    layer_norm: LayerNorm, layer_norm;
    linear: Linear, linear;
    normalize: Normalize, normalize;
    pool: Pool2d, max_pool2d, avg_pool2d;
    reshape: Reshape, reshape;
}

pub(crate) use dropout::words;
pub use pool::Pool;
