//! The gradient penalty on generated examples.

super::at_examples::penalty_at_examples! {
    R2: "r2", "generated", "gradient penalty at generated examples: the critic is to be flat where the generator is"
}
