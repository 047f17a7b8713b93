//! What a sweep says of each kind of training, on its page and on the terminal.

use super::grid;
use crate::{folder, object, printed, ran, said, tiny};
use serde_json::Value;
use std::path::Path;

fn page(dir: &Path, out: &str) -> String {
    std::fs::read_to_string(dir.join(out).join("report.html")).unwrap()
}

/// The table on a sweep's standard output and what it said beside it.
fn swept(dir: &Path, line: &str) -> (String, String) {
    let out = ran(dir, line);
    assert!(out.status.success(), "{line}: {}", said(&out));
    (String::from_utf8(out.stdout.clone()).unwrap(), said(&out))
}

#[test]
fn every_kind_is_swept_and_shows_its_figures() {
    let dir = folder("sweep-kinds");
    tiny(&dir);
    for (kind, figure, words) in [
        ("autoencoder", "test_mse", &["test MSE", "PCA MSE"][..]),
        ("gan", "diversity", &["D(x)", "D(G(z))", "diversity"]),
    ] {
        let text =
            format!("train = \"{kind}\"\n[flags]\ndata = \"tiny\"\nepochs = 1\n[axes]\nseed = [1, 2]\n");
        grid(&dir, "g.toml", &text);
        let (table, told) = swept(&dir, &format!("sweep g.toml --out {kind}"));
        let finished: Vec<&str> = told.lines().filter(|line| line.contains("is finished")).collect();
        assert_eq!(finished.len(), 2, "{told}");
        let page = page(&dir, kind);
        for word in words {
            assert!(finished.iter().all(|line| line.contains(word)), "{word}: {told}");
            assert!(table.contains(word) && page.contains(word), "{word}: {table}");
        }
        assert!(!page.contains(">test mse<") && !page.contains(">d real<"));
        let results = std::fs::read_to_string(dir.join(kind).join("results.json")).unwrap();
        let results: Value = serde_json::from_str(&results).unwrap();
        assert!(results["groups"][0]["figures"][figure]["std"].is_f64(), "{results}");
        // What a training warns of, or its alarms, stand in the table's file, on the page and on the terminal.
        for warning in
            results["rows"].as_array().unwrap().iter().flat_map(|row| row["warnings"].as_array().unwrap())
        {
            let warning = warning.as_str().unwrap();
            let start: String = warning.chars().take(20).collect();
            assert!(told.contains(warning) && page.contains(&start), "{warning}: {told}");
        }
        // Each cell leads to its page.
        let links: Vec<&str> =
            page.split("<a href=\"cells/").skip(1).map(|l| l.split('"').next().unwrap()).collect();
        assert_eq!(links.len(), 2);
        assert!(links.iter().all(|link| dir.join(kind).join("cells").join(link).is_file()), "{links:?}");
    }
}

#[test]
fn a_page_names_the_norm_and_its_shard() {
    let dir = folder("sweep-norms");
    let text = "train = \"classifier\"\n[flags]\ndata = \"moons\"\nepochs = 1\n[axes]\nseed = [1, 2]\n\
                [attack]\nattack = [\"fgsm\", \"pgd(steps=2)\"]\nnorm = \"l2\"\neps = 0.1\nn = 20\n";
    grid(&dir, "g.toml", text);
    printed(&dir, "sweep g.toml --out o --shard 1/3");
    let csv = std::fs::read_to_string(dir.join("o/results.csv")).unwrap();
    assert!(csv.lines().next().unwrap().ends_with("clean,fgsm@l2:0.1,pgd@l2:0.1,worst@l2:0.1"), "{csv}");
    let of_one = page(&dir, "o");
    for words in
        ["worst@l2:0.1", "fgsm, pgd in l2 at eps 0.1", "sparring sweep grid.toml --shard 1/3 --out DIR"]
    {
        assert!(of_one.contains(words), "{words}");
    }
    grid(&dir, "g.toml", &text.replace("norm = \"l2\"\n", ""));
    let (table, _) = swept(&dir, "sweep g.toml --out none --shard 2/3");
    let nothing = "Shard 2/3 has no cell: the grid has 2";
    assert!(table.contains(nothing) && page(&dir, "none").contains(nothing), "{table}");
    assert!(!page(&dir, "none").contains("<table"));
    let linf = object(&dir, "sweep g.toml --out linf --json");
    assert!(linf["groups"][0]["figures"]["worst@0.1"]["mean"].is_f64(), "{linf}");
    assert!(page(&dir, "linf").contains("fgsm, pgd in linf at eps 0.1"));
}
