//! The model behind the generator of a GAN: no list of attacks is run through its search, which is dear.

use super::args::Args;
use super::behind::{admitted, scored};
use super::target::enough;
use crate::cli::io::json::{json, value};
use crate::cli::io::say;
use crate::cli::options::{Named, Names};
use crate::cli::pages::purifier::{page, text};
use crate::cli::pages::weights::{kind, load_classifier, load_gan};
use crate::cli::{Failure, Outcome};
use sparring::seed::Key;
use sparring::store::{try_write, write_new};
use sparring::train::{GanProjection, PurifiedBy};
use std::path::Path;

/// Whether the purifier is a GAN.
pub(super) fn is_gan(args: &Args) -> bool {
    args.purifier.as_deref().and_then(kind).as_deref() == Some("gan")
}

/// What is left of the model behind it.
pub(super) fn run(args: &Args, path: &Path) -> Outcome {
    let given = [
        (!args.attack.is_empty(), "--attack"),
        (args.suite.is_some(), "--suite"),
        (args.curve.is_some(), "--curve"),
        (args.diagnose, "--diagnose"),
        (args.surrogate.is_some(), "--surrogate"),
        (args.save.is_some(), "--save"),
        (args.per_sample.is_some(), "--per-sample"),
        (args.out.is_some(), "--out"),
        (!args.parameters.is_empty(), "--steps, --step-size, --restarts or --loss"),
    ];
    if let Some((_, flag)) = given.iter().find(|(given, _)| *given) {
        return Err(Failure::Usage(format!(
            "{flag}: behind a GAN the attacks are PGD and Square (--purifier-steps, --purifier-queries); leave it out"
        )));
    }
    let threats = args.threats()?;
    let [threat] = threats[..] else {
        return Err(Failure::Usage("--eps: behind a GAN one budget at a time is judged".into()));
    };
    admitted(&threat).map_err(|e| Failure::Usage(format!("--norm {}: {e}", args.norm)))?;
    args.files_are_free()?;
    let (net, names) = (args.model.net()?, args.model.names.load()?);
    args.machine.start()?;
    let (model, known) = load_classifier(&args.model.path, net.as_ref(), &names)?;
    let (data, _) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &known.classes)?;
    let model = known.fitted(model, data.set.shape())?;
    data.fits(model.spec().input, "this network")?;
    data.labels_fit(model.classes())?;
    enough(args.n, &data)?;
    let generator = load_gan(path, None, &Names::Same)?;
    data.fits(generator.shape(), &format!("the GAN {} makes such as it", path.display()))?;
    let test = data.set.test.first(args.n.unwrap_or(1000));
    args.fit(&threats, test.dim())?;
    if let Some(report) = &args.report {
        try_write(report, 64 << 10)?;
    }
    let [steps, starts] = args.behind.search();
    let projection = GanProjection {
        steps,
        starts,
        ..GanProjection::new(&generator, Key::new(args.machine.seed).named("projection"))
    };
    let scores = scored(
        (args.behind.settings(), args.machine.seed),
        &model,
        PurifiedBy::Projection(&projection),
        &test,
        &threat,
    )?;
    if let Some(report) = &args.report {
        write_new(report, page(&args.model.path, path, &data.asked, &scores).to_html().as_bytes())?;
        say::note(&format!("page in {}", report.display()));
    }
    if args.machine.json {
        say::json(&json!({
            "n": scores.n, "clean": scores.clean, "attacks": Vec::<f64>::new(), "findings": Vec::<f64>::new(), "cards": Vec::<f64>::new(), "proposal_precision": "f32", "robust_accuracy": scores.robust,
            "norm": threat.norm, "eps": threat.eps,
            "purifier": value(&scores),
        }));
    } else {
        say::result(&text(&scores));
    }
    Ok(())
}
