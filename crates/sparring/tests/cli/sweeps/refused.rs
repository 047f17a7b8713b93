//! Grids that are refused.

use super::grid;
use crate::{folder, names, refusal};

#[test]
fn a_wrong_grid_is_refused_before_anything_starts() {
    let dir = folder("sweep-refused");
    let base = "train = \"classifier\"\n[flags]\ndata = \"moons\"\n[axes]\nseed = [1, 2]\n";
    for (from, to, words) in [
        ("seed = [1, 2]", "sede = [1, 2]", &["line 5", "axes.sede", "did you mean `seed`"][..]),
        ("seed = [1, 2]", "seed = [1, -2]", &["line 5", "axes.seed", "-2"]),
        ("[axes]", "optimizer = \"adma\"\n[axes]", &["line 4", "flags.optimizer", "adma", "adam"]),
        ("[axes]", "lr = 0\n[axes]", &["flags.lr", "above 0"]),
        ("[axes]", "out = \"x\"\n[axes]", &["flags.out", "the sweep's own"]),
        ("[axes]", "threads = 2\n[axes]", &["flags.threads", "the sweep's own"]),
        ("[axes]", "ema = true\n[axes]", &["flags.ema"]),
        ("[axes]", "spec = \"none.toml\"\n[axes]", &["flags.spec", "none.toml"]),
        ("[axes]", "arch = \"madry\"\n[axes]", &["madry", "moons", "1 x 28 x 28"]),
        ("[axes]", "attack-steps = 3\n[axes]", &["flags.attack-steps", "--defense"]),
        ("[axes]", "validation = 100000\n[axes]", &["line 4", "flags.validation", "100000"]),
        (
            "[axes]",
            "validation = 0\nmonitor = \"validation_loss\"\nearly-stop = 3\n[axes]",
            &["line 4", "flags.validation", "--monitor"],
        ),
        ("[1, 2]", "[1, \"01\"]", &["line 5", "axes.seed", "`1` and `01`", "the same training"]),
        ("[1, 2]", "[1]\nlr = [0.1, 0.01, \"1/100\"]", &["line 6", "axes.lr", "`0.01` and `1/100`"]),
        (
            "[1, 2]",
            "[1]\ndefense = [\"pgd(eps=0.1)\", \"PGD(eps=1e-1)\"]",
            &["line 6", "axes.defense", "`PGD(eps=1e-1)`"],
        ),
        (
            "data = \"moons\"\n[axes]",
            "[axes]\ndata = [\"moons\", \"moons(n=2000)\"]",
            &["line 4", "axes.data", "`moons(n=2000)`"],
        ),
        ("moons", "mons", &["flags.data", "mons", "moons"]),
        ("[axes]", "[attack]\nattack = \"pdg\"\n[axes]", &["attack.attack", "pdg", "pgd"]),
        ("[axes]", "[attack]\nepss = 0.1\n[axes]", &["line 5", "attack.epss", "did you mean `eps`"]),
        ("[axes]", "[attack]\nn = 100000\n[axes]", &["line 5", "attack.n", "test images"]),
        ("[axes]", "[attack]\neps = 3\n[axes]", &["attack.eps"]),
        ("[axes]", "[attack]\nsave = \"x.npz\"\n[axes]", &["attack.save"]),
        ("\"classifier\"\n[flags]", "\"gan\"\n[flags]\narch = \"gan\"", &["data", "moons"]),
    ] {
        let text = base.replacen(from, to, 1);
        grid(&dir, "g.toml", &text);
        let told = refusal(&dir, "sweep g.toml --out o", 2);
        assert!(
            words.iter().all(|word| told.contains(word)) && told.starts_with("sparring: g.toml: line "),
            "{to}: {told}"
        );
    }
    assert_eq!(names(&dir), ["g.toml"]);
    assert!(refusal(&dir, "sweep none.toml --out o", 1).contains("none.toml"));
    grid(&dir, "g.toml", base);
    std::fs::create_dir(dir.join("full")).unwrap();
    std::fs::write(dir.join("full/mine.txt"), "x").unwrap();
    assert!(refusal(&dir, "sweep g.toml --out full", 1).contains("not empty"));
}
