//! A training that is looked into: the same bits, and the same rows after an interruption anywhere.

use sparring_datasets::{Mnist, Split};
use sparring_models::{ClassifierNet, Mlp};
use sparring_seed::Key;
use sparring_store::RunDir;
use sparring_study::{DIAGNOSIS_ROWS, DiagnosisRow, DiagnosisSettings, DiagnosisWatcher, training_section};
use sparring_train::{
    Current, Epoch, Flow, Observer, Quiet, Recipe, SaveEvery, SavedTraining, Saver, StepMetrics, TrainError,
    session,
};
use std::path::Path;

fn data() -> Split {
    Mnist::embedded().train.first(100)
}

fn recipe() -> Recipe {
    Recipe { epochs: 3, batch: 32, lr: 3e-3, ..Recipe::default() }
}

/// Four steps an epoch.
const STEPS: u64 = 4;

fn model() -> ClassifierNet {
    let spec = Mlp { hidden: vec![16, 12], ..Mlp::default() }.spec();
    ClassifierNet::new(spec, Key::new(1)).unwrap()
}

/// Ends the training after a step, or in the report of an epoch, after the state at its end was saved.
#[derive(Clone, Copy)]
enum Cut {
    Never,
    Step(u64),
    Report(usize),
}
impl Observer<ClassifierNet> for Cut {
    fn step(&mut self, s: &StepMetrics, _: &mut dyn Current<ClassifierNet>) -> Result<Flow, TrainError> {
        Ok(if matches!(*self, Self::Step(at) if s.step >= at) { Flow::Stop } else { Flow::Continue })
    }
    fn epoch(&mut self, e: &Epoch, _: &ClassifierNet) -> Result<Flow, TrainError> {
        match *self {
            Self::Report(at) if e.epoch >= at => Err(TrainError::Observer("the cable was pulled".into())),
            _ => Ok(Flow::Continue),
        }
    }
}

/// Trains in this directory, from the state that is there; the weights.
fn part(run: &RunDir, data: &Split, mut cut: Cut) -> Vec<u32> {
    let mut model = model();
    let mut training = session(&mut model, data, &recipe()).unwrap();
    let path = run.path().join("resume.bin");
    let every = SaveEvery::Steps(1);
    let mut saver = match SavedTraining::read(&path) {
        Ok((saved, _)) => {
            training.resume(&saved).unwrap();
            Saver::again(&path, every, &mut training, &saved).unwrap()
        }
        Err(_) => Saver::begin(&path, every, &mut training, "").unwrap(),
    };
    let mut watcher = DiagnosisWatcher::new(&mut cut, run, data, DiagnosisSettings::SAMPLED, STEPS);
    let _ = training.run(&mut saver.around(&mut watcher));
    drop(training);
    bits(&model)
}

fn bits(model: &ClassifierNet) -> Vec<u32> {
    let values = model.net.params.iter().flat_map(|p| p.value.as_slice().to_vec());
    values.map(f32::to_bits).collect()
}

fn rows(run: &Path) -> Vec<u8> {
    std::fs::read(run.join(DIAGNOSIS_ROWS)).unwrap()
}

#[test]
fn a_watched_training_is_the_same_and_goes_on_to_the_same_rows() {
    let (dir, data) = (tempfile::tempdir().unwrap(), data());
    let mut plain = model();
    session(&mut plain, &data, &recipe()).unwrap().run(&mut Quiet).unwrap();
    let whole = RunDir::create(&dir.path().join("whole")).unwrap();
    assert_eq!(part(&whole, &data, Cut::Never), bits(&plain), "watching changes no bit");
    let expected = rows(whole.path());
    let cuts = (1..3 * STEPS).map(Cut::Step).chain([1, 2].map(Cut::Report));
    for (i, cut) in cuts.enumerate() {
        let run = RunDir::create(&dir.path().join(i.to_string())).unwrap();
        part(&run, &data, cut);
        // Rows of steps that no state was saved of are written again.
        std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(run.path().join(DIAGNOSIS_ROWS))
            .and_then(|mut file| std::io::Write::write_all(&mut file, b"{\"torn\":"))
            .unwrap();
        assert_eq!(part(&run, &data, Cut::Never), bits(&plain), "cut {i}");
        assert!(rows(run.path()) == expected, "cut {i}");
    }
    // The updates of the last steps, by trainings of that many steps and one fewer.
    let read = DiagnosisRow::read(whole.path()).unwrap();
    assert_eq!(
        read.iter().map(|row| (row.epoch, row.examples)).collect::<Vec<_>>(),
        [(1, 100), (2, 100), (3, 100)]
    );
    let ratio = |epoch: usize| read[epoch - 1].layers[0].weight.as_ref().unwrap().update_ratio;
    let weight_after = |steps: u64| {
        let mut model = model();
        let mut training = session(&mut model, &data, &recipe()).unwrap();
        for _ in 0..steps {
            training.step().unwrap().unwrap();
        }
        let state = training.state();
        state.learner.networks[0].1[0].value.as_slice().to_vec()
    };
    for epoch in 1..=3 {
        let (old, new) = (weight_after(STEPS * epoch - 1), weight_after(STEPS * epoch));
        let norm = |x: &mut dyn Iterator<Item = f64>| x.map(|v| v * v).sum::<f64>().sqrt();
        let moved = norm(&mut old.iter().zip(&new).map(|(o, n)| f64::from(n - o)));
        let truth = moved / norm(&mut old.iter().map(|&v| f64::from(v)));
        let found = ratio(epoch as usize).unwrap();
        assert!((found - truth).abs() < 1e-9 * truth, "epoch {epoch}: {found} is not {truth}");
    }
    let section = training_section(&read, "validation examples", Some(3e-3)).unwrap();
    assert!(section.blocks.len() >= 3);
    assert!(training_section(&[], "", None).is_none());
}

#[test]
fn a_file_that_is_none_of_rows_is_named() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(DiagnosisRow::read(dir.path()).unwrap(), []);
    std::fs::write(dir.path().join(DIAGNOSIS_ROWS), "{\"epoch\":1}\n").unwrap();
    let text = DiagnosisRow::read(dir.path()).unwrap_err().to_string();
    assert!(text.contains("diagnosis.jsonl: line 1") && text.contains("remove the file"), "{text}");
}
