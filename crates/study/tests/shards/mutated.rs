//! Manifests changed at random: never accepted, never a panic.

use super::{Grid, Manifest, manifest};
use sparring_store::{sealed_json, unsealed_json};

/// Numbers without a pattern (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// One change of a few kinds: a bit, bytes of another value, a piece cut out, put in again, or moved.
fn changed(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut new = bytes.to_vec();
    let at = random.below(new.len());
    let to = (at + 1 + random.below(60)).min(new.len());
    match random.below(7) {
        0 => new[at] ^= 1 << random.below(8),
        1 => new[at] = random.below(256) as u8,
        2 => new.truncate(at),
        3 => drop(new.drain(at..to)),
        4 => drop(new.splice(at..at, bytes[at..to].to_vec())),
        5 => new[at..to].fill(b'9'),
        _ => new[at..to].reverse(),
    }
    new
}

#[test]
fn five_thousand_changed_manifests_are_refused() {
    let bytes = sealed_json(&manifest(super::GRID, "1/3")).unwrap();
    assert!(unsealed_json::<Manifest>(&bytes).is_ok());
    let mut random = Random(3);
    let mut tried = 0;
    while tried < 5000 {
        let new = changed(&bytes, &mut random);
        // Some changes change nothing.
        if new != bytes {
            assert!(unsealed_json::<Manifest>(&new).is_err(), "{}", String::from_utf8_lossy(&new));
            tried += 1;
        }
    }
    // Every byte of the first two kilobytes, and every length.
    for at in 0..bytes.len().min(2048) {
        let mut new = bytes.clone();
        new[at] ^= 4;
        assert!(
            unsealed_json::<Manifest>(&new).is_err() && unsealed_json::<Manifest>(&bytes[..at]).is_err(),
            "{at}"
        );
    }
}

#[test]
fn a_changed_grid_is_one_or_is_refused_in_a_line() {
    let mut random = Random(4);
    let (mut grids, mut refused) = (0, 0);
    while grids + refused < 3000 {
        let Ok(text) = String::from_utf8(changed(super::GRID.as_bytes(), &mut random)) else { continue };
        match Grid::parse(&text) {
            Ok(grid) => {
                let cells = grid.cells();
                assert!(!cells.is_empty() && cells.iter().all(|cell| cell.words.len() >= 2), "{text}");
                grids += 1;
            }
            Err(e) => {
                let told = e.to_string();
                assert!(told.starts_with("line ") && !told.contains('\n'), "{text}: {told}");
                refused += 1;
            }
        }
    }
    assert!(grids > 100 && refused > 100, "{grids} grids, {refused} refused");
}
