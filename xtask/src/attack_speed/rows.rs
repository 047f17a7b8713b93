//! What is compared: our call with the settings that `peers/python/attacks.py` gives the same row in other libraries.

/// One attack.
pub struct Row {
    /// Its name here and in the script.
    pub name: &'static str,
    /// Flags of `sparring attack`.
    pub ours: &'static [&'static str],
    /// Test images: as many as the slowest library does in some seconds.
    pub n: usize,
}

const fn row(name: &'static str, n: usize, ours: &'static [&'static str]) -> Row {
    Row { name, ours, n }
}

/// All rows.
pub const ROWS: &[Row] = &[
    row("fgsm", 10_000, &["--attack", "fgsm", "--eps", "0.3"]),
    row("pgd", 1000, &["--attack", "pgd(steps=40,step_size=0.03)", "--eps", "0.3"]),
    row("pgd-l2", 1000, &["--attack", "pgd(steps=40,step_size=0.375)", "--norm", "l2", "--eps", "2"]),
    row("mi-fgsm", 1000, &["--attack", "mi-fgsm(steps=10)", "--eps", "0.3"]),
    row("ni-fgsm", 1000, &["--attack", "ni-fgsm(steps=10)", "--eps", "0.3"]),
    row("di-fgsm", 1000, &["--attack", "di-fgsm(steps=10)", "--eps", "0.3"]),
    row("adam-pgd", 1000, &["--attack", "adam-pgd(steps=50)", "--eps", "0.3"]),
    row("apgd", 500, &["--attack", "apgd(steps=100)", "--eps", "0.3"]),
    row("apgd-t", 200, &["--attack", "apgd-t(steps=100)", "--eps", "0.3"]),
    row("fab-t", 100, &["--attack", "fab-t(steps=100)", "--eps", "0.3"]),
    row("square", 200, &["--attack", "square(queries=5000)", "--eps", "0.3"]),
    row("standard", 100, &["--suite", "standard", "--eps", "0.3"]),
    row("standard-l2", 50, &["--suite", "standard", "--norm", "l2", "--eps", "2"]),
    row("deepfool", 200, &["--attack", "deepfool", "--norm", "l2", "--eps", "2"]),
    row("ddn", 500, &["--attack", "ddn(steps=100)", "--norm", "l2", "--eps", "2"]),
    row("fmn", 500, &["--attack", "fmn(steps=100)", "--eps", "0.3"]),
    row("fmn-l2", 500, &["--attack", "fmn(steps=100)", "--norm", "l2", "--eps", "2"]),
    row("cw", 50, &["--attack", "cw(steps=200,searches=9,stop=never)", "--norm", "l2", "--eps", "2"]),
    row(
        "ead",
        50,
        &["--attack", "ead(steps=100,searches=9,rule=l1,stop=never)", "--norm", "l1", "--eps", "10"],
    ),
    row("spsa", 50, &["--attack", "spsa(steps=10,samples=256)", "--eps", "0.3"]),
    row("jsma", 20, &["--attack", "jsma", "--norm", "l0", "--eps", "113"]),
    row(
        "one-pixel",
        50,
        &["--attack", "one-pixel(pixels=5,population=75,generations=10)", "--norm", "l0", "--eps", "5"],
    ),
    row("boundary", 20, &["--attack", "boundary(steps=2000)", "--norm", "l2", "--eps", "2"]),
    row("hop-skip-jump", 20, &["--attack", "hop-skip-jump(steps=8)", "--norm", "l2", "--eps", "2"]),
];
