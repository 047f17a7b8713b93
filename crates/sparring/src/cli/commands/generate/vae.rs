//! Samples of a variational autoencoder: codes from its prior.

use super::drawer::Drawer;
use sparring::models::Vae;

pub(super) fn drawer(model: Vae) -> Drawer {
    let (shape, most) = (model.shape(), model.most_samples());
    Drawer {
        shape,
        most,
        draw: Box::new(move |key, ids| Ok(model.sample(key, ids).as_slice().to_vec())),
        law: Some("codes from N(0, I)".into()),
    }
}
