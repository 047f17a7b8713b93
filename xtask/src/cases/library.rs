//! Rows about the libraries: a named test of a crate holds the right value.

use super::checks::{Checks, NotTried, Tried};
use super::trained::Context;
use crate::run_program::root;
use std::process::Command;

/// In place of a file of `tests/`: the test stands inside the crate.
const LIBRARY: &str = "lib";

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

/// The fault is one of release builds: where overflow is checked it panics by itself.
const fn released(id: u32, name: &'static str) -> Test {
    Test { release: true, ..test(id, "sparring-tensor", "all", name) }
}

/// The tests of each row.
const TESTS: &[Test] = &[
    test(11, "sparring-optim", "all", "extremes::large_gradients_step_as_in_pytorch"),
    test(12, "sparring-activations", "all", "extremes::parameters_out_of_the_range_of_f32_are_refused"),
    test(24, "sparring-train", "all", "refusals::data_that_do_not_fit_are_refused"),
    test(25, "sparring-optim", "all", "extremes::a_small_eps_is_not_eaten"),
    released(26, "extremes::a_stride_of_minus_eight_is_refused"),
    released(26, "extremes::a_stride_beyond_memory_is_refused"),
    released(26, "extremes::panels_beyond_memory_are_refused"),
    released(26, "extremes::dense::products_panic_or_stay_inside"),
    released(26, "extremes::dense::outer_products_panic_or_stay_inside"),
    released(26, "extremes::dense::panels_panic_or_stay_inside"),
    released(26, "extremes::dense::supports_panic_or_stay_inside"),
    released(26, "extremes::dense::tiles_panic_or_stay_inside"),
    released(26, "extremes::images::convolutions_panic_or_stay_inside"),
    released(26, "extremes::images::pools_panic_or_stay_inside"),
    released(26, "extremes::rows::rows_panic_or_stay_inside"),
    Test { file: LIBRARY, ..released(26, "kernels::extremes::doors_panic_or_stay_inside") },
    Test {
        file: LIBRARY,
        ..released(26, "kernels::extremes::a_row_four_numbers_before_the_source_is_refused")
    },
    Test { file: LIBRARY, ..released(26, "kernels::extremes::short_rows_panic_or_stay_inside") },
    test(35, "sparring-report", "any_numbers", "every_coordinate_is_in_the_picture"),
    test(35, "sparring-report", "any_numbers", "the_smallest_numbers_make_a_chart"),
];

/// Row 11.
pub fn large_gradients(_: &Context) -> Tried {
    run(11)
}

/// Row 12, the part of the library.
pub fn parameters_beyond_f32(_: &Context) -> Tried {
    run(12)
}

/// Row 24.
pub fn another_range(_: &Context) -> Tried {
    run(24)
}

/// Row 25.
pub fn small_eps(_: &Context) -> Tried {
    run(25)
}

/// Row 26.
pub fn extents(_: &Context) -> Tried {
    run(26)
}

/// Row 35.
pub fn charts(_: &Context) -> Tried {
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

fn outcome(test: &Test) -> Result<(bool, String), NotTried> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--package", test.package]).current_dir(root());
    match test.file {
        LIBRARY => command.arg("--lib"),
        file => command.args(["--test", file]),
    };
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
