//! The cases of `golden/augment`.

/// Lines of `case,name,numbers ..`.
pub(super) struct Golden(&'static str);

impl Golden {
    pub fn open() -> Self {
        Self(include_str!("../../../../golden/augment/cases.csv"))
    }
    #[track_caller]
    pub fn numbers(&self, case: &str, name: &str) -> Vec<f32> {
        let head = format!("{case},{name},");
        let line = self.0.lines().find_map(|line| line.strip_prefix(&head)).expect("a case of the file");
        line.split(' ').map(|v| v.parse().unwrap()).collect()
    }
    #[track_caller]
    pub fn near(&self, case: &str, name: &str, got: &[f32]) {
        let want = self.numbers(case, name);
        assert_eq!(got.len(), want.len());
        for (i, (a, b)) in got.iter().zip(&want).enumerate() {
            assert!((a - b).abs() < 1e-5, "{case}, pixel {i}: {a} {b}");
        }
    }
}
