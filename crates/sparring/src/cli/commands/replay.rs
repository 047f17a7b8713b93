//! `sparring replay card.json`: the evaluation of a card once more.

use super::attack::{Beside, Card, Ran, Settings, SuiteAttack, Target, fast};
use crate::cli::io::json::json;
use crate::cli::io::progress::AttackBar;
use crate::cli::io::say;
use crate::cli::io::table::table;
use crate::cli::options::{MachineArgs, ModelArgs};
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::attacks::{Course, EvaluateOptions, KeepExamples, Threat, suites};
use sparring::seed::Key;
use sparring::store::read_tensors;
use sparring::tensor::Precision;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What `sparring attack` wrote: a card (an element of `cards`), the whole output of --json, or the file of --save. The exit status is 0 where every figure comes out
    /// the same, and 1 where one does not.
    #[arg(value_name = "FILE.json|safetensors|npz")]
    file: PathBuf,
    /// The model, where it is not where the card says.
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// The surrogate, where it is not where the card says.
    #[arg(long, value_name = "MODEL")]
    surrogate: Option<PathBuf>,
    /// The purifier, where it is not where the card says.
    #[arg(long, value_name = "MODEL")]
    purifier: Option<PathBuf>,
    /// The data, where they are not where the card says.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    #[command(flatten)]
    machine: MachineArgs,
}

/// Most bytes of a file of cards.
const MOST: u64 = 64 << 20;

pub(crate) fn run(args: &Args) -> Outcome {
    let cards = read(&args.file)?;
    args.machine.start()?;
    let attacks = cards.iter().map(|card| card.after.len() + 1).sum();
    let bar = AttackBar::new("attacking", attacks, cards[0].figure.n);
    let mut rows = Vec::new();
    // Cards of one cascade are of one evaluation: the last of them runs those before it.
    let mut rest = &cards[..];
    let (mut loaded, mut changed): (Option<(Card, Target)>, _) = (None, Vec::new());
    while let Some(first) = rest.first() {
        let chain = 1 + rest.windows(2).take_while(|two| follows(&two[0], &two[1])).count();
        let same = |card: &Card| card.source == first.source && card.figure.n == first.figure.n;
        if !loaded.as_ref().is_some_and(|(card, _)| same(card)) {
            loaded = Some((first.clone(), target(args, first, &mut changed)?));
        }
        let target = &loaded.as_ref().expect("just loaded").1;
        rows.extend(replayed(target, &rest[..chain], &bar, &mut changed)?);
        rest = &rest[chain..];
    }
    bar.finish();
    if args.machine.json {
        let same = rows.iter().all(Row::is_same);
        say::json(
            &json!({ "same": same, "changed": changed, "cards": rows.iter().map(Row::object).collect::<Vec<_>>() }),
        );
    } else {
        let headers = ["attack", "eps", "images", "card", "replay", "same"];
        say::result(&table(&headers, &rows.iter().map(Row::cells).collect::<Vec<_>>()));
    }
    match rows.iter().find(|row| !row.is_same()) {
        None => Ok(()),
        Some(row) => Err(Failure::Failed(row.told())),
    }
}

/// Whether the second card is of the attack after the first in one cascade.
fn follows(a: &Card, b: &Card) -> bool {
    let threat = |card: &Card| (card.figure.norm, card.figure.eps, card.figure.n, card.figure.key.clone());
    let mut before = a.after.clone();
    before.push(a.ran());
    b.after == before && threat(a) == threat(b) && a.source == b.source && b.budgets.is_empty()
}

/// The cards in a file.
fn read(path: &Path) -> Outcome<Vec<Card>> {
    let inside = path.join("results.json");
    let path = if path.is_dir() && inside.is_file() { inside.as_path() } else { path };
    let ending = path.extension().unwrap_or_default();
    let value = if ["safetensors", "npz"].iter().any(|known| ending.eq_ignore_ascii_case(known)) {
        read_tensors(path)?.document.map_or(Value::Null, |document| document.extra)
    } else {
        let file = std::fs::File::open(path).map_err(|e| Failure::io(path, &e))?;
        let mut text = String::new();
        file.take(MOST).read_to_string(&mut text).map_err(|e| Failure::io(path, &e))?;
        let last = text.trim_end().lines().last().unwrap_or_default();
        let whole = serde_json::from_str(&text).or_else(|e| serde_json::from_str(last).map_err(|_| e));
        whole.map_err(|e| Failure::at(path, format!("no JSON: {e}")))?
    };
    let cards = match value {
        Value::Object(mut whole) => whole.remove("cards").unwrap_or(Value::Array(vec![Value::Object(whole)])),
        other => other,
    };
    let none = |e: &dyn std::fmt::Display| {
        Failure::at(path, format!("holds no card of `sparring attack`, as it writes them with --json: {e}"))
    };
    let cards: Vec<Card> = serde_json::from_value(cards).map_err(|e| none(&e))?;
    if cards.is_empty() { Err(none(&"there is none")) } else { Ok(cards) }
}

/// The model and the images of a card; says, and adds to `changed`, what is not as it was.
fn target(args: &Args, card: &Card, changed: &mut Vec<String>) -> Outcome<Target> {
    let source = &card.source;
    let model = ModelArgs::of_flags(args.model.as_ref().unwrap_or(&source.model), &source.model_flags)?;
    let data = args.data.as_ref().or(source.data.as_ref());
    let beside = source.beside();
    for (flag, given, was) in
        [("--surrogate", &args.surrogate, beside.surrogate), ("--purifier", &args.purifier, beside.purifier)]
    {
        match (given, was) {
            (Some(path), None) => {
                return Err(Failure::Usage(format!(
                    "{flag} {}: the card has none; leave it out",
                    path.display()
                )));
            }
            (None, Some(path)) if !path.exists() => {
                let shown = path.display();
                return Err(Failure::Failed(format!(
                    "{shown}: no such file, which the card names; give the place where it is now with {flag}"
                )));
            }
            _ => {}
        }
    }
    let beside = Beside {
        surrogate: args.surrogate.as_deref().or(beside.surrogate),
        purifier: args.purifier.as_deref().or(beside.purifier),
    };
    let target = Target::load(&model, data.map(String::as_str), Some(card.figure.n), beside)?;
    for (what, was) in source.hashes() {
        if target.source.hashes().any(|(name, is)| name == what && is != was) {
            note_changed(what, changed);
        }
    }
    Ok(target)
}

/// Says, once, that something is not as it was.
fn note_changed(what: &str, changed: &mut Vec<String>) {
    if !changed.iter().any(|known| known == what) {
        say::note(&format!("warning: not as when the card was made: {what}"));
        changed.push(what.into());
    }
}

/// A card and its figure now.
struct Row<'a> {
    card: &'a Card,
    now: usize,
}

impl Row<'_> {
    fn is_same(&self) -> bool {
        self.now == self.card.figure.survivors
    }
    fn told(&self) -> String {
        let figure = &self.card.figure;
        format!(
            "{} at {} eps {}: the card says {} of {} images, the replay {}",
            figure.attack, figure.norm, figure.eps, figure.survivors, figure.n, self.now
        )
    }
    fn cells(&self) -> Vec<String> {
        let figure = &self.card.figure;
        let [eps, n] = [figure.eps.to_string(), figure.n.to_string()];
        let [was, now] = [figure.survivors.to_string(), self.now.to_string()];
        vec![figure.attack.clone(), eps, n, was, now, if self.is_same() { "yes" } else { "no" }.into()]
    }
    fn object(&self) -> Value {
        let figure = &self.card.figure;
        json!({
            "attack": figure.attack, "norm": figure.norm, "eps": figure.eps, "n": figure.n,
            "card": figure.survivors, "replay": self.now, "same": self.is_same(),
        })
    }
}

/// The attack of a card; says where a generator has changed.
fn again(ran: &Ran, changed: &mut Vec<String>) -> Result<SuiteAttack, String> {
    if let Some(path) = SuiteAttack::run_in(&ran.call) {
        let learnt = SuiteAttack::of_run(path).map_err(|e| e.to_string())?;
        if learnt.ran().sha256 != ran.sha256 {
            note_changed("generator", changed);
        }
        return Ok(learnt);
    }
    let attack = ran.call.parse().map_err(|e| format!("call: {e}"))?;
    let found = suites::titled(&ran.attack, attack).map(SuiteAttack::from);
    found.ok_or_else(|| format!("attack: no attack {} is called `{}`", ran.call, ran.attack))
}

/// The attacks of these cards, of one cascade or one alone, run again.
fn replayed<'a>(
    target: &Target,
    cards: &'a [Card],
    bar: &AttackBar,
    changed: &mut Vec<String>,
) -> Outcome<Vec<Row<'a>>> {
    let last = &cards[cards.len() - 1];
    let figure = &last.figure;
    let wrong = |e: String| Failure::Failed(format!("card of {}: {e}", figure.attack));
    let mut ran = last.after.clone();
    ran.push(last.ran());
    let suite = ran.iter().map(|ran| again(ran, changed).map_err(wrong)).collect::<Outcome<Vec<_>>>()?;
    let proposals = figure.proposals.as_deref().filter(|_| last.source.surrogate.is_none());
    let precision = proposals.map_or(Ok(Precision::F32), str::parse);
    let how = Settings {
        batch: EvaluateOptions::default().batch,
        precision: fast(precision.map_err(|e| wrong(format!("proposals: {e}")))?),
        course: if suite.len() > 1 { Course::Cascade } else { Course::Each },
        keep: KeepExamples::Nothing,
        key: figure.key.parse::<Key>().map_err(|e| wrong(format!("key: {e}")))?,
    };
    if !last.budgets.is_empty() {
        let curve =
            target.curve(&target.all(), &suite[suite.len() - 1], figure.norm, &last.budgets, &how, &|p| {
                bar.show(p)
            })?;
        return Ok(vec![Row { card: last, now: curve.card.survivors }]);
    }
    let threat = Threat { norm: figure.norm, eps: figure.eps };
    let report = target.evaluate(&target.all(), &suite, &threat, &how, &|p| bar.show(p))?;
    let results = &report.attacks[suite.len() - cards.len()..];
    Ok(cards.iter().zip(results).map(|(card, a)| Row { card, now: a.survivors }).collect())
}
