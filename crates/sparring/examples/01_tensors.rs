//! Arrays: contiguous, copy-on-write, at most four axes. `cargo run --release --example 01_tensors`
//!
//! What one learns: a clone costs nothing until it is written; matmuls take transposes as they are; reductions give the same bits
//! with any number of threads.

use sparring::tensor::{Array, ConvGeometry, Tensor, Trans, conv2d, elementwise, matmul, reduce, softmax};

/// Rows of the last axis, one a line.
fn show(name: &str, a: &Tensor) {
    println!("{name}, shape {}:", a.shape());
    let width = *a.shape().dims().last().unwrap_or(&1);
    for row in a.as_slice().chunks(width) {
        let cells: Vec<String> = row.iter().map(|v| format!("{v:7.3}")).collect();
        println!("  {}", cells.join(" "));
    }
}

fn main() {
    // Row-major data with a shape; a clone shares the buffer until one of the two is written.
    let a = Tensor::from_slice([2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let mut b = a.clone();
    b.as_mut_slice()[0] = 10.0;
    show("a", &a);
    show("its clone, the first number changed", &b);

    // Products take transposes for free; element-wise operations broadcast as NumPy's do.
    show("a times its transpose", &matmul(&a, Trans::No, &a, Trans::Yes));
    show("a plus one row", &elementwise::add(&a, &Tensor::from_slice([3], &[0.1, 0.2, 0.3])));

    // Reductions run in a fixed order: the same bits with any number of threads.
    println!("sum of a: {}", reduce::sum(&a));
    show("softmax of each row of a", &softmax::softmax(&a));

    // A 3 x 3 box filter over a ramp, zeros around it.
    let image = Array::from_fn([1, 1, 4, 4], |i| i as f32);
    let filter = Array::full([1, 1, 3, 3], 1.0 / 9.0);
    let same_size = ConvGeometry { padding: [1, 1], ..Default::default() };
    show("a ramp of 4 x 4, blurred", &conv2d(&image, &filter, None, same_size));
}
