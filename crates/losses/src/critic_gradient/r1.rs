//! The gradient penalty on real examples.

super::at_examples::penalty_at_examples! {
    R1: "r1", "real", "gradient penalty at real examples: the critic is to be flat where the data are"
}
