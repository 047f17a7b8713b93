//! CPU arrays and kernels: gemm, convolution, pooling, reductions.
#![forbid(unsafe_code)]
