//! The registries of the libraries as tables.

use super::Listing;
use crate::cli::io::table::{grouped, table};
use serde_json::{Value, json};
use sparring::attacks::{AnyAttack, AnyNorm, PRESETS};
use sparring::datasets::augment::AnyAugmentation;
use sparring::losses::{LossName, TargetKind};
use sparring::math::named::{Entry, Family, Parameter};
use sparring::models::Arch;
use sparring::nn::AnyInitScheme;
use sparring::optim::{
    AVERAGES, AnyAverage, AnyRule, AnySchedule, AnyTransform, SCHEDULES, TRANSFORMS, TransformInfo,
};
use sparring::train::{AnyDefense, AnyDisplacement, DEFENSES};

/// Four significant digits at most; a dash for what is unbounded.
pub(super) fn bound(v: Option<f64>) -> String {
    v.map_or("-".to_string(), |v| {
        let text = format!("{v:.4}");
        let short = text.trim_end_matches('0').trim_end_matches('.');
        if short == "-0" { "0".to_string() } else { short.to_string() }
    })
}

fn words<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

/// The parameters of a thing for machines: name, default, range, and what each is.
pub(super) fn arguments<T>(entry: Option<&Entry<T>>) -> Value {
    let object = |(p, default): (&Parameter, String)| json!({ "name": p.name, "default": default, "range": p.range.to_string(), "about": p.about });
    entry.map(|e| e.defaults().into_iter().map(object).collect::<Vec<_>>()).into()
}

/// The same for people: `name=default, ..`.
pub(super) fn told<T>(entry: &Entry<T>) -> String {
    let pairs: Vec<String> = entry.defaults().iter().map(|(p, default)| p.signature(default)).collect();
    if pairs.is_empty() { "-".into() } else { pairs.join(", ") }
}

pub(super) fn attacks() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for info in AnyAttack::ALL.iter().chain(PRESETS.iter().map(|p| p.info)) {
        let norms = words::<AnyNorm>(info.norms);
        let entry = AnyAttack::TABLE.entries.iter().find(|e| e.name == info.name);
        rows.push(vec![
            info.name.to_string(),
            if info.aliases.is_empty() { "-".to_string() } else { info.aliases.join(", ") },
            info.access.to_string(),
            info.kind.to_string(),
            norms.join(", "),
            info.defaults.to_string(),
            entry.map_or("-".into(), told),
            info.paper.to_string(),
        ]);
        objects.push(json!({
            "name": info.name, "aliases": info.aliases, "access": info.access, "kind": info.kind.to_string(), "norms": norms, "defaults": info.defaults,
            "paper": info.paper, "arguments": arguments(entry),
        }));
    }
    Listing {
        headers: &["name", "aliases", "access", "kind", "norms", "defaults", "parameters", "paper"],
        rows,
        objects,
        below: "Parameters are given in brackets, as in `--attack \"pgd(steps=50, restarts=10)\"`. A white-box attack asks for gradients, a \
                black-box one for logits only. One of kind `minimum norm` looks for the smallest change up to eps, others for any within eps. Names with a dash after an attack's are presets: a paper's own values, chosen for the eps \
                named, in pixels of [0, 1]. `--attack advgan=RUN` is a generator that `sparring train advgan` made (black-box, linf or l2)."
            .into(),
    }
}

pub(super) fn norms() -> Listing {
    let entries = AnyNorm::TABLE.entries;
    Listing {
        headers: &["name", "of (3, -4)", "of 784 ones"],
        rows: entries
            .iter()
            .zip(AnyNorm::ALL)
            .map(|(e, norm)| {
                let norm = norm.get();
                words(&[e.name, &bound(Some(norm.size(&[3.0, -4.0]))), &bound(Some(norm.diagonal(784)))])
            })
            .collect(),
        objects: entries.iter().map(|e| json!({ "name": e.name, "arguments": arguments(Some(e)) })).collect(),
        below: "`--norm NAME` of `sparring attack`.".into(),
    }
}

pub(super) fn losses() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for (info, entry) in sparring::losses::ALL.iter().zip(LossName::TABLE.entries) {
        let target = match info.target {
            TargetKind::Class => "class",
            TargetKind::Aimed => "class and target",
            TargetKind::Values => "values",
            TargetKind::Side => "side",
            TargetKind::Pair => "pair",
            TargetKind::Gradient => "gradient",
            TargetKind::Code => "code",
            TargetKind::MeanCode => "mean code",
        };
        rows.push(words(&[info.name, target, info.formula, info.about]));
        objects.push(json!({
            "name": info.name, "target": target, "formula": info.formula, "about": info.about, "source": info.source,
            "aliases": info.aliases, "arguments": arguments(Some(entry)),
        }));
    }
    Listing {
        headers: &["name", "target", "formula", "what for"],
        rows,
        objects,
        below: "z is a row of values or logits, y a class, t a row of targets, c a critic's logit (c_r of a real, c_f of a generated example), g its gradient with respect to an example, a a code, q its mean over a batch; parameters \
                in brackets, as in `non-saturating(smooth=0.9)`; sources with --json.".into(),
    }
}

/// The rule with its default parameters as an object of its own.
fn parameters(name: &str) -> Value {
    let rule: Option<AnyRule> = name.parse().ok();
    let tagged = rule.and_then(|rule| serde_json::to_value(rule).ok());
    tagged.and_then(|v| v.as_object().and_then(|o| o.values().next().cloned())).unwrap_or(Value::Null)
}

pub(super) fn optimizers() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for (info, entry) in sparring::optim::ALL.iter().zip(AnyRule::TABLE.entries) {
        rows.push(words(&[info.name, &info.default_lr.to_string(), info.about, &told(entry), info.source]));
        objects.push(json!({
            "name": info.name, "default_lr": info.default_lr, "about": info.about, "source": info.source,
            "parameters": parameters(info.name), "arguments": arguments(Some(entry)),
        }));
    }
    let schedules = schedules();
    let of = |(info, entry): (&TransformInfo, _)| words(&[info.name, info.about, &told(entry)]);
    let transforms: Vec<_> = TRANSFORMS.iter().zip(AnyTransform::TABLE.entries).map(of).collect();
    let transforms = table(&["transformation", "what", "parameters"], &transforms);
    Listing {
        headers: &["name", "default lr", "what", "parameters", "source"],
        rows,
        objects,
        below: format!("{}\n{transforms}", table(schedules.headers, &schedules.rows)),
    }
}

pub(super) fn schedules() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for (info, entry) in SCHEDULES.iter().zip(AnySchedule::TABLE.entries) {
        rows.push(words(&[info.name, info.about, &told(entry)]));
        objects.push(json!({
            "name": info.name, "about": info.about, "source": entry.paper, "arguments": arguments(Some(entry)),
        }));
    }
    Listing {
        headers: &["schedule", "what", "parameters"],
        rows,
        objects,
        below: "`--schedule \"cosine(warmup=0.1)\"` of `sparring train`.".into(),
    }
}

pub(super) fn defenses() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    let usual = AnyDefense::TABLE.at_defaults();
    for ((d, entry), usual) in DEFENSES.iter().zip(AnyDefense::TABLE.entries).zip(usual) {
        let recipe = usual.hyperparameters();
        let ema = recipe.ema.map_or(String::new(), |ema| format!(", ema {}", ema.half_life));
        let smoothed = match recipe.label_smoothing {
            0.0 => String::new(),
            share => format!(", label smoothing {share}"),
        };
        let brings = format!(
            "{} epochs, batch {}, lr {}, {}{ema}{smoothed}",
            recipe.epochs, recipe.batch, recipe.lr, recipe.schedule
        );
        rows.push(words(&[d.name, d.about, d.worth, &brings, &told(entry), d.paper]));
        objects.push(json!({
            "name": d.name, "about": d.about, "worth": d.worth, "paper": d.paper, "arguments": arguments(Some(entry)),
            "recipe": {
                "epochs": recipe.epochs, "batch": recipe.batch, "lr": recipe.lr, "schedule": recipe.schedule.to_string(),
                "ema": recipe.ema.map(|ema| ema.half_life), "label_smoothing": recipe.label_smoothing,
            },
        }));
    }
    let of = |(about, entry): (&(&str, &str), _)| words(&[about.0, about.1, &told(entry)]);
    let displaced: Vec<_> =
        AnyDisplacement::ABOUT.iter().zip(AnyDisplacement::TABLE.entries).map(of).collect();
    let displaced = table(&["--displace", "moves, for the gradient of a step,", "parameters"], &displaced);
    Listing {
        headers: &["name", "what a step is trained on", "worth", "recipe", "parameters", "paper"],
        rows,
        objects,
        below: format!(
            "`--defense \"pgd(eps=0.2, steps=10)\"` of `sparring train classifier`; worth: of the defaults at eps 0.3 on MNIST, under \
             PGD-50 with 10 restarts.\n{displaced}"
        ),
    }
}

/// Name, what it is and parameters of all members of a family.
fn plain<T: Family>(headers: &'static [&'static str], abouts: &[&str], below: &str) -> Listing {
    let all = abouts.iter().zip(T::TABLE.entries);
    Listing {
        headers,
        rows: all.clone().map(|(about, e)| words(&[e.name, about, &told(e), e.paper])).collect(),
        objects: all
            .map(|(about, e)| {
                json!({ "name": e.name, "aliases": e.aliases, "about": about, "source": e.paper, "arguments": arguments(Some(e)) })
            })
            .collect(),
        below: below.into(),
    }
}

pub(super) fn augmentations() -> Listing {
    plain::<AnyAugmentation>(
        &["augmentation", "what", "parameters", "source"],
        AnyAugmentation::ABOUT,
        "`--augment \"rotate(degrees=10)\"` of `sparring train classifier` and `autoencoder`, again for more, in order. What happens to an image hangs on \
         seed, epoch and image alone; shift, rotate and scale beside each other are sampled once; mixup and cutmix come last, and without a defence.",
    )
}

pub(super) fn averages() -> Listing {
    plain::<AnyAverage>(
        &["average", "what", "parameters", "source"],
        AVERAGES,
        "`--average \"swa(start=0.5)\"` of `sparring train classifier`; `--ema 0.05` is \"ema(half_life=0.05)\".",
    )
}

pub(super) fn layers() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for layer in sparring::nn::layers::table() {
        let (entry, runs) = (&layer.entry, if layer.is_compiled() { "compiled" } else { "tape" });
        let fields: Vec<_> = entry.parameters.iter().map(|p| p.field).collect();
        let aliases: Vec<_> = entry.aliases.iter().copied().chain(layer.short.iter().map(|s| s.0)).collect();
        rows.push(words(&[entry.name, &told(entry), layer.torch, runs, entry.paper]));
        objects.push(json!({
            "name": entry.name, "aliases": aliases, "fields": fields, "torch": layer.torch, "runs": runs,
            "source": entry.paper, "arguments": arguments(Some(entry)),
        }));
    }
    Listing {
        headers: &["layer", "parameters", "PyTorch", "runs", "source"],
        rows,
        objects,
        below: "In a spec `{\"layer\": \"linear\", \"inputs\": 784, \"outputs\": 10}`: `in` and `out` are `inputs` and `outputs` there; ranges with \
                --json. Runs: by instructions of the compiled engine, or on a tape inside the program."
            .into(),
    }
}

pub(super) fn models() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for (info, entry) in sparring::models::ALL.iter().zip(Arch::TABLE.entries) {
        let numbers = grouped(info.parameters);
        rows.push(words(&[info.name, info.family.kind(), &numbers, info.layers, &told(entry), info.source]));
        objects.push(json!({
            "name": info.name, "family": info.family, "parameters": info.parameters, "layers": info.layers,
            "source": info.source, "arguments": arguments(Some(entry)),
        }));
    }
    Listing {
        headers: &["name", "family", "trained numbers", "layers", "parameters", "source"],
        rows,
        objects,
        below: "`--arch \"madry(norm=batch)\"` of `sparring train classifier`, `autoencoder` and `gan`."
            .into(),
    }
}

pub(super) fn inits() -> Listing {
    let entries = AnyInitScheme::TABLE.entries;
    let row = |e: &Entry<AnyInitScheme>| {
        let aliases = if e.aliases.is_empty() { "-".to_string() } else { e.aliases.join(", ") };
        vec![e.name.to_string(), aliases, told(e), e.paper.to_string()]
    };
    Listing {
        headers: &["name", "aliases", "parameters", "paper"],
        rows: entries.iter().map(row).collect(),
        objects: entries
            .iter()
            .map(|e| json!({ "name": e.name, "aliases": e.aliases, "paper": e.paper, "arguments": arguments(Some(e)) }))
            .collect(),
        below: "`--init \"he(mode=fan_out)\"` of `sparring train classifier`, `--inits` of `sparring study depth`. Gains are those of the activation that a layer reads."
            .into(),
    }
}
