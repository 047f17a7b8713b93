//! Arrays: contiguous, copy-on-write, at most four axes. `cargo run --release --example 01_tensors`

use sparring::tensor::{Array, ConvGeometry, Tensor, Trans, conv2d, elementwise, matmul, reduce, softmax};

fn main() {
    // Row-major data with a shape; a clone shares the buffer until one of the two is written.
    let a = Tensor::from_slice([2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let mut b = a.clone();
    b.as_mut_slice()[0] = 10.0;
    println!("a = {a:?}\nb = {b:?}");

    // Products take transposes for free; element-wise operations broadcast as NumPy's do.
    let gram = matmul(&a, Trans::No, &a, Trans::Yes);
    let shifted = elementwise::add(&a, &Tensor::from_slice([3], &[0.1, 0.2, 0.3]));
    println!("a aᵀ = {gram:?}\na + row = {shifted:?}");

    // Reductions run in a fixed order: the same bits with any number of threads.
    println!("sum = {}, softmax = {:?}", reduce::sum(&a), softmax::softmax(&a));

    // A 3 x 3 box filter over a ramp, zeros around it.
    let image = Array::from_fn([1, 1, 4, 4], |i| i as f32);
    let filter = Array::full([1, 1, 3, 3], 1.0 / 9.0);
    println!(
        "blurred = {:?}",
        conv2d(&image, &filter, None, ConvGeometry { padding: [1, 1], ..Default::default() })
    );
}
