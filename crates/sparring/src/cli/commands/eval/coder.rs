//! What a variational autoencoder, or one with a codebook, says beside its errors.

use super::autoencoder::Told;
use crate::cli::Outcome;
use crate::cli::pages::coder::Coder;
use sparring::datasets::Split;
use sparring::models::{Vae, VqVae};
use sparring::seed::Key;
use sparring::train::{vae_scores, vq_vae_scores};

/// The figures of the model's own kind.
pub(super) fn told(coder: &Coder, split: &Split, seed: u64) -> Outcome<Told> {
    match coder {
        Coder::Autoencoder(_) => Ok(Told::default()),
        Coder::Vae(model) => of_vae(model, split, seed),
        Coder::VqVae(model) => of_vq_vae(model, split),
    }
}

fn of_vae(model: &Vae, split: &Split, seed: u64) -> Outcome<Told> {
    let s = vae_scores(model, split, Key::new(seed).named("test"))?;
    let nats = |v: f64, about: &str| format!("{v:.2} nats{about}");
    let lines = [
        ("ELBO", nats(s.elbo, " an image, one code each")),
        ("reconstruction", nats(s.reconstruction, ", the cross-entropy of grey pixels")),
        ("KL", nats(s.kl, " of the codes from N(0, I)")),
        ("active units", format!("{} of {}", s.active_units, model.latent())),
    ];
    let object = vec![
        ("elbo", s.elbo.into()),
        ("reconstruction", s.reconstruction.into()),
        ("kl", s.kl.into()),
        ("active_units", s.active_units.into()),
        ("latent", model.latent().into()),
    ];
    Ok(Told { object, lines: lines.map(|(name, value)| (name.to_string(), value)).to_vec() })
}

fn of_vq_vae(model: &VqVae, split: &Split) -> Outcome<Told> {
    let s = vq_vae_scores(model, split)?;
    let value = format!("{} of {} vectors used, perplexity {:.1}", s.used, model.entries(), s.perplexity);
    let object = vec![
        ("perplexity", s.perplexity.into()),
        ("used", s.used.into()),
        ("entries", model.entries().into()),
        ("places", model.places().into()),
    ];
    Ok(Told { object, lines: vec![("codebook".into(), value)] })
}
