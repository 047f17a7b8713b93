//! Rows 12, 13, 17, 19, 20 and 21: flags that must be refused, or mean what they say.

use super::checks::{Checks, NotTried, Tried};
use super::library;
use super::sandbox::Sandbox;
use super::trained::{Context, Net};

/// Each line is refused, with one of the words of each group, and leaves nothing.
fn refused(sandbox: &Sandbox<'_>, checks: &mut Checks, lines: &[(&str, &[&[&str]])]) -> Result<(), NotTried> {
    for (line, groups) in lines {
        let ended = sandbox.run(line)?;
        let told = groups.iter().all(|words| ended.says(words));
        checks.ended(line, &ended, ended.refused() && told);
        let left = sandbox.left("");
        if !left.is_empty() {
            checks.that(format!("left by {line}"), format!("{left:?}"), false);
            sandbox.clear()?;
        }
    }
    Ok(())
}

/// Row 12.
pub fn parameters_beyond_f32(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[])?, library::parameters_beyond_f32(context)?);
    for activation in ["celu(1e-46)", "elu(1e39)", "softplus(1e39)", "leaky_relu(1e39)", "prelu(1e39)"] {
        let name = activation.split('(').next().unwrap_or_default();
        let line = format!("train classifier --data cases/idx-two --epochs 1 --activation {activation}");
        refused(
            &sandbox,
            &mut checks,
            &[(&line, &[&[name, "--activation"], &["f32", "range", "single precision", "between"]])],
        )?;
    }
    Ok(checks)
}

/// Row 13.
pub fn without_effect(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[Net::Base5, Net::Gan])?, Checks::default());
    refused(
        &sandbox,
        &mut checks,
        &[
            ("train classifier --eps 0.1 --epochs 1", &[&["--eps"]]),
            ("train classifier --defense none --eps 0.1 --epochs 1", &[&["--eps"]]),
            ("train classifier --attack-steps 3 --epochs 1", &[&["--attack-steps"]]),
            ("train classifier --attack-step-size 0.1 --epochs 1", &[&["--attack-step-size"]]),
            (
                "train autoencoder --arch linear-autoencoder --activation tanh --epochs 1",
                &[&["--activation"]],
            ),
            ("attack base5 --activation tanh --n 20", &[&["--activation"]]),
            ("attack base5 --arch mlp --n 20", &[&["--arch"]]),
            ("attack base5 --attack fgsm --steps 3 --n 20", &[&["--steps"]]),
            ("attack base5 --attack fgsm --restarts 3 --n 20", &[&["--restarts"]]),
            ("fetch mnist --from a --mirror http://127.0.0.1:1/", &[&["--mirror"]]),
        ],
    )?;
    Ok(checks)
}

/// Row 17.
pub fn endings(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[Net::Base5, Net::Gan])?, Checks::default());
    refused(
        &sandbox,
        &mut checks,
        &[
            ("attack base5 --attack fgsm --n 20 --save x.pt", &[&[".safetensors"]]),
            ("attack base5 --attack fgsm --n 20 --save x.pt", &[&[".safetensors"]]),
            ("attack base5 --attack fgsm --n 20 --report a.pdf", &[&[".html"]]),
            ("attack base5 --attack fgsm --n 20 --report a.json", &[&[".html"]]),
            ("generate gan -n 4 --out g.jpg", &[&[".png"]]),
            ("generate gan -n 4 --out g.gif", &[&[".png"]]),
        ],
    )?;
    let ended = sandbox.run("attack base5 --attack fgsm --n 20 --save x.safetensors --report a.html")?;
    checks.ended("the right endings", &ended, ended.code == Some(0));
    Ok(checks)
}

/// Row 19: the reason, and no tip about the dash.
pub fn negative(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[Net::Base5])?, Checks::default());
    let positive: &[&str] = &["above 0"];
    for (line, flag, words) in [
        ("attack base5 --eps -1", "--eps", positive),
        ("attack base5 --step-size -0.1", "--step-size", positive),
        ("attack base5 --steps -1", "--steps", &["at least 1", "1 or above", "above 0"]),
        ("train classifier --defense pgd --eps -1", "--eps", positive),
        ("train classifier --lr -1", "--lr", positive),
        ("train classifier --epochs -1", "--epochs", &["at least 1", "1 or above", "above 0"]),
        ("train gan --beta1 -0.5", "--beta1", &["at least 0", "in [0, 1)", "between 0"]),
        ("demo --n -5", "--n", &["at least 1", "1 or above", "above 0"]),
    ] {
        let ended = sandbox.run(line)?;
        let sound =
            ended.refused() && ended.says(&[flag]) && ended.says(words) && !ended.says(&["as a value, use"]);
        checks.ended(line, &ended, sound);
    }
    Ok(checks)
}

/// Row 20: the box of 784 pixels has a diagonal of 28.
pub fn beyond_the_box(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[Net::Base5])?, Checks::default());
    let why: &[&[&str]] = &[&["--eps"], &["at most", "diagonal", "box", "larger", "beyond", "further apart"]];
    refused(
        &sandbox,
        &mut checks,
        &[
            ("attack base5 --norm l2 --eps 1e30 --n 20", why),
            ("attack base5 --norm l2 --eps 255 --n 20", why),
            ("attack base5 --norm l2 --eps 28.1 --n 20", why),
            ("attack base5 --norm linf --eps 8 --n 20", why),
            ("attack base5 --norm linf --eps 1.01 --n 20", why),
            ("train classifier --defense pgd --eps 8 --epochs 1", why),
        ],
    )?;
    for line in [
        "attack base5 --norm l2 --eps 27.9 --n 20 --attack fgsm",
        "attack base5 --eps 1 --n 20 --attack fgsm",
    ] {
        let ended = sandbox.run(line)?;
        checks.ended(line, &ended, ended.code == Some(0));
    }
    Ok(checks)
}

/// Row 21.
pub fn named_twice(context: &Context) -> Tried {
    let (sandbox, mut checks) = (context.sandbox(&[Net::Base5])?, Checks::default());
    // Aliases are the same attack too.
    for names in ["pgd,pgd", "fgsm,pgd,fgsm", "ffgsm,fgsm-rs"] {
        let ended = sandbox.run(&format!("attack base5 --attack {names} --n 20 --eps .1 --json"))?;
        let words: Vec<_> = names.split(',').collect();
        let apart = if names.contains("fgsm,pgd") { 2 } else { 1 };
        let rows = ended.object().ok().and_then(|o| o["attacks"].as_array().map(Vec::len));
        let sound = rows == Some(apart) || ended.refused() && ended.says(&words);
        checks.that(names, rows.map_or_else(|| ended.brief(), |n| format!("{n} attacks")), sound);
    }
    Ok(checks)
}
