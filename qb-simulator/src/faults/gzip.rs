//! A gzip body that is small on the wire and large when it is inflated: nothing but zeros.
//!
//! One block of fixed codes: a zero, then repetitions of 258 bytes. Knows no answers. Neighbours: `answers` sends it.

/// The most mebibytes.
const MOST: u32 = 1024;
/// The longest repetition.
const RUN: u64 = 258;
/// The checksum's polynomial, lowest bit first.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Returns a gzip body of so many mebibytes of zeros.
pub(super) fn zeros(mebibytes: u32) -> Vec<u8> {
    let mebibytes = mebibytes.min(MOST);
    let length = u64::from(mebibytes) << 20;
    // Magic, deflate, no flags, no time, no extra flags, unknown system.
    let mut bits = Bits { out: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], held: 0, count: 0 };
    bits.push(0b011, 3);
    let mut left = length;
    if left > 0 {
        bits.code(0x30, 8);
        left -= 1;
    }
    for _ in 0..left / RUN {
        bits.code(0b1100_0101, 8);
        bits.code(0, 5);
    }
    for _ in 0..left % RUN {
        bits.code(0x30, 8);
    }
    bits.code(0, 7);
    let mut out = bits.end();
    out.extend(checksum_of_zeros(length).to_le_bytes());
    // At most 2^30, so that the length fits.
    out.extend(mebibytes.wrapping_shl(20).to_le_bytes());
    out
}

/// Bits, lowest first.
struct Bits {
    out: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u64, count: u32) {
        self.held |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// A code of the table, which goes out highest bit first.
    fn code(&mut self, code: u64, count: u32) {
        self.push(code.reverse_bits() >> (64 - count), count);
    }

    fn end(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.push(0, 8 - self.count);
        }
        self.out
    }
}

/// A linear map on the checksum's register: what becomes of each of its bits.
type Map = [u32; 32];

fn apply(map: &Map, register: u32) -> u32 {
    let columns = map.iter().enumerate();
    columns.filter(|(bit, _)| register >> bit & 1 == 1).fold(0, |sum, (_, column)| sum ^ column)
}

/// Returns the CRC-32 of so many zeros: the map of one zero byte, raised to their number by squaring.
fn checksum_of_zeros(count: u64) -> u32 {
    let mut map: Map = std::array::from_fn(|bit| {
        (0..8).fold(1u32 << bit, |register, _| (register >> 1) ^ (POLYNOMIAL * (register & 1)))
    });
    let mut register = u32::MAX;
    let mut left = count;
    while left > 0 {
        if left & 1 == 1 {
            register = apply(&map, register);
        }
        map = map.map(|column| apply(&map, column));
        left >>= 1;
    }
    !register
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn checksums_are_those_of_zeros() {
        assert_eq!(checksum_of_zeros(0), 0);
        assert_eq!(checksum_of_zeros(1), 0xD202_EF8D);
        assert_eq!(checksum_of_zeros(1 << 20), 0xA738_EA1C);
    }

    #[test]
    fn a_bomb_inflates_to_what_it_says() {
        for mebibytes in [0, 1, 3] {
            let mut out = Vec::new();
            let bomb = zeros(mebibytes);
            let read = flate2::read::GzDecoder::new(bomb.as_slice()).read_to_end(&mut out);
            assert_eq!(read.ok(), usize::try_from(mebibytes << 20).ok());
            assert!(out.iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn a_bomb_is_small_and_says_its_length() {
        let bomb = zeros(1);
        assert!(bomb.len() < 8000, "{} bytes", bomb.len());
        assert_eq!(bomb[bomb.len() - 8..], [0x1C, 0xEA, 0x38, 0xA7, 0, 0, 0x10, 0]);
    }
}
