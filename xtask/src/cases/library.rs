//! Rows about the libraries: a named test of a crate holds the right value.

use super::checks::{Checks, Obstacle, Tried};
use super::trained::Bench;
use crate::run_program::root;
use std::process::Command;

/// A test by name.
struct Test {
    id: u32,
    package: &'static str,
    file: &'static str,
    name: &'static str,
    release: bool,
}

const fn test(id: u32, package: &'static str, file: &'static str, name: &'static str) -> Test {
    Test { id, package, file, name, release: false }
}

/// The tests of each row.
const TESTS: &[Test] = &[
    test(11, "sparring-optim", "extremes", "large_gradients_step_as_in_pytorch"),
    test(12, "sparring-activations", "extremes", "parameters_out_of_the_range_of_f32_are_refused"),
    test(24, "sparring-train", "refusals", "a_generator_of_another_range_than_the_data_is_refused"),
    test(25, "sparring-optim", "extremes", "a_small_eps_is_not_eaten"),
    // Overflow is checked in a debug build: the fault is one of release builds.
    Test {
        release: true,
        ..test(26, "sparring-tensor", "extremes", "no_extent_reaches_memory_outside_the_slices")
    },
    test(35, "sparring-report", "extremes", "charts_of_any_numbers_hold_no_nan"),
];

/// Row 11.
pub fn large_gradients(_: &Bench) -> Tried {
    run(11)
}

/// Row 12, the part of the library.
pub fn parameters_beyond_f32(_: &Bench) -> Tried {
    run(12)
}

/// Row 24.
pub fn another_range(_: &Bench) -> Tried {
    run(24)
}

/// Row 25.
pub fn small_eps(_: &Bench) -> Tried {
    run(25)
}

/// Row 26.
pub fn extents(_: &Bench) -> Tried {
    run(26)
}

/// Row 35.
pub fn charts(_: &Bench) -> Tried {
    run(35)
}

fn run(id: u32) -> Tried {
    let mut checks = Checks::default();
    for test in TESTS.iter().filter(|t| t.id == id) {
        let (right, came_out) = outcome(test)?;
        checks.that(format!("{} {}::{}", test.package, test.file, test.name), came_out, right);
    }
    Ok(checks)
}

fn outcome(test: &Test) -> Result<(bool, String), Obstacle> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--package", test.package, "--test", test.file]).current_dir(root());
    if test.release {
        command.arg("--release");
    }
    let output = command.args([test.name, "--", "--exact"]).output()?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let told = if output.status.success() { None } else { err.lines().find(|l| l.starts_with("error")) };
    Ok((
        output.status.success() && one_passed(&out),
        told.or(summary(&out)).unwrap_or("cargo said nothing").to_string(),
    ))
}

fn summary(out: &str) -> Option<&str> {
    out.lines().find(|line| line.starts_with("test result:"))
}

/// Exactly one test ran and was right: a name that no test has is `0 passed`.
fn one_passed(out: &str) -> bool {
    summary(out).is_some_and(|line| line.contains("ok. 1 passed; 0 failed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_not_there_is_not_right() {
        let line = |passed, failed| {
            format!("running\n\ntest result: ok. {passed} passed; {failed} failed; 0 ignored\n")
        };
        assert!(one_passed(&line(1, 0)));
        assert!(!one_passed(&line(0, 0)) && !one_passed(&line(0, 1)) && !one_passed(""));
    }
}
