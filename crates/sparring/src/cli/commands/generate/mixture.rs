//! Samples of an autoencoder: codes from a mixture fitted to those of its training images.

use super::args::Args;
use super::drawer::Drawer;
use crate::cli::io::say;
use crate::cli::options::Named;
use crate::cli::pages::weights::Known;
use crate::cli::{Failure, Outcome};
use sparring::models::Autoencoder;
use sparring::seed::Key;
use sparring::train::{codes, decoded};
use sparring_study::{CodeSampler, SAMPLER_ROWS};

/// Gaussians where none were asked for.
const COMPONENTS: usize = 10;

pub(super) fn drawer(args: &Args, model: Autoencoder, known: &Known) -> Outcome<Drawer> {
    if !model.spec().is_chain() {
        let what = "its decoder reads the image past the code, so a code alone makes no image";
        return Err(Failure::at(&args.run, what));
    }
    let (data, _) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &known.classes)?;
    data.fits(model.spec().input, "this autoencoder")?;
    let (train, shape) = (&data.set.train, model.spec().input);
    let (n, all) = (SAMPLER_ROWS.min(train.len()), train.len());
    let components = args.components.unwrap_or(COMPONENTS.min(n));
    if components > n {
        return Err(Failure::Usage(format!("--components {components}: the mixture is fitted to {n} codes")));
    }
    let some = train.subset(&(0..n).map(|i| i * all / n).collect::<Vec<_>>());
    say::note(&format!("a mixture of {components} Gaussians fitted to the codes of {n} training images .."));
    let (k, found) = (model.code(), codes(&model, &some)?);
    let sampler = CodeSampler::fit(&found, k, components, Key::new(args.machine.seed))?;
    let law = format!(
        "codes from a mixture of {components} Gaussians fitted to those of {n} training images of {}",
        data.asked
    );
    let most = model.net.cost()?.most_examples();
    Ok(Drawer {
        shape,
        most,
        draw: Box::new(move |key, ids| Ok(decoded(&model, &sampler.draw(key, ids)?))),
        law: Some(law),
    })
}
