//! Doors: which crate may call which. A crate may name directly whatever its arrows reach.

use super::packages::Package;
use super::problem::Problem;

/// The arrows. A crate that is not here may not exist in `crates/`.
const ARROWS: &[(&str, &[&str])] = &[
    // formulas
    ("math", &[]),
    ("activations", &["math"]),
    ("losses", &["math"]),
    ("optim", &["math"]),
    // contracts
    ("oracle", &[]),
    ("seed", &[]),
    // engine
    ("tensor", &["math"]),
    ("autograd", &["tensor", "activations", "losses"]),
    ("nn", &["autograd", "optim", "oracle", "seed"]),
    // applications
    ("datasets", &["seed", "math"]),
    ("attacks", &["oracle", "losses", "optim", "math", "seed"]),
    ("models", &["nn"]),
    ("store", &["nn", "optim"]),
    ("metrics", &["math"]),
    ("report", &[]),
    ("train", &["nn", "optim", "datasets", "attacks", "models", "store", "metrics"]),
    ("study", &["train", "attacks", "metrics", "store", "report"]),
    // what the faces for us alone share
    ("flags", &[]),
];

/// Packages that may call every crate and that no crate may call.
pub const FACES: &[&str] = &["sparring", "xtask", "benches"];

/// Everything `name` may call; `None` for a crate without a place in the picture.
fn reach(name: &str) -> Option<Vec<&'static str>> {
    let arrows = |name: &str| ARROWS.iter().find(|(n, _)| *n == name).map(|(_, to)| *to);
    let mut found = arrows(name)?.to_vec();
    let mut at = 0;
    while at < found.len() {
        for next in arrows(found[at]).unwrap_or(&[]) {
            if !found.contains(next) {
                found.push(next);
            }
        }
        at += 1;
    }
    Some(found)
}

/// Every edge between our crates lies in the picture.
pub fn check(packages: &[Package]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in packages.iter().filter(|p| !FACES.contains(&p.name.as_str())) {
        let Some(allowed) = reach(&package.name) else {
            let what = "has no place in the picture of rooms and doors; give it one (DESIGN, ARCHITECTURE.md and xtask/src/tidy/doors.rs)";
            problems.push(Problem::failure(&package.manifest, 0, format!("crate `{}` {what}", package.name)));
            continue;
        };
        for d in package.dependencies.iter().filter(|d| d.ours && !allowed.contains(&d.name.as_str())) {
            let all = if allowed.is_empty() { "nothing of ours".into() } else { allowed.join(", ") };
            let what = format!(
                "`{}` may not depend on `{}`, only on {all}; move the code, or change the picture and say why in docs/decisions",
                package.name, d.name
            );
            problems.push(Problem::failure(&package.manifest, 0, what));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::packages::planted;
    use super::*;

    #[test]
    fn a_wrong_door_is_found() {
        let good =
            [planted("models", &["tensor", "losses", "nn"], &[]), planted("sparring", &["report"], &[])];
        assert_eq!(check(&good), []);
        for (name, target) in
            [("attacks", "tensor"), ("losses", "optim"), ("metrics", "tensor"), ("nn", "sparring")]
        {
            let problems = check(&[planted(name, &[target], &[])]);
            assert!(problems.len() == 1 && problems[0].what.contains(target), "{problems:?}");
        }
        assert!(check(&[planted("plugins", &[], &[])])[0].what.contains("no place"));
    }

    #[test]
    fn the_picture_has_no_cycle() {
        for (name, _) in ARROWS {
            assert!(!reach(name).unwrap().contains(name), "{name} reaches itself");
        }
    }
}
