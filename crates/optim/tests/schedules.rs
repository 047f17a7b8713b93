//! Short trainings: every step of every schedule has a rate above 0.

use sparring_optim::{AnySchedule, Cosine, Piecewise, SCHEDULES, Schedule, Step};

/// Every schedule by name, and each with parameters at their ends.
fn all() -> Vec<AnySchedule> {
    let mut all: Vec<AnySchedule> = SCHEDULES.iter().map(|s| s.name.parse().unwrap()).collect();
    for warmup in [0.0, 1e-9, 0.3, 0.999] {
        for floor in [0.0, 0.5] {
            all.push(AnySchedule::Cosine(Cosine { warmup, floor }));
        }
        if warmup > 0.0 {
            all.push(AnySchedule::Piecewise(Piecewise::one_cycle(warmup)));
        }
    }
    all.extend([0.01, 0.3, 1.0].map(|every| AnySchedule::Step(Step { gamma: 0.5, every })));
    all
}

#[test]
fn trainings_of_few_steps_learn_on_every_step() {
    for schedule in all() {
        schedule.validate().unwrap();
        for steps in (1..=5).chain([100, 4690]) {
            for step in 1..=steps {
                let rate = schedule.lr(0.1, step, steps);
                let known = rate > 0.0 && rate <= 0.1 + 1e-15;
                assert!(known, "{schedule:?}: rate {rate} at step {step} of {steps}");
            }
        }
    }
}

#[test]
fn one_cycle_is_that_of_its_paper_on_all_steps_but_the_last() {
    // numpy.interp(step / steps, [0, 0.4, 1], [0, 1, 0]), as in the code of Wong et al. 2020.
    let s: AnySchedule = "one-cycle".parse().unwrap();
    for (step, steps, want) in
        [(1, 4, 0.625), (2, 4, 5.0 / 6.0), (3, 4, 5.0 / 12.0), (1, 100, 0.025), (99, 100, 1.0 / 60.0)]
    {
        assert!((s.lr(1.0, step, steps) - want).abs() < 1e-12, "{step} of {steps}");
    }
    // The last has the rate of its middle: of one step 0.5, of four 0.875.
    for (steps, middle) in [(1, 0.5), (4, 0.875)] {
        assert!((s.lr(1.0, steps, steps) - (1.0 - middle) / 0.6).abs() < 1e-12, "{steps}");
    }
}

#[test]
fn a_curve_of_zeros_is_refused() {
    let e = "piecewise(0=0, 1=0)".parse::<AnySchedule>().unwrap_err().to_string();
    assert!(e.contains("nothing would be learnt"), "{e}");
    assert!("piecewise(0=1e39)".parse::<AnySchedule>().is_err());
}
