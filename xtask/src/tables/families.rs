//! The tables: one a family of things that are listed in code.

use super::activations::{activations, row_activations};
use super::markdown::{code, count, number, table};
use sparring_attacks::{AnyAttack, AnyNorm};
use sparring_datasets::augment::AnyAugmentation;
use sparring_datasets::corruptions::AnyCorruption;
use sparring_losses::TargetKind;
use sparring_math::named::{Entry, Family};
use sparring_models::{Arch, ModelKind};
use sparring_optim::{AnyAverage, AnyRule, AnySchedule, AnyTransform};
use sparring_train::{AnyDefense, DEFENSES};

/// A table.
pub struct Table {
    /// The name in markers.
    pub name: &'static str,
    /// The README that must show it.
    pub home: &'static str,
    /// Writes it.
    pub write: fn() -> String,
}

/// Every table.
pub const ALL: &[Table] = &[
    Table { name: "activations", home: "crates/activations/README.md", write: activations },
    Table { name: "row activations", home: "crates/activations/README.md", write: row_activations },
    Table { name: "losses", home: "crates/losses/README.md", write: losses },
    Table { name: "rules", home: "crates/optim/README.md", write: rules },
    Table { name: "schedules", home: "crates/optim/README.md", write: schedules },
    Table { name: "transforms", home: "crates/optim/README.md", write: transforms },
    Table { name: "averages", home: "crates/optim/README.md", write: averages },
    Table { name: "attacks", home: "crates/attacks/README.md", write: attacks },
    Table { name: "norms", home: "crates/attacks/README.md", write: norms },
    Table { name: "models", home: "crates/models/README.md", write: models },
    Table { name: "defenses", home: "crates/train/README.md", write: defenses },
    Table { name: "datasets", home: "crates/datasets/README.md", write: datasets },
    Table { name: "corruptions", home: "crates/datasets/README.md", write: corruptions },
    Table { name: "augmentations", home: "crates/datasets/README.md", write: augmentations },
];

/// The parameters of a thing with their defaults and ranges.
fn parameters<T>(entry: &Entry<T>) -> String {
    let one = |(p, default): (&sparring_math::named::Parameter, String)| {
        format!("`{}` = {default}: {}, {}", p.name, p.about, p.range)
    };
    let all: Vec<String> = entry.defaults().into_iter().map(one).collect();
    if all.is_empty() { "–".into() } else { all.join("; ") }
}

fn losses() -> String {
    let target = |t| match t {
        TargetKind::Class => "a class",
        TargetKind::Aimed => "a class and a target",
        TargetKind::Values => "a row of values",
        TargetKind::Side => "a side of a GAN",
        TargetKind::Pair => "pairs of a GAN",
        TargetKind::Gradient => "nothing: a critic's gradient",
        TargetKind::Code => "nothing: a code",
        TargetKind::MeanCode => "nothing: a batch's mean code",
    };
    let row = |l: &sparring_losses::LossInfo| {
        vec![code(l.name), l.about.into(), target(l.target).into(), code(l.formula), l.source.into()]
    };
    table(
        &["name", "for", "against", "formula", "source"],
        &sparring_losses::ALL.iter().map(row).collect::<Vec<_>>(),
    )
}

fn rules() -> String {
    let slots = |name: &str| name.parse::<AnyRule>().map_or(0, |r| r.slots());
    let row = |(r, entry): (&sparring_optim::RuleInfo, &Entry<AnyRule>)| {
        vec![
            code(r.name),
            r.about.into(),
            parameters(entry),
            slots(r.name).to_string(),
            r.default_lr.to_string(),
            r.source.into(),
        ]
    };
    let header = ["rule", "what", "parameters", "state slots", "default rate", "paper"];
    let rows = sparring_optim::ALL.iter().zip(AnyRule::TABLE.entries);
    table(&header, &rows.map(row).collect::<Vec<_>>())
}

fn schedules() -> String {
    let row = |(s, entry): (&sparring_optim::ScheduleInfo, &Entry<AnySchedule>)| {
        vec![code(s.name), s.about.into(), parameters(entry)]
    };
    let rows = sparring_optim::SCHEDULES.iter().zip(AnySchedule::TABLE.entries);
    table(&["schedule", "what", "parameters"], &rows.map(row).collect::<Vec<_>>())
}

fn transforms() -> String {
    let row = |(t, entry): (&sparring_optim::TransformInfo, &Entry<AnyTransform>)| {
        vec![code(t.name), t.about.into(), parameters(entry), entry.paper.into()]
    };
    let rows = sparring_optim::TRANSFORMS.iter().zip(AnyTransform::TABLE.entries);
    table(&["transformation", "what", "parameters", "paper"], &rows.map(row).collect::<Vec<_>>())
}

fn averages() -> String {
    named::<AnyAverage>("average", sparring_optim::AVERAGES)
}

fn augmentations() -> String {
    named::<AnyAugmentation>("augmentation", AnyAugmentation::ABOUT)
}

/// The table of a family of which nothing more is known.
fn named<T: Family>(kind: &str, abouts: &[&str]) -> String {
    let row = |(about, entry): (&&str, &Entry<T>)| {
        vec![code(entry.name), (*about).into(), parameters(entry), entry.paper.into()]
    };
    let rows = abouts.iter().zip(T::TABLE.entries).map(row).collect::<Vec<_>>();
    table(&[kind, "what", "parameters", "paper"], &rows)
}

fn attacks() -> String {
    let row = |(a, entry): (&sparring_attacks::AttackInfo, &Entry<AnyAttack>)| {
        let norms = a.norms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let (access, kind) = (a.access.to_string(), a.kind.to_string());
        vec![code(a.name), access, kind, norms, a.defaults.into(), parameters(entry), a.paper.into()]
    };
    let rows = AnyAttack::ALL.iter().zip(AnyAttack::TABLE.entries);
    let header = ["attack", "access", "kind", "norms", "defaults", "parameters", "paper"];
    table(&header, &rows.map(row).collect::<Vec<_>>())
}

fn defenses() -> String {
    let row = |(d, entry): (&sparring_train::DefenseInfo, &Entry<AnyDefense>)| {
        vec![code(d.name), d.about.into(), d.worth.into(), parameters(entry), d.paper.into()]
    };
    let rows = DEFENSES.iter().zip(AnyDefense::TABLE.entries);
    let header = ["defence", "what a step is trained on", "worth", "parameters", "paper"];
    table(&header, &rows.map(row).collect::<Vec<_>>())
}

fn norms() -> String {
    let row = |n: &AnyNorm| {
        let norm = n.get();
        vec![code(norm.name()), number(norm.size(&[3.0, -4.0])), number(norm.diagonal(784))]
    };
    table(&["norm", "of (3, −4)", "of 784 ones"], &AnyNorm::ALL.iter().map(row).collect::<Vec<_>>())
}

fn models() -> String {
    let family = |f| match f {
        ModelKind::Classifier => "classifier",
        ModelKind::Autoencoder => "autoencoder",
        ModelKind::Gan => "GAN",
        ModelKind::Vae => "VAE",
        ModelKind::VqVae => "VQ-VAE",
        ModelKind::AdvGan => "AdvGAN",
    };
    let row = |(m, entry): (&sparring_models::ModelInfo, &Entry<Arch>)| {
        vec![
            code(m.name),
            family(m.family).into(),
            m.layers.into(),
            count(m.parameters),
            parameters(entry),
            m.source.into(),
        ]
    };
    let header = ["model", "kind", "layers", "trained numbers", "parameters", "source"];
    let rows = sparring_models::ALL.iter().zip(Arch::TABLE.entries);
    table(&header, &rows.map(row).collect::<Vec<_>>())
}

fn datasets() -> String {
    let row = |e: &sparring_datasets::DatasetEntry| {
        use sparring_datasets::Origin::{BuiltIn, Files, Generated};
        let origin = match e.origin {
            BuiltIn => "built in",
            Files => "`sparring fetch`",
            Generated => "computed",
        };
        let [c, h, w] = e.shape;
        vec![
            code(e.name),
            origin.into(),
            count(e.train),
            count(e.test),
            format!("{c}×{h}×{w}"),
            e.classes.to_string(),
            e.licence.into(),
            e.source.into(),
        ]
    };
    let header = ["name", "comes", "train", "test", "shape", "classes", "licence", "source"];
    table(&header, &sparring_datasets::ALL.iter().map(row).collect::<Vec<_>>())
}

fn corruptions() -> String {
    let row = |c: &AnyCorruption| {
        vec![code(c.name()), c.severity().to_string(), c.follows().word().into(), c.about().into()]
    };
    let header = ["corruption", "default severity", "follows", "at severities 1 to 5"];
    table(&header, &AnyCorruption::TABLE.at_defaults().iter().map(row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_activations::{AnyActivation, AnyRowActivation};

    #[test]
    fn every_table_has_a_row_for_each_thing() {
        let rows = |name: &str| {
            let table = ALL.iter().find(|t| t.name == name).unwrap();
            (table.write)().lines().count() - 2
        };
        assert_eq!(rows("activations"), AnyActivation::ALL.len());
        assert_eq!(rows("row activations"), AnyRowActivation::TABLE.entries.len());
        assert_eq!(rows("attacks"), AnyAttack::ALL.len());
        assert_eq!(rows("defenses"), AnyDefense::TABLE.entries.len());
        assert_eq!(rows("datasets"), sparring_datasets::ALL.len());
        for t in ALL {
            let text = (t.write)();
            let cells = |l: &str| l.replace("\\|", "").matches('|').count();
            let header = cells(text.lines().next().unwrap());
            assert!(text.lines().all(|l| cells(l) == header), "{}: ragged\n{text}", t.name);
        }
    }
}
