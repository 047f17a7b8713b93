//! Operations: one file each. A new one also gets an entry in `check/table.rs`; `cargo xtask tidy` holds the two together.

macro_rules! ops {
    ($($file:ident: $($name:ident),+;)*) => {
        $(mod $file;)*
        $(pub use $file::{$($name),+};)*
        /// The files of this folder, each with a row in the check table.
        pub const FILES: &[&str] = &[$(stringify!($file)),*];
    };
}

ops! {
    add: add;
    avg_pool2d: avg_pool2d;
    avg_pool2d_grad: avg_pool2d_grad;
    broadcast_to: broadcast_to;
    concat: concat;
    conv2d: conv2d;
    conv2d_input_grad: conv2d_input_grad;
    conv2d_weight_grad: conv2d_weight_grad;
    div: div;
    embed_axis: embed_axis;
    exp: exp;
    gather_pixels: gather_pixels, max_pool2d;
    gather_rows: gather_rows;
    lift: activation;
    linear: linear;
    ln: ln;
    log_softmax: log_softmax;
    masked: masked;
    matmul: matmul, matmul_t;
    mul: mul;
    offset: offset;
    permute: permute;
    reshape: reshape;
    row_loss: row_loss, Every, RowTargets;
    scale: scale;
    scatter_cols: scatter_cols;
    scatter_pixels: scatter_pixels;
    scatter_rows: scatter_rows;
    select_cols: select_cols;
    slice_axis: slice_axis;
    softmax: softmax;
    sqrt: sqrt;
    square: square;
    sub: sub;
    sum: sum, mean, mean_to, moments, sum_last, MeanVariance;
    sum_to: sum_to;
    trained: trained;
}
