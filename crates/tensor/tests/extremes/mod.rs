//! Safe functions that reach `unsafe` code, with extents and strides of all sizes: a call panics, with a check that names them, or
//! touches nothing but its slices. Run it in release too, where arithmetic wraps: `cargo test --release -p sparring-tensor --test all extremes`.

mod dense;
mod images;
mod memory;
mod rows;

use memory::{Fenced, caught};
use sparring_tensor::{
    Elem, Mat, MatMut, Panels, Precision, Shape, TilePanels, accumulate_outer, gemm, par, team, write_outer,
};

/// That the call panics, and names these.
#[track_caller]
fn names<R>(parts: &[&str], f: impl FnOnce() -> R) {
    let message = caught(f).err().expect("a panic");
    assert!(parts.iter().all(|&part| message.contains(part)), "{message}");
}

// What was found in release builds: the first returned the eight numbers before its slice, the next two ended with SIGSEGV. The fourth,
// `E::table(..).transpose(src, usize::MAX - 3, ..)`, does not compile any more; inside the crate `kernels::extremes` has it.

#[test]
fn a_stride_of_minus_eight_is_refused() {
    let mem: Vec<f32> = (0..64).map(|i| i as f32).collect();
    let width = Panels::<f32>::zeros(1, 1).width();
    let mut out = vec![0.0; width];
    for go in [write_outer, accumulate_outer] {
        names(&["32 numbers", "2 rows", "18446744073709551608"], || {
            go(Mat::new(&[0.0, 1.0], 2, 1), &mem[32..], usize::MAX - 7, &mut out);
        });
    }
    assert!(out.iter().all(|&v| v == 0.0));
}

#[test]
fn a_stride_beyond_memory_is_refused() {
    let (x, dy) = (Fenced::<f32>::new(9), Fenced::<f32>::new(64));
    let mut out = vec![0.0; Panels::<f32>::zeros(1, 1).width()];
    names(&["64 numbers", "9 rows", "2305843009213693953"], || {
        write_outer(Mat::new(x.get(), 9, 1), dy.get(), (1 << 61) + 1, &mut out);
    });
}

#[test]
fn panels_beyond_memory_are_refused() {
    // With a view that repeats one number the product of such panels looked legal.
    names(&["Panels", "1152921504606846976"], || {
        let panels = Panels::<f32>::zeros(1 << 60, 16);
        let (one, mut out) = ([1.0], vec![0.0; 16]);
        panels.left_multiplied(Mat::with_strides(&one, 1, 1 << 60, 0, 0), None, MatMut::new(&mut out, 1, 16));
    });
    names(&["no memory for"], || Panels::<f64>::zeros(1 << 50, 16));
    names(&["more elements than memory"], || Shape::new(&[0, 1 << 60, 1 << 60]));
    let none = Panels::<f32>::zeros(0, 1 << 40);
    none.left_multiplied(Mat::new(&[], 0, 0), None, MatMut::new(&mut [], 0, 1 << 40));
    TilePanels::new(&none, Precision::Bf16).expect("tiles without rows");
}

#[test]
fn strides_that_are_never_taken_may_be_anything() {
    let (a, b) = (Fenced::<f32>::new(6), Fenced::<f32>::new(6));
    let (mut strange, mut plain) = ([0.0; 4], [0.0; 4]);
    for stride in [0, 1 << 61, usize::MAX] {
        let row = |x| Mat::with_strides(x, 1, 6, stride, 1);
        gemm(row(a.get()), row(b.get()).t(), 0.0, MatMut::with_stride(&mut strange, 1, 1, stride.max(1)));
        gemm(Mat::new(a.get(), 1, 6), Mat::new(b.get(), 6, 1), 0.0, MatMut::new(&mut plain, 1, 1));
        assert_eq!(strange, plain);
        let none = Mat::with_strides(&[], 2, 0, stride, stride);
        gemm(none, none.t(), 0.0, MatMut::new(&mut strange, 2, 2));
        assert_eq!(strange, [0.0; 4]);
    }
}

#[test]
fn more_threads_than_there_are_change_nothing() {
    let (a, b) = (Fenced::<f32>::new(64 * 300), Fenced::<f32>::new(300 * 900));
    let product = || {
        let mut out = vec![f32::NAN; 64 * 900];
        gemm(Mat::new(a.get(), 64, 300), Mat::new(b.get(), 300, 900), 0.0, MatMut::new(&mut out, 64, 900));
        out
    };
    let expected = team::with_threads(1, product);
    // 32 columns for each of 2⁵⁹ threads are none for each.
    for threads in [0, 3, 1 << 59, (1 << 61) + 1, usize::MAX] {
        assert_eq!(team::with_threads(threads, product), expected, "{threads}");
    }
}

#[test]
fn chunks_of_any_length_cover_a_slice() {
    for len in [0, 1, 7, 1000] {
        for chunk in [1, 3, 1 << 60, (1 << 61) + 1, isize::MAX as usize, usize::MAX - 7, usize::MAX] {
            let mut seen = [Fenced::<f64>::new(len), Fenced::new(len)];
            let [first, second] = &mut seen;
            team::for_each_chunk(first.get_mut(), chunk, |_, c| c.fill(1.0));
            par::for_each_chunk(second.get_mut(), chunk, usize::MAX, |_, c| c.fill(1.0));
            assert!(seen.iter().all(|s| s.stands() && s.get().iter().all(|&v| v == 1.0)), "{len} by {chunk}");
        }
        assert!(len == 0 || caught(|| team::for_each_chunk(&mut vec![0; len], 0, |_, _| ())).is_err());
    }
}
