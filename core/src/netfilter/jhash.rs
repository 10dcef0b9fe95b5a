//! The kernel's hash of few bytes (`include/linux/jhash.h`).

/// `reciprocal_scale`
pub fn scaled(value: u32, modulus: u32) -> u32 {
    // The upper half of a 64-bit product fits 32 bits.
    u32::try_from((u64::from(value) * u64::from(modulus)) >> 32).unwrap_or(u32::MAX)
}

/// `jhash`, which is `jhash2` for whole words and `jhash_1word` for four bytes.
pub fn jhash(mut key: &[u8], seed: u32) -> u32 {
    const INITIAL: u32 = 0xdead_beef;
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX);
    let start = INITIAL.wrapping_add(length).wrapping_add(seed);
    let [mut a, mut b, mut c] = [start; 3];
    while key.len() > 12 {
        let (words, rest) = key.split_at(12);
        a = a.wrapping_add(word(&words[..4]));
        b = b.wrapping_add(word(&words[4..8]));
        c = c.wrapping_add(word(&words[8..]));
        (a, b, c) = mix(a, b, c);
        key = rest;
    }
    if key.is_empty() {
        return c;
    }
    let part = |from: usize| word(key.get(from..key.len().min(from + 4)).unwrap_or_default());
    a = a.wrapping_add(part(0));
    b = b.wrapping_add(part(4));
    c = c.wrapping_add(part(8));
    last(a, b, c)
}

/// Up to four bytes as a little-endian number.
fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

const fn mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32, u32) {
    a = a.wrapping_sub(c) ^ c.rotate_left(4);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(6);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(8);
    b = b.wrapping_add(a);
    a = a.wrapping_sub(c) ^ c.rotate_left(16);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(19);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(4);
    b = b.wrapping_add(a);
    (a, b, c)
}

const fn last(mut a: u32, mut b: u32, mut c: u32) -> u32 {
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}
