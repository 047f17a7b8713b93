//! Every model by name.

use super::*;
use crate::{Autoencoder, ClassifierNet, Gan, HiddenActivations, Normalization, Vae, VqVae};
use sparring_activations::AnyActivation;
use sparring_nn::ParamKind;
use sparring_seed::Key;

fn trained(graph: &Graph) -> usize {
    let all = graph.parameters("");
    all.iter().filter(|(_, p)| p.kind != ParamKind::Buffer).map(|(_, p)| p.len()).sum()
}

#[test]
fn every_model_builds_with_the_parameters_it_claims() {
    let key = Key::new(1);
    for arch in Arch::TABLE.at_defaults() {
        let n = match arch.info().family {
            ModelKind::Classifier => {
                trained(ClassifierNet::new(arch.classifier().unwrap(), key).unwrap().spec())
            }
            ModelKind::Autoencoder => {
                let (spec, encoder) = arch.autoencoder().unwrap();
                let model = Autoencoder::new(spec, encoder, key).unwrap();
                assert_eq!(model.code(), 32);
                trained(model.spec())
            }
            ModelKind::Vae => {
                let vae = Vae::new(arch.vae().unwrap(), key).unwrap();
                assert_eq!((vae.latent(), vae.shape()), (20, [1, 28, 28]));
                trained(&vae.spec().encoder) + trained(&vae.spec().decoder)
            }
            ModelKind::VqVae => {
                let vq = VqVae::new(arch.vq_vae().unwrap(), key).unwrap();
                assert_eq!((vq.places(), vq.dim(), vq.shape()), (49, 16, [1, 28, 28]));
                trained(&vq.spec().encoder) + trained(&vq.spec().decoder) + trained(&vq.spec().codebook())
            }
            ModelKind::AdvGan => {
                let spec = arch.adv_gan_for([1, 28, 28]).unwrap();
                let nets = spec.networks(key).unwrap();
                nets.iter().map(|net| trained(net.graph())).sum()
            }
            ModelKind::Gan => {
                let gan = Gan::new(arch.gan().unwrap(), (0.0, 1.0), key).unwrap();
                trained(&gan.spec().generator) + trained(&gan.spec().discriminator)
            }
        };
        assert_eq!(n, arch.info().parameters, "{arch}");
        assert_eq!(arch.to_string(), arch.info().name);
    }
    assert_eq!(ALL.len(), Arch::TABLE.entries.len());
    let e = Arch::of_family("gan", ModelKind::Classifier).unwrap_err().to_string();
    assert!(e.contains("mlp, fgsm-rs, madry, resnet-small") && !e.contains("autoencoder"), "{e}");
    let e = Arch::of_family("madri", ModelKind::Classifier).unwrap_err().to_string();
    assert!(e.contains("no classifier") && e.contains("did you mean `madry`"), "{e}");
    assert_eq!(Arch::of_family("mlp", ModelKind::Classifier), Ok(Mlp::default().into()));
}

#[test]
fn parameters_reach_the_network() {
    let arch: Arch = "madry(norm=batch, activation=relu|silu)".parse().unwrap();
    let activation: HiddenActivations = "relu|silu".parse().unwrap();
    let by_hand = Madry { norm: Normalization::Batch, activation };
    assert_eq!(arch.classifier(), Some(by_hand.spec()));
    assert_eq!(arch.activation().as_deref(), Some("relu|silu"));
    let kinds: Vec<_> =
        by_hand.spec().layers().map(|l| l.kind().into_owned()).filter(|k| k.contains("lu")).collect();
    assert_eq!(kinds, ["relu", "silu", "silu"]);
    let wide: Arch = "mlp(hidden=12-7-5)".parse().unwrap();
    assert_eq!(wide.classifier_for([1, 1, 2], 3).unwrap().layers().count(), 1 + 3 * 2 + 1);
    for (text, why) in [
        ("madry(norm=layer)", "none or batch"),
        ("madry(activation=relu|silu|relu|silu)", "at most 3"),
        ("mlp(hidden=12-0)", "dashes"),
        ("linear-autoencoder(activation=relu)", "no parameter"),
    ] {
        let e = text.parse::<Arch>().unwrap_err().to_string();
        assert!(e.contains(why), "{text}: {e}");
    }
}

#[test]
fn files_of_before_are_read() {
    let arch: Arch = serde_json::from_str(r#""madry""#).unwrap();
    assert_eq!(arch, Madry::default().into());
    let batch = Arch::from(Madry { norm: Normalization::Batch, ..Madry::default() });
    let json = serde_json::to_string(&batch).unwrap();
    assert_eq!((json.as_str(), serde_json::from_str(&json).unwrap()), (r#""madry(norm=batch)""#, batch));
}

#[test]
fn an_mlp_fits_any_data_and_the_others_say_what_they_take() {
    let spec = |arch: &str| arch.parse::<Arch>().unwrap().classifier_for([1, 1, 2], 3);
    let mlp = ClassifierNet::new(spec("mlp").unwrap(), Key::new(1)).unwrap();
    assert_eq!((mlp.spec().input, mlp.classes()), ([1, 1, 2], 3));
    assert_eq!(spec("madry").unwrap().input, [1, 28, 28]);
    assert!(spec("gan").is_none());
}

#[test]
fn roles_are_refused_with_the_reason() {
    let key = Key::new(1);
    let gan = |text: &str| Gan::new(text.parse::<Arch>().unwrap().gan().unwrap(), (0.0, 1.0), key);
    let e = gan("gan(generator_output=tanh)").unwrap_err().to_string();
    assert!(e.contains("tanh") && e.contains("[0, 1]"), "{e}");
    let e = gan("gan(discriminator_output=sigmoid)").unwrap_err().to_string();
    assert!(e.contains("twice"), "{e}");
    let mut spec = Mlp::default().spec();
    spec.push(sparring_nn::layers::activation(&"relu".parse::<AnyActivation>().unwrap()));
    assert!(ClassifierNet::new(spec, key).unwrap_err().to_string().contains("logits"));
}
