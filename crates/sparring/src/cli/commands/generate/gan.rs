//! Samples of a GAN.

use super::{Args, Drawer};
use crate::cli::Outcome;
use crate::cli::pages::weights::load_gan;

pub(super) fn drawer(args: &Args) -> Outcome<Drawer> {
    let model = load_gan(&args.run, args.activation.as_ref(), &args.names.load()?)?;
    let (shape, most) = (model.shape(), model.most_samples());
    Ok(Drawer {
        shape,
        most,
        draw: Box::new(move |key, ids| Ok(model.generate(model.noise(key, ids)).as_slice().to_vec())),
        law: None,
    })
}
