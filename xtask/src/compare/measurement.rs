//! What one run of the workloads says of a row.

use serde_json::Value;

/// One run of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// Unit.
    pub metric: String,
    /// Median of the timed passes.
    pub value: f64,
    /// Loss of the first pass.
    pub loss: f64,
}

impl Measurement {
    /// Reads the line of `row` (with its size: `act_relu_fwd@2^16`) from what the program printed with `--json`; `None` if it skipped the row.
    ///
    /// # Errors
    /// If a line is no JSON, or the line of the row lacks its figure.
    pub fn read(printed: &str, row: &str) -> Result<Option<Self>, String> {
        for line in printed.lines() {
            let line: Value = serde_json::from_str(line).map_err(|e| format!("{line:?}: {e}"))?;
            let size = line["elements"].as_u64().map_or(String::new(), |n| format!("@2^{}", n.ilog2()));
            if line["workload"].as_str().is_some_and(|id| format!("{id}{size}") == row) {
                let value = line["median"].as_f64().filter(|v| v.is_finite() && *v > 0.0);
                return Ok(Some(Self {
                    metric: line["metric"].as_str().ok_or("a line without its unit")?.into(),
                    value: value.ok_or_else(|| format!("no figure in {line}"))?,
                    loss: line["loss"].as_f64().unwrap_or(f64::NAN),
                }));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{"workload":"mlp","threads":2,"metric":"examples/s","median":10.5,"min":9.0,"loss":0.25}
{"workload":"act_relu_fwd","elements":65536,"metric":"elements/s","median":2.0,"loss":null}"#;

    #[test]
    fn the_line_of_the_row_counts() {
        let mlp = Measurement::read(PRINTED, "mlp").unwrap().unwrap();
        assert_eq!(mlp, Measurement { metric: "examples/s".into(), value: 10.5, loss: 0.25 });
        let relu = Measurement::read(PRINTED, "act_relu_fwd@2^16").unwrap().unwrap();
        assert!(relu.value == 2.0 && relu.loss.is_nan());
        assert_eq!(Measurement::read(PRINTED, "act_relu_fwd@2^24"), Ok(None));
        assert_eq!(Measurement::read("", "mlp"), Ok(None));
    }

    #[test]
    fn a_broken_line_is_an_error() {
        for bad in [
            "mlp 10.5",
            r#"{"workload":"mlp","metric":"ms"}"#,
            r#"{"workload":"mlp","median":1.0}"#,
            r#"{"workload":"mlp","metric":"ms","median":0.0}"#,
        ] {
            assert!(Measurement::read(bad, "mlp").is_err(), "{bad}");
        }
    }
}
