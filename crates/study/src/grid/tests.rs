//! What is a grid, and what is refused.

use super::Grid;

fn refused(text: &str) -> String {
    Grid::parse(text).unwrap_err().to_string()
}

#[test]
fn cells_are_all_combinations_in_order() {
    let text = "train = \"classifier\"\n[flags]\nema = 0.2\ngroup = [\"bias(decay=none)\", \"norm\"]\n\
                [axes]\nsplit_off = [false, true]\nlr = [0.1, 1e-3, -1]\nseed = [2, 1]\n";
    let cells = Grid::parse(text).unwrap().cells();
    let line = |k: usize| cells[k].words.join(" ");
    let flags = "train classifier --ema 0.2 --group bias(decay=none) --group norm";
    assert_eq!(cells.len(), 12);
    assert_eq!(line(0), format!("{flags} --lr 0.1 --seed 2"));
    assert_eq!(line(1), format!("{flags} --lr 0.1 --seed 1"));
    assert_eq!(line(11), format!("{flags} --split-off --lr=-1 --seed 1"));
    assert!(cells[0].name.starts_with("ema=0.2-bias-decay=none-norm-lr=0.1-seed=2-"), "{}", cells[0].name);
    assert!(cells[11].name.starts_with("ema=0.2-bias-decay=none-norm-split-off-lr=-1-seed=1-"));
    let mut names: Vec<&str> = cells.iter().map(|c| c.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 12);
    // A cell keeps its name when the grid grows.
    let grown = Grid::parse(&text.replace("[2, 1]", "[3, 2, 1]")).unwrap().cells();
    assert!(cells.iter().all(|cell| grown.contains(cell)));
}

#[test]
fn a_name_is_of_the_words_alone() {
    let names = |rest: &str| -> Vec<String> {
        let text = format!("train = \"classifier\"\n[flags]\ndata = \"moons\"\n{rest}");
        Grid::parse(&text).unwrap().cells().into_iter().map(|cell| cell.name).collect()
    };
    let one = names("[axes]\nlr = [0.1]\nseed = [1, 2]\n");
    let two = names("[axes]\nlr = [0.1, 0.2]\nseed = [1, 2]\n");
    assert_eq!((two.len(), &two[..2]), (4, &one[..]));
    assert_eq!(names("lr = 0.1\n[axes]\nseed = [1, 2]\n"), one);
    // Of many flags the last ones are there, of a long value its begin.
    let long = "x".repeat(100);
    let many = names(&format!("arch = \"{long}\"\n[axes]\nactivation = [\"relu\"]\nseed = [1]\n"));
    assert!(many[0].starts_with("relu-seed=1-") && many[0].len() < 30, "{many:?}");
    let alone = names(&format!("[axes]\narch = [\"{long}\"]\n"));
    assert!(alone[0].starts_with(&"x".repeat(50)) && alone[0].len() < 80, "{alone:?}");
}

#[test]
fn exclusions_name_values_of_the_axes() {
    let text = |rule: &str| {
        format!("train = \"gan\"\nexclude = [{rule}]\n[axes]\nlr = [0.1, 0.2]\nseed = [1, 2, 3]\n")
    };
    let count = |rule: &str| Grid::parse(&text(rule)).unwrap().cells().len();
    assert_eq!((count(""), count("{ lr = 0.1 }"), count("{ lr = 0.1, seed = [1, 3] }")), (6, 3, 4));
    assert_eq!(count("{ lr = 0.1, seed = 1 }, { seed = 2 }"), 3);
    assert!(refused(&text("{ lr = 0.3 }")).contains("line 2: exclude: axes.lr has no value `0.3`"));
    assert!(refused(&text("{ sed = 1 }")).contains("no axis `sed` (did you mean `seed`?)"));
    assert!(refused(&text("{ lr = [0.1, 0.2] }")).contains("every cell is excluded"));
    assert!(refused(&text("{}")).contains("empty table"));
}

#[test]
fn a_slip_is_named_with_its_line() {
    let axes = "[axes]\nseed = [1]\n";
    for (text, told) in [
        (
            format!("tarin = \"gan\"\n{axes}"),
            "line 1: no key of a grid is called `tarin` (did you mean `train`?)",
        ),
        (axes.to_string(), "the key `train` is missing"),
        ("train = \"gan\"\n".into(), "the key `axes` is missing"),
        ("train = \"gan\"\n[axes]\n".into(), "[axes] is empty"),
        ("train = \"gan\"\n[axes]\nseed = []\n".into(), "line 3: axes.seed: the list is empty"),
        ("train = \"gan\"\n[axes]\nseed = 3\n".into(), "line 3: axes.seed: an axis is a list"),
        ("train = \"gan\"\n[axes]\nseed = [1, 2, 1]\n".into(), "`1` is there twice"),
        ("train = \"gan\"\n[axes]\nseed = [1]\nexclude = [{ seed = 1 }]\n".into(), "above the first [table]"),
        (format!("train = \"gan\"\n[flags]\nseed = 1\n{axes}"), "axes.seed: it stands under [flags], too"),
        (format!("train = \"gan\"\n[flags]\nlr = 1979-05-27\n{axes}"), "line 3: flags.lr: a flag takes"),
        (format!("train = \"gan\"\nattack = [\"pgd\"]\n{axes}"), "`attack` is a table: [attack]"),
        (format!("train = \"gan\"\n[flags]\na-b = 1\na_b = 1\n{axes}"), "flags.a_b: it is there twice"),
        ("train = \n".into(), "line 1: "),
        (
            "train = \"gan\"\n[axes]\ngroup = [\"norm\", [\"norm\"]]\n".into(),
            "the same command line: sparring train gan --group norm",
        ),
    ] {
        let refusal = refused(&text);
        assert!(refusal.contains(told) && !refusal.contains('\n'), "{text}: {refusal}");
    }
    let many: String = (0..3).map(|k| format!("a{k} = {:?}\n", (0..100).collect::<Vec<_>>())).collect();
    assert!(refused(&format!("train = \"gan\"\n[axes]\n{many}")).contains("more than 100000 cells"));
}
