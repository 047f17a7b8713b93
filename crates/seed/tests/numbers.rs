//! Numbers that published runs depend on: each is stored, and a change here changes every run.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use sparring_seed::{Key, Stream};

fn stream(label: &str) -> Stream {
    Key::new(11).named(label).child(4).rng(1 << 40)
}

#[test]
fn own_draws_are_as_stored() {
    let mut s = stream("own");
    let (mut words, mut filled, mut items) = ([0; 3], [0.0; 2], [0, 1, 2, 3, 4, 5, 6, 7]);
    let bits = [s.bits(), s.bits()];
    s.fill_bits(&mut words);
    let uniforms = [s.uniform(), s.uniform_in(-0.3, 0.3)].map(f32::to_bits);
    let wide = s.uniform_f64().to_bits();
    s.fill_uniform_in(-0.3, 0.3, &mut filled);
    let normal = s.normal();
    let below = [s.below(7), s.below(1000)];
    s.shuffle(&mut items);
    assert_eq!(bits, [913_908_590, 3_599_167_641]);
    assert_eq!(words, [2_023_791_508, 2_587_136_384, 2_256_841_960]);
    assert_eq!((uniforms, wide), ([1_058_856_940, 3_171_042_920], 4_599_357_531_690_754_030));
    assert_eq!(filled.map(f32::to_bits), [1_048_871_972, 3_170_171_296]);
    // The last bit of a logarithm is the platform's.
    assert!((normal - 0.167_413_246_088_461_17).abs() < 1e-14);
    assert_eq!((below, items), ([5, 369], [0, 3, 4, 6, 2, 1, 5, 7]));
}

#[test]
fn draws_through_rand_are_as_stored() {
    // What `rand` makes of the words is stored too: its next version may make something else.
    let mut s = stream("rand");
    let (mut bytes, mut items) = ([0; 5], [0, 1, 2, 3, 4, 5, 6, 7]);
    let words = (s.next_u32(), s.next_u64());
    s.fill_bytes(&mut bytes);
    let ranges = [s.random_range(0..10u32), s.random_range(0..1000)];
    let uniform = s.random::<f32>().to_bits();
    items.shuffle(&mut s);
    let z: f64 = StandardNormal.sample(&mut s);
    assert_eq!((words, bytes), ((39_056_876, 3_761_977_491_787_028_010), [130, 1, 126, 146, 68]));
    assert_eq!((ranges, uniform), ([3, 457], 1_053_263_824));
    assert_eq!(items, [1, 0, 4, 6, 7, 3, 2, 5]);
    assert!((z - 1.499_870_965_352_672).abs() < 1e-14);
}

#[test]
fn words_of_rand_are_the_bits_in_order() {
    let (mut own, mut rand) = (stream("words"), stream("words"));
    let mut words = [0; 9];
    own.fill_bits(&mut words);
    assert_eq!(rand.next_u32(), words[0]);
    assert_eq!(rand.next_u64(), u64::from(words[2]) << 32 | u64::from(words[1]));
    let mut bytes = [0; 8];
    rand.fill_bytes(&mut bytes);
    assert_eq!(bytes[..4], words[3].to_le_bytes());
    assert_eq!(bytes[4..], words[4].to_le_bytes());
    // Both kinds of draw go on from the same place.
    assert_eq!(rand.bits(), words[5]);
}

#[test]
fn a_stream_is_a_generator_for_generic_code() {
    fn draw(mut rng: impl Rng) -> u32 {
        rng.next_u32()
    }
    let expected = stream("generic").bits();
    assert_eq!(draw(&mut stream("generic")), expected);
    assert_eq!(draw(stream("generic")), expected);
}
