//! What a training step takes beside the weights, against the bound of [`Cost::at_once`]. One test, so that nothing else runs in this process.
#![allow(missing_docs)]

use sparring_nn::{Engine, Graph, Mode, OutputRows, Randomness, Source, layers};
use sparring_optim::{AnyRule, Sgd};
use sparring_seed::Key;
use sparring_tensor::team;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering::SeqCst};

static LIVE: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);

struct Counting;

fn note(bytes: isize) {
    let live = LIVE.fetch_add(bytes, SeqCst) + bytes;
    PEAK.fetch_max(live, SeqCst);
}

// SAFETY: every call goes on to the system's allocator unchanged; counting touches atomics only.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        note(-(layout.size() as isize));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn act(name: &str) -> sparring_nn::AnyLayer {
    layers::activation(&name.parse().unwrap())
}

fn mlp() -> Graph {
    let l = |n, m| layers::linear(n, m);
    Graph::chain(
        [1, 28, 28],
        vec![layers::flatten(), l(784, 512), act("relu"), l(512, 512), act("relu"), l(512, 10)],
    )
}
/// Its first matmul is cut by columns.
fn small_mlp() -> Graph {
    let l = |n, m| layers::linear(n, m);
    Graph::chain(
        [1, 28, 28],
        vec![layers::flatten(), l(784, 128), act("relu"), l(128, 64), act("relu"), l(64, 10)],
    )
}
fn madry() -> Graph {
    let layers = vec![
        layers::conv2d(1, 32, 5, 1, 2),
        act("relu"),
        layers::max_pool2d(2, 2),
        layers::conv2d(32, 64, 5, 1, 2),
        act("relu"),
        layers::max_pool2d(2, 2),
        layers::flatten(),
        layers::linear(3136, 1024),
        act("relu"),
        layers::linear(1024, 10),
    ];
    Graph::chain([1, 28, 28], layers)
}
fn residual() -> Graph {
    let mut g =
        Graph::chain([1, 28, 28], vec![layers::conv2d(1, 16, 3, 1, 1), layers::batch_norm(16), act("relu")]);
    let (mut skip, mut c) = (g.last(), 16);
    for (width, stride) in [(16, 1), (32, 2), (64, 2)] {
        g.push_from(layers::conv2d(c, width, 3, stride, 1), &[skip]);
        g.push(layers::batch_norm(width));
        g.push(act("relu"));
        g.push(layers::conv2d(width, width, 3, 1, 1));
        let deep = g.push(layers::batch_norm(width));
        let short: Source = match (c == width, stride) {
            (true, 1) => skip,
            _ => g.push_from(layers::conv2d(c, width, 1, stride, 0), &[skip]),
        };
        g.push_from(layers::add(), &[deep, short]);
        skip = g.push(act("relu"));
        c = width;
    }
    g.push(layers::global_avg_pool2d());
    g.push(layers::flatten());
    g.push(layers::linear(64, 10));
    g
}
fn generator() -> Graph {
    let layers = vec![
        layers::flatten(),
        layers::linear(64, 128 * 7 * 7),
        layers::batch_norm(128 * 49),
        act("relu"),
        layers::reshape(&[128, 7, 7]),
        layers::conv_transpose2d(128, 64, 4, 2, 1),
        layers::batch_norm(64),
        act("relu"),
        layers::conv_transpose2d(64, 1, 4, 2, 1),
        act("tanh"),
    ];
    Graph::chain([1, 1, 64], layers)
}

const NETS: [&str; 5] = ["mlp", "small_mlp", "madry", "residual", "generator"];

fn graph(name: &str) -> Graph {
    match name {
        "mlp" => mlp(),
        "small_mlp" => small_mlp(),
        "madry" => madry(),
        "residual" => residual(),
        _ => generator(),
    }
}

/// Bytes that the first step on `n` examples takes at most, and what the cost says of it: what all examples need, their inputs, and the weights packed for the way back.
fn measured(graph: &Graph, n: usize) -> [f64; 2] {
    let (net, cost) = (graph.build::<f32>(Key::new(1)).unwrap(), graph.cost().unwrap());
    let mut engine = Engine::new(&net, AnyRule::from(Sgd::default()).into());
    let row = |i: usize, x: &mut [f32]| {
        x.iter_mut().enumerate().for_each(|(k, x)| *x = ((i + k) % 7) as f32 / 7.0);
    };
    let objective = |rows: &mut OutputRows<'_, f32>| rows.iter().for_each(|(y, dy, _)| dy.copy_from_slice(y));
    let before = LIVE.load(SeqCst);
    PEAK.store(before, SeqCst);
    engine.gradients(n, &row, Randomness { mode: Mode::Train, ..Randomness::none() }, &objective);
    let inputs = n as u64 * graph.input.iter().product::<usize>() as u64;
    let bound = cost.at_once(n) + inputs + cost.packed;
    [(PEAK.load(SeqCst) - before) as f64, 4.0 * bound as f64]
}

/// Each network in a process of its own: buffers that one has given back would serve the next.
#[test]
fn a_step_takes_no_more_than_its_cost_says() {
    if let Ok(case) = std::env::var("SPARRING_MEMORY_CASE") {
        let (net, n) = case.split_once(' ').unwrap();
        let [truth, bound] = team::with_threads(4, || measured(&graph(net), n.parse().unwrap()));
        println!("measured {truth} {bound}");
        return;
    }
    for (name, n) in NETS.iter().flat_map(|name| [2, 128, 1000].map(|n| (name, n))) {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "a_step_takes_no_more_than_its_cost_says", "--nocapture"]);
        let out = child.env("SPARRING_MEMORY_CASE", format!("{name} {n}")).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        let line = text.lines().find_map(|l| l.split_once("measured ")).expect(&text).1;
        let (truth, bound) = line.split_once(' ').unwrap();
        let [truth, bound] = [truth, bound].map(|v| v.parse::<f64>().unwrap());
        assert!(truth <= bound, "{name}, {n} examples: {truth} bytes of {bound}");
        // Without a layer that spans the batch, scratch goes from shard to shard, and a step takes less.
        let spans = graph(name).spans_batch();
        assert!(!spans || n < 100 || bound <= 2.0 * truth, "{name}, {n} examples: {truth} bytes of {bound}");
    }
}
