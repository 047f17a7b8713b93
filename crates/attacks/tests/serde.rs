//! Attacks, threats and reports as data.
#![cfg(feature = "serde")]

use crate::models::{Mlp, Points, own_labels};
use sparring_attacks::{AnyAttack, AnyBlackBox, Bim, Pgd, Report, StepSize, Threat, evaluate, suites};
use sparring_seed::Key;

#[test]
fn attacks_round_trip_under_their_names() {
    for attack in AnyAttack::defaults() {
        let json = serde_json::to_value(attack).unwrap();
        assert_eq!(json["attack"], attack.info().name);
        assert_eq!(serde_json::from_value::<AnyAttack>(json).unwrap(), attack);
    }
    for attack in AnyBlackBox::defaults() {
        assert_eq!(serde_json::to_value(attack).unwrap()["attack"], attack.info().name);
    }
    let short: AnyAttack = serde_json::from_str(r#"{"attack":"pgd","steps":7,"stop":"never"}"#).unwrap();
    assert_eq!(short, Pgd { steps: 7, stop: sparring_attacks::Stop::Never, ..Pgd::default() }.into());
    assert_eq!(serde_json::from_str::<AnyAttack>(r#""pgd(steps=7, stop=never)""#).unwrap(), short);
    let wrong = serde_json::from_str::<AnyAttack>(r#""pgd(steps=0)""#).unwrap_err().to_string();
    assert!(wrong.contains("pgd.steps is 0"), "{wrong}");
    let threat: Threat = serde_json::from_str(r#"{"norm":"l2","eps":1.5}"#).unwrap();
    assert_eq!(threat, Threat::l2(1.5).unwrap());
    assert!(serde_json::to_string(AnyAttack::ALL).unwrap().contains(r#""name":"ffgsm""#));
}

#[test]
fn a_report_round_trips() {
    let model = Mlp::random(12, 16, 3, 1);
    let p = Points::new(9, 12, 2);
    let y = own_labels(&model, p.batch());
    let threat = Threat::linf(0.25).unwrap();
    let report = evaluate(&model, p.batch(), &y, &suites::quick(), &threat, Key::new(1)).unwrap();
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}

#[test]
fn step_sizes_of_before_are_still_read() {
    for (json, step_size) in [
        (r#"{"relative":0.1}"#, StepSize::Relative(0.1)),
        (r#"{"absolute":0.01}"#, StepSize::Absolute(0.01)),
        (r#"{"total":2.5}"#, StepSize::Total(2.5)),
        (r#""auto""#, StepSize::default()),
    ] {
        assert_eq!(serde_json::from_str::<StepSize>(json).unwrap(), step_size);
        assert_eq!(serde_json::to_string(&step_size).unwrap(), json);
    }
    let old = r#"{"attack":"bim","steps":10,"step_size":{"relative":0.1},"loss":"cross-entropy","stop":"when_fooled"}"#;
    let bim = Bim { step_size: StepSize::Relative(0.1), ..Bim::default() };
    assert_eq!(serde_json::from_str::<AnyAttack>(old).unwrap(), bim.into());
}
