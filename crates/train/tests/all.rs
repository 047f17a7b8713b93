//! Tests of the public interface, one program: each file of this folder is a module, but those that need a process of their own.
#![allow(missing_docs)]

mod attack_defaults;
mod augmented_steps;
mod default_rates;
mod determinism;
mod diagnosis;
mod epoch_ends;
mod failed_steps;
mod few_images;
mod first_layer;
mod golden_attacks;
mod golden_defenses;
mod golden_labels;
mod golden_libraries;
mod golden_minimum_norm;
mod hardening;
mod linear_span;
mod lr_find;
mod non_finite;
mod objectives;
mod outside_layer;
mod paired_steps;
mod randomised_victim;
mod refusals;
mod resume;
mod session;
mod settings;
mod truth;
mod vae;
mod validation;
mod variant_steps;
mod variants;
mod vq_vae;
