//! Grids that change between two starts in one directory.

use super::grid;
use crate::{folder, names, object, printed, ran, refusal, said};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

type Content = Vec<(PathBuf, Vec<u8>, SystemTime)>;

/// Every file of every cell, with bytes and time of its last change.
fn content(dir: &Path) -> Content {
    let of = |path: PathBuf| {
        let time = path.metadata().unwrap().modified().unwrap();
        (path.clone(), std::fs::read(path).unwrap(), time)
    };
    let files = names(dir).into_iter().map(|cell| dir.join(cell));
    files.flat_map(|run| names(&run).into_iter().map(move |file| run.join(file))).map(of).collect()
}

#[test]
fn a_finished_training_survives_other_sets() {
    let dir = folder("sweep-sets");
    let text = |data: &str, attack: &str| {
        format!("train = \"classifier\"\n[flags]\nepochs = 1\n[axes]\ndata = [{data}]\nseed = [1]\n{attack}")
    };
    let sweep = "sweep g.toml --out o";
    let cells = dir.join("o/cells");
    grid(&dir, "g.toml", &text("\"moons\"", ""));
    printed(&dir, sweep);
    let one = content(&cells);
    assert!(one.len() > 3, "{one:?}");
    let kept = |before: &Content| {
        let now = content(&cells);
        before.iter().all(|file| now.contains(file))
    };
    // One more set; one set less; an attack on a set that nothing was trained on.
    grid(&dir, "g.toml", &text("\"moons\", \"rings\"", ""));
    let dry = printed(&dir, &format!("{sweep} --dry-run"));
    assert!(dry.lines().count() == 1 && dry.contains("--data rings"), "{dry}");
    printed(&dir, sweep);
    let two = content(&cells);
    assert!(kept(&one) && two.len() == 2 * one.len());
    let table = |name: &str| std::fs::read(dir.join("o").join(name)).unwrap();
    let whole = ["manifest.json", "results.csv", "report.html", "grid.toml"].map(table);
    grid(&dir, "g.toml", &text("\"moons\"", ""));
    // A finished table is not lost by mistake, only where somebody asks for that.
    let told = refusal(&dir, sweep, 1);
    let words = ["finished table", "1 of its 2 cells", "--out", "manifest.json"];
    assert!(words.iter().all(|word| told.contains(word)), "{told}");
    refusal(&dir, &format!("{sweep} --dry-run"), 1);
    assert!(kept(&two) && whole == ["manifest.json", "results.csv", "report.html", "grid.toml"].map(table));
    std::fs::remove_file(dir.join("o/manifest.json")).unwrap();
    printed(&dir, sweep);
    assert!(kept(&two));
    let attack = "[attack]\ndata = \"rings(n=500)\"\nattack = \"fgsm\"\neps = 0.1\nn = 20\n";
    grid(&dir, "g.toml", &text("\"moons\", \"rings\"", attack));
    let dry = printed(&dir, &format!("{sweep} --dry-run"));
    assert!(
        dry.lines().count() == 2 && dry.lines().all(|line| line.starts_with("sparring attack o")),
        "{dry}"
    );
    assert_eq!(object(&dir, &format!("{sweep} --json"))["done"], 2);
    assert!(kept(&two));
    grid(&dir, "g.toml", &text("\"moons\", \"rings\"", &attack.replace("0.1", "0.2")));
    assert!(refusal(&dir, sweep, 1).contains("attacked otherwise"));
    grid(&dir, "g.toml", &text("\"moons\", \"rings\"", attack));

    // A finished run without its output is no result of the sweep, and not removed either.
    let cell = names(&cells)[0].clone();
    std::fs::remove_file(dir.join("o/manifest.json")).unwrap();
    for log in names(&dir.join("o/logs")).iter().filter(|log| log.starts_with(&format!("{cell}.train-"))) {
        std::fs::remove_file(dir.join("o/logs").join(log)).unwrap();
    }
    printed(&dir, sweep);
    let aside = content(&dir.join("o/set-aside"));
    let bytes = |all: &Content, cell: &str| -> Vec<Vec<u8>> {
        let own = all.iter().filter(|file| file.0.parent().unwrap().ends_with(cell));
        own.map(|file| file.1.clone()).collect()
    };
    assert_eq!(names(&dir.join("o/set-aside")), [format!("{cell}-1")]);
    let moved = bytes(&aside, &format!("{cell}-1"));
    assert!(bytes(&two, &cell).iter().all(|file| moved.contains(file)));
}

#[test]
fn a_cell_that_is_gone_or_damaged_is_trained_again_and_said() {
    let dir = folder("sweep-gone");
    let text = "train = \"classifier\"\n[flags]\ndata = \"moons\"\nepochs = 1\n[axes]\nseed = [1, 2, 3]\n\
                [attack]\nattack = \"fgsm\"\neps = 0.1\nn = 20\n";
    grid(&dir, "g.toml", text);
    let sweep = "sweep g.toml --out o";
    printed(&dir, sweep);
    let cells: Vec<PathBuf> =
        names(&dir.join("o/cells")).iter().map(|cell| dir.join("o/cells").join(cell)).collect();
    let model = |cell: &PathBuf| std::fs::read(cell.join("model.safetensors")).unwrap();
    let table = || std::fs::read(dir.join("o/results.csv")).unwrap();
    let (before, figures) = (cells.iter().map(model).collect::<Vec<_>>(), table());
    for without_manifest in [false, true] {
        std::fs::remove_dir_all(&cells[0]).unwrap();
        let mut damaged = before[1].clone();
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        std::fs::write(cells[1].join("model.safetensors"), damaged).unwrap();
        if without_manifest {
            std::fs::remove_file(dir.join("o/manifest.json")).unwrap();
        }
        let dry = printed(&dir, &format!("{sweep} --dry-run"));
        assert_eq!(dry.matches("sparring train").count(), 2, "{dry}");
        let out = ran(&dir, sweep);
        let told = said(&out);
        assert!(out.status.success(), "{told}");
        assert!(without_manifest || told.contains("1 of 3 cells are finished"), "{told}");
        for (cell, why) in [(&cells[0], "is gone, it is trained again"), (&cells[1], "its model is damaged")]
        {
            let name = cell.file_name().unwrap().to_str().unwrap();
            assert!(told.lines().any(|line| line.contains(name) && line.contains(why)), "{why}: {told}");
        }
        assert_eq!(cells.iter().map(model).collect::<Vec<_>>(), before);
        assert_eq!(table(), figures);
    }
}

#[test]
fn a_sweep_is_inspected() {
    let dir = folder("sweep-inspected");
    let text = "train = \"classifier\"\n[flags]\ndata = \"moons\"\nepochs = 1\noptimizer = \"sgd\"\n\
                [axes]\nlr = [0.1, 1e30]\nseed = [1]\n";
    grid(&dir, "g.toml", text);
    crate::ran(&dir, "sweep g.toml --out o");
    let seen = object(&dir, "inspect o --json");
    assert_eq!((&seen["kind"], &seen["cells"], &seen["done"]), (&"sweep".into(), &2.into(), &1.into()));
    let failed = seen["failed"].as_array().unwrap();
    assert!(failed.len() == 1 && failed[0]["reason"].as_str().unwrap().contains("loss"), "{seen}");
    let told = printed(&dir, "inspect o");
    let cell = failed[0]["cell"].as_str().unwrap();
    assert!(told.contains("sweep") && told.contains(cell) && told.contains("moons"), "{told}");
}
