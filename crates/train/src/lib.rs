//! Training loops: standard, adversarial, autoencoder, GAN.
#![forbid(unsafe_code)]
