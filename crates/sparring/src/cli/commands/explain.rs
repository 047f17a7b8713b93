//! `sparring explain RUN`.

use crate::cli::io::json::{json, value};
use crate::cli::io::{out, say};
use crate::cli::options::{MachineArgs, ModelArgs, Named, count};
use crate::cli::pages;
use crate::cli::pages::weights::load_classifier;
use crate::cli::{Failure, Outcome};
use sparring::seed::Key;
use sparring::train::logits;
use sparring_study::{
    Explanation, IntegratedGradients, Maximise, explain_page, integrated_gradients, learnt_shapes, maximise,
    unit_means,
};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// A folder with the set's files, or a name. Default: the run's own data, mnist-10k for a bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// How many test images are explained, from the first on.
    #[arg(short, long, default_value_t = 10, value_parser = count)]
    n: usize,
    /// Units of the last hidden layer that an image is made for, from the first on. Default: 16, or all if there are fewer.
    #[arg(long, value_name = "N", value_parser = count)]
    units: Option<usize>,
    #[command(flatten)]
    machine: MachineArgs,
    /// The page, new, ending in .html. Without it nothing is written.
    #[arg(long, value_name = "PAGE.html")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    if let Some(page) = &args.out {
        out::new_page(page, "--out")?;
    }
    let (net, names) = (args.model.net()?, args.model.names.load()?);
    args.machine.start()?;
    let (model, known) = load_classifier(&args.model.path, net.as_ref(), &names)?;
    let (data, _) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &known.classes)?;
    let model = known.fitted(model, data.set.shape())?;
    data.fits(model.spec().input, "this network")?;
    data.labels_fit(model.classes())?;
    if !matches!(model.spec().input[0], 1 | 3) {
        return Err(Failure::Usage(format!(
            "the examples of {} have {} channels; only pictures of one or three can be shown",
            data.asked,
            model.spec().input[0]
        )));
    }
    let there = data.set.test.len();
    if args.n > there {
        return Err(Failure::Usage(format!("--n {}: {} has {there} test images", args.n, data.asked)));
    }
    let test = data.set.test.first(args.n);
    let z = logits(&model, &test)?;
    if let Some(i) = z.iter().position(|z| !z.is_finite()) {
        let what = format!(
            "its logits for test image {} are infinite or NaN: nothing can be explained; `sparring diagnose` says where they become so",
            i / model.classes() + 1
        );
        return Err(Failure::at(&args.model.path, what));
    }
    let settings = IntegratedGradients::default();
    let mut examples = Vec::new();
    for (i, z) in z.chunks_exact(model.classes()).enumerate() {
        let class = sparring::attacks::predicted(z);
        let x = test.row(i);
        let attribution = integrated_gradients(&model, &x, class, &settings);
        examples.push((x, test.label(i), attribution));
    }
    let units = unit_means(&model, &data.set.test, model.classes());
    let last = units.last();
    let there = last.map_or(0, |layer| layer.means.first().map_or(0, Vec::len));
    if let Some(units) = args.units.filter(|&units| units > there) {
        return Err(Failure::Usage(format!("--units {units}: the last hidden layer has {there}")));
    }
    let wanted = args.units.unwrap_or(16).min(there);
    let key = Key::new(args.machine.seed).named("explain");
    let of_unit = |unit| {
        last.map(|layer| maximise(&model, layer.node, unit, &Maximise::default(), key.child(unit as u64)))
    };
    let maximised = (0..wanted).filter_map(of_unit).collect();
    let classes = (0..model.classes()).map(|c| data.set.class_name(c)).collect();
    let shape = model.spec().input;
    let found = Explanation { shape, classes, examples, units, maximised, shapes: learnt_shapes(&model) };
    let worst = found.examples.iter().map(|(_, _, a)| a.gap()).fold(0.0, f64::max);
    if let Some(page) = &args.out {
        let asked = format!("{} on {}", args.model.path.display(), data.asked);
        explain_page(&found, &asked, pages::again::block())?.save(page)?;
    }
    let raised =
        |m: &sparring_study::MaximisedUnit| json!({ "unit": m.unit, "before": m.before, "after": m.after });
    if args.machine.json {
        let rows: Vec<_> = found
            .examples
            .iter()
            .map(|(_, label, a)| json!({ "label": label, "class": a.class, "sum": a.sum, "difference": a.difference, "steps": a.steps }))
            .collect();
        say::json(&json!({
            "examples": rows, "units": value(&found.units), "maximised": found.maximised.iter().map(raised).collect::<Vec<_>>(),
            "shapes": value(&found.shapes), "report": args.out,
        }));
        return Ok(());
    }
    say::result(&format!(
        "{} images explained; integrated gradients are complete to {worst:.1e}",
        found.examples.len()
    ));
    for layer in &found.units {
        say::result(&format!(
            "layer {} ({}): {} units",
            layer.name,
            layer.function,
            layer.means.first().map_or(0, Vec::len)
        ));
    }
    for shape in &found.shapes {
        let numbers: Vec<String> = shape.parameters.iter().map(|p| format!("{p:.4}")).collect();
        let numbers = numbers.join(", ");
        say::result(&format!(
            "layer {}: {}, its parameters as stored now: {numbers}",
            shape.name, shape.function
        ));
    }
    match &args.out {
        Some(page) => say::result(&format!("page: {}", say::path(page))),
        None => say::note("--out PAGE.html shows the pictures"),
    }
    Ok(())
}
