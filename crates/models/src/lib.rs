//! Named network specs: classifiers, autoencoders, GANs.
#![forbid(unsafe_code)]
