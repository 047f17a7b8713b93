//! The rows, as the README of the inputs numbers them.

use super::row::Row;
use super::{
    flags_refused, foreign, leftovers, library, memory, numbers, signals, text, together, training, writing,
};

/// `id, what was done, what is right, inputs, what tries it`.
macro_rules! rows {
    ($($id:literal, $done:literal, $right:literal, $inputs:expr, $tries:path;)*) => {
        &[$(Row { id: $id, done: $done, right: $right, inputs: &$inputs, tries: $tries }),*]
    };
}

/// Every row.
pub const ROWS: &[Row] = rows! {
    1, "train autoencoder on two images", "pca_mse 0.115571, mean image 0.116350, no NaN", ["idx-two"], numbers::two_images;
    2, "train autoencoder on ten images", "PCA-32 0.05768, with the 9 directions there are", ["idx-ten"], numbers::ten_images;
    3, "attack base5 by PGD of 10 steps, eps .1", "at most 4.4 %; PGD-40 never above FGSM, BIM, longer steps", [], numbers::few_steps;
    4, "the same in l2, eps 2, the demo's hardened net", "as with steps of .15; never above a cheaper attack", [], numbers::other_norm;
    5, "attacks on saturated logits", "the same as unscaled, PGD at most 4.4 %", [], numbers::saturated_logits;
    6, "attack a file whose activations are huge", "an error that names the limit, nothing allocated", ["huge-between-layers.safetensors"], memory::between_layers;
    7, "--batch 2000000000", "the batch is cut to the data", [], memory::long_batch;
    8, "--threads 100000", "a clear limit, or refused", ["idx-ten"], memory::many_threads;
    9, "inspect a tensor with a name of 64 KB", "a shortened name", ["long-name.safetensors"], text::long_name;
    10, "inspect escapes in a name or a key", "escaped", ["escape-in-name.safetensors", "escape-in-key.safetensors"], text::escapes;
    11, "Adam and AdamW, g = 2e19, 1, 1", "0.9990, 0.9983, 0.9978", [], library::large_gradients;
    12, "celu(1e-46), elu(1e39), ..", "refused: out of the range of f32", ["idx-two"], flags_refused::parameters_beyond_f32;
    13, "flags that change nothing", "refused by name", [], flags_refused::without_effect;
    14, "schedules with one, two, three steps in all", "steps at rates above 0", [], training::few_steps_in_all;
    15, "train on moons, blobs, rings; starts that fail", "trained; a refused start leaves nothing", [], training::listed_data;
    16, "Ctrl-C in demo --out D", "nothing is kept, D can be used again", [], leftovers::interrupted_demo;
    17, "--save x.pt, --report a.pdf, --out g.jpg", "refused, naming the right ending", [], flags_refused::endings;
    18, "list activations > /dev/full", "exit 1 with a line", [], writing::lists;
    19, "--eps -1", "\"above 0\"", [], flags_refused::negative;
    20, "--norm l2 --eps 1e30, --eps 255", "refused: beyond the diagonal of the box", [], flags_refused::beyond_the_box;
    21, "--attack pgd,pgd", "once, or refused", [], flags_refused::named_twice;
    22, "attack model.pt, net.onnx, ..", "recognised, with the way out", [], foreign::of_other_programs;
    23, "train-images.idx3-ubyte; gzip padded with zeros", "read", ["idx-dots"], foreign::names_and_padding;
    24, "a GAN for [0, 1] trained on pixels 0 .. 255", "refused", [], library::another_range;
    25, "Adam with eps 1e-16, g = 1e-16", "-1.5e-3 after three steps, or refused", [], library::small_eps;
    26, "extents and strides that wrap, release build", "a panic that names the sizes", [], library::extents;
    27, "attack a net whose batch needs 86 GB", "a limit, or smaller chunks", ["memory-of-a-batch.safetensors"], memory::of_a_batch;
    28, "two runs started together with one name", "one wins, the other says that it is taken", ["idx-ten"], together::one_name;
    29, "escapes in names, types, keys, values, long names", "escaped and shortened on both streams", ["escape-everywhere.safetensors", "escape-in-name.safetensors", "long-name.safetensors"], text::escapes_everywhere;
    30, "results > /dev/full", "exit 1: the result was lost", [], writing::results;
    31, "Ctrl-C while the command waits or works", "ends within a second or two", [], signals::everywhere;
    32, "attack --save onto a full or read-only disk", "tried before the work; figures printed", [], writing::save_without_room;
    33, "kill -9 in a save or a fetch", "swept by the next run", [], leftovers::swept;
    34, "fetch --from onto a full disk", "names the target", [], writing::copy_without_room;
    35, "charts with subnormal or huge spans", "a chart, or \"no numbers to draw\"", [], library::charts;
    36, "--lr 1e6", "a warning: no better than a guess", [], training::a_rate_too_high;
};

#[cfg(test)]
mod tests {
    use super::ROWS;

    #[test]
    fn rows_are_numbered_in_order() {
        let ids: Vec<_> = ROWS.iter().map(|r| r.id).collect();
        assert_eq!(ids, (1..=36).collect::<Vec<_>>());
    }
}
