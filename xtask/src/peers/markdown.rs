//! The comparison as a table for `docs/results/speed.md`.

use super::figures::Figures;
use super::table::{Line, lines, loss, short};

/// One column a peer: how many times as fast we are, with its best variant, figure and loss.
pub fn table(all: &[Figures], about: &str) -> String {
    let lines = lines(all);
    let mut peers: Vec<&str> = Vec::new();
    for b in lines.iter().flat_map(|l| &l.best) {
        if !peers.contains(&b.peer.as_str()) {
            peers.push(&b.peer);
        }
    }
    peers.sort_by_key(|p| ["torch", "jax", "candle", "burn", "gemm"].iter().position(|q| q == p));
    let mut text = format!("{about}\n\n| row | threads | unit | ours (loss) |");
    peers.iter().for_each(|p| text += &format!(" {p} |"));
    text += "\n|---|---|---|---|";
    peers.iter().for_each(|_| text += "---|");
    text.push('\n');
    for Line { ours, best } in &lines {
        let (row, unit) = (&ours.row, &ours.metric);
        text += &format!(
            "| {row} | {} | {unit} | {} ({}) |",
            ours.threads,
            short(ours.median()),
            loss(ours.loss)
        );
        for peer in &peers {
            match best.iter().find(|b| b.peer == *peer) {
                Some(b) => {
                    let (ratio, median) = (ours.ratio(b), short(b.median()));
                    text += &format!(" **{ratio:.2}x** {} {median} ({}) |", b.variant, loss(b.loss));
                }
                None => text += " |",
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::figures::planted;

    #[test]
    fn a_peer_without_the_row_leaves_a_gap() {
        let all = [
            planted("sparring", "", "mlp", "examples/s", &[10.0]),
            planted("torch", "fused", "mlp", "examples/s", &[4.0]),
            planted("sparring", "", "gemm", "GFLOP/s", &[100.0]),
            planted("gemm", "x86-v4", "gemm", "GFLOP/s", &[80.0]),
        ];
        let text = super::table(&all, "Machine.");
        assert!(text.contains("| row | threads | unit | ours (loss) | torch | gemm |"), "{text}");
        assert!(
            text.contains("| mlp | 2 | examples/s | 10.0 (0.5000) | **2.50x** fused 4.00 (0.5000) | |"),
            "{text}"
        );
    }
}
