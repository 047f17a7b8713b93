//! One file a layer. A word in `layers!` registers it: the tag in files, the parser, `sparring list layers`, the tests over all.

mod check;
mod parametrization;
mod registry;
mod spectral_bound;
mod standardized;

use crate::error::given;
use check::{
    AXES, BORDER, STEP, axes, fewer_channels, image, is_false, is_none, is_plain, is_true, last_axes, present,
};
pub use parametrization::Parametrization;
use parametrization::WeightAndBias;
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
    affine: Affine, affine;
    alpha_dropout: AlphaDropout, alpha_dropout;
    batch_norm: BatchNorm, batch_norm;
    clamp: Clamp, clamp;
    concat: Concat, concat;
    conv2d: Conv2d, conv2d;
    conv_transpose2d: ConvTranspose2d, conv_transpose2d;
    dropout: Dropout, dropout;
    dropout2d: Dropout2d, dropout2d;
    embedding: Embedding, embedding;
    flatten: Flatten, flatten;
    gaussian_dropout: GaussianDropout, gaussian_dropout;
    gaussian_noise: GaussianNoise, gaussian_noise;
    global_avg_pool2d: GlobalAvgPool2d, global_avg_pool2d;
    glu: Glu, glu;
    group_norm: GroupNorm, group_norm;
    instance_norm: InstanceNorm, instance_norm;
    k_wta: WinnersTakeAll, k_wta;
    layer_norm: LayerNorm, layer_norm;
    linear: Linear, linear;
    maxout: Maxout, maxout;
    minibatch_stddev: MinibatchStddev, minibatch_stddev;
    multiply: Multiply, multiply;
    normalize: Normalize, normalize;
    permute: Permute, permute;
    pool: Pool2d, max_pool2d, avg_pool2d;
    reshape: Reshape, reshape;
    rms_norm: RmsNorm, rms_norm;
    softmax: Softmax, softmax, log_softmax;
    sparsemax: SparseProbabilities, sparsemax;
    upsample: Upsample, upsample;
}

pub(crate) use dropout::words;
pub use pool::Pool;
pub use upsample::Interpolation;
