//! What cargo knows of the workspace's packages.

use crate::run_program::output_of;
use serde_json::Value;
use std::path::Path;

/// A dependency, as written down.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The package, ours without `sparring-`.
    pub name: String,
    /// Whether it is one of ours.
    pub ours: bool,
    /// Whether a feature switches it.
    pub optional: bool,
    /// Features asked for.
    pub features: Vec<String>,
}

/// A package of the workspace.
#[derive(Clone, Debug)]
pub struct Package {
    /// The name without `sparring-`.
    pub name: String,
    /// Its manifest, from the root of the workspace.
    pub manifest: String,
    /// Dependencies of the library and the programs; those of tests are free.
    pub dependencies: Vec<Dependency>,
    /// Features and what each switches on.
    pub features: Vec<(String, Vec<String>)>,
    /// Root files of library and programs.
    pub roots: Vec<String>,
}

/// The packages, by `cargo metadata` (offline: nothing outside the workspace is looked at).
pub fn read(root: &Path) -> Result<Vec<Package>, String> {
    let args = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let text = output_of("cargo", &args, root)?;
    let value: Value = serde_json::from_str(&text).map_err(|e| format!("cargo metadata: {e}"))?;
    let root = value["workspace_root"].as_str().unwrap_or_default().to_string();
    Ok(list(&value["packages"]).iter().map(|p| package(p, &root)).collect())
}

fn package(value: &Value, root: &str) -> Package {
    let inside = |path: &Value| {
        let path = text(path);
        path.strip_prefix(root).map_or(path.clone(), |p| p.trim_start_matches(['/', '\\']).replace('\\', "/"))
    };
    let built =
        |target: &&Value| strings(&target["kind"]).iter().any(|k| matches!(k.as_str(), "lib" | "bin"));
    let features = value["features"].as_object();
    Package {
        name: short(&text(&value["name"])),
        manifest: inside(&value["manifest_path"]),
        dependencies: list(&value["dependencies"])
            .iter()
            .filter(|d| d["kind"] != "dev")
            .map(dependency)
            .collect(),
        features: features.into_iter().flatten().map(|(name, on)| (name.clone(), strings(on))).collect(),
        roots: list(&value["targets"]).iter().filter(built).map(|t| inside(&t["src_path"])).collect(),
    }
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: short(&text(&value["name"])),
        ours: value["path"].is_string(),
        optional: value["optional"] == true,
        features: strings(&value["features"]),
    }
}

fn short(name: &str) -> String {
    name.strip_prefix("sparring-").unwrap_or(name).to_string()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn strings(value: &Value) -> Vec<String> {
    list(value).iter().map(text).collect()
}

#[cfg(test)]
pub fn planted(name: &str, ours: &[&str], outside: &[(&str, bool)]) -> Package {
    let of =
        |name: &str, ours, optional| Dependency { name: name.into(), ours, optional, features: Vec::new() };
    let ours = ours.iter().map(|n| of(n, true, false));
    Package {
        name: name.into(),
        manifest: format!("crates/{name}/Cargo.toml"),
        dependencies: ours.chain(outside.iter().map(|(n, optional)| of(n, false, *optional))).collect(),
        features: Vec::new(),
        roots: vec![format!("crates/{name}/src/lib.rs")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_understood() {
        let value = serde_json::json!({
            "name": "sparring-nn", "manifest_path": "/r/crates/nn/Cargo.toml",
            "features": {"a": ["dep:b"]},
            "dependencies": [
                {"name": "sparring-tensor", "kind": null, "path": "/r/crates/tensor", "optional": false, "features": ["x"]},
                {"name": "proptest", "kind": "dev", "optional": false, "features": []},
                {"name": "serde", "kind": null, "optional": true, "features": []},
            ],
            "targets": [{"kind": ["lib"], "src_path": "/r/crates/nn/src/lib.rs"}, {"kind": ["test"], "src_path": "/r/t.rs"}],
        });
        let package = package(&value, "/r");
        assert_eq!((package.name.as_str(), package.manifest.as_str()), ("nn", "crates/nn/Cargo.toml"));
        assert_eq!(package.roots, ["crates/nn/src/lib.rs"]);
        assert_eq!(package.features, [("a".to_string(), vec!["dep:b".to_string()])]);
        let deps: Vec<_> =
            package.dependencies.iter().map(|d| (d.name.as_str(), d.ours, d.optional)).collect();
        assert_eq!(deps, [("tensor", true, false), ("serde", false, true)]);
    }
}
