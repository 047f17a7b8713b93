//! Which packages of others a crate may use. What tests use is free.

use super::doors::FACES;
use super::packages::{Dependency, Package};
use super::problem::Problem;

/// Crates that depend on nothing outside.
const PURE: &[&str] = &["math", "activations", "losses", "optim", "oracle", "seed"];
/// Where linear algebra may come from nalgebra.
const NALGEBRA: &[&str] = &["tensor", "nn", "metrics"];
/// Where work may be spread over threads.
const RAYON: &[&str] =
    &["tensor", "attacks", "datasets", "models", "store", "train", "metrics", "report", "study"];
/// Packages that reach the network.
const NETWORK: &[&str] = &[
    "ureq",
    "reqwest",
    "hyper",
    "curl",
    "isahc",
    "attohttpc",
    "minreq",
    "tokio",
    "async-std",
    "rustls",
    "native-tls",
    "openssl",
    "socket2",
    "mio",
];

/// Every dependency on others is one the crate may have.
pub fn check(packages: &[Package]) -> Vec<Problem> {
    packages
        .iter()
        .flat_map(|p| p.dependencies.iter().filter(|d| !d.ours).filter_map(|d| one(p, d)))
        .collect::<Vec<_>>()
        .into_iter()
        .chain(packages.iter().flat_map(fetch))
        .collect()
}

fn one(package: &Package, d: &Dependency) -> Option<Problem> {
    let (name, face) = (package.name.as_str(), FACES.contains(&package.name.as_str()));
    let what = match d.name.as_str() {
        "serde" if PURE.contains(&name) && d.optional => return None,
        "serde" if PURE.contains(&name) => "make it optional, behind the feature `serde`".to_string(),
        "rand_core" | "rand_chacha" if name == "seed" => return None,
        _ if PURE.contains(&name) => "formulas and contracts depend on nothing outside".into(),
        "nalgebra" if name == "tensor" && !d.optional => {
            "make it optional, behind the feature `nalgebra`".into()
        }
        "nalgebra" if !NALGEBRA.contains(&name) => format!("only {} may", NALGEBRA.join(", ")),
        "rayon" if !face && !RAYON.contains(&name) => format!("only {} and the faces may", RAYON.join(", ")),
        n if NETWORK.contains(&n) && !(name == "datasets" && d.optional) => {
            "the network is behind `datasets`' feature `fetch` alone".into()
        }
        _ => return None,
    };
    Some(Problem::failure(&package.manifest, 0, format!("`{name}` may not depend on `{}`: {what}", d.name)))
}

/// The network is off unless `xtask` or the command asks for it.
fn fetch(package: &Package) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut fail = |what: String| problems.push(Problem::failure(&package.manifest, 0, what));
    if package.name == "datasets" {
        for (feature, on) in &package.features {
            let network = on.iter().any(|f| NETWORK.iter().any(|n| *f == format!("dep:{n}")));
            if feature != "fetch" && (network || on.iter().any(|f| f == "fetch")) {
                fail(format!(
                    "feature `{feature}` switches on the network; only `fetch` may, and never by default"
                ));
            }
        }
    }
    if !["xtask", "sparring"].contains(&package.name.as_str()) {
        let asked = package
            .dependencies
            .iter()
            .any(|d| d.name == "datasets" && d.features.iter().any(|f| f == "fetch"));
        let switched = package
            .features
            .iter()
            .flat_map(|(_, on)| on)
            .any(|f| matches!(f.as_str(), "sparring-datasets/fetch" | "sparring-datasets?/fetch"));
        if asked || switched {
            fail(format!(
                "`{}` asks for datasets' feature `fetch`; only xtask and the command may",
                package.name
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::packages::planted;
    use super::*;

    #[test]
    fn what_is_allowed_passes() {
        let packages = [
            planted("losses", &["math"], &[("serde", true)]),
            planted("seed", &[], &[("rand_core", false), ("rand_chacha", false)]),
            planted("tensor", &["math"], &[("nalgebra", true), ("rayon", false)]),
            planted("datasets", &["seed"], &[("ureq", true)]),
            planted("sparring", &[], &[("rayon", true), ("clap", true)]),
        ];
        assert_eq!(check(&packages), []);
    }

    #[test]
    fn each_wrong_package_is_found() {
        for (name, package, optional) in [
            ("losses", "serde", false),
            ("math", "libm", true),
            ("oracle", "rand_core", false),
            ("tensor", "nalgebra", false),
            ("models", "nalgebra", true),
            ("nn", "rayon", false),
            ("datasets", "ureq", false),
            ("store", "reqwest", true),
        ] {
            let problems = check(&[planted(name, &[], &[(package, optional)])]);
            assert!(
                problems.len() == 1 && problems[0].what.contains(package),
                "{name} {package}: {problems:?}"
            );
        }
    }

    #[test]
    fn a_network_by_default_is_found() {
        let mut datasets = planted("datasets", &[], &[("ureq", true)]);
        datasets.features = vec![("fetch".into(), vec!["dep:ureq".into()])];
        assert_eq!(check(&[datasets.clone()]), []);
        datasets.features.push(("default".into(), vec!["fetch".into()]));
        assert_eq!(check(&[datasets]).len(), 1);
        let mut train = planted("train", &["datasets"], &[]);
        train.dependencies[0].features.push("fetch".into());
        assert_eq!(check(&[train]).len(), 1);
    }
}
