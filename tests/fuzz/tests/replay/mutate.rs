//! Inputs that are like others.

use std::ops::Range;

/// What parsers stumble over.
const PIECES: &[&[u8]] = &[
    b"\0",
    b"\n",
    b"\r\n",
    b"\t",
    b"\x1b[2J",
    b"\xff",
    b"\xc2\x9b",
    b"\"",
    b"'",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"=",
    b",",
    b"#",
    b":",
    b"@",
    b"/",
    b"//",
    b"..",
    b"/../",
    b"%2f",
    b"%2e%2e",
    b"%5c",
    b"%25",
    b"%00",
    b";",
    b"..;",
    b"*",
    b"*.",
    b"-",
    b"--",
    b"0",
    b"-1",
    b"99999999999999999999",
    b"null",
    b"true",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8b",
    b"\xe3\x80\x80",
    b"\xf3\xa0\x81\x81",
    b"https://",
    b"http://",
    b"\"\"\"",
    b"'''",
    b"\\u0000",
    b"\\u001b",
    b"\\ud800",
    b"{word}",
    b"{path}",
    b".",
    b" ",
    b"\xef\xbb\xbf",
    b"\x7f",
    b"0x7fffffff",
    b"[::1]",
    b"127.0.0.1",
];

/// Most changes of one input.
const MAX_CHANGES: usize = 4;
/// Longest input that is made; what is longer is cut.
const MAX_LENGTH: usize = 4 << 10;

/// A source of inputs, which are the same for the same number.
pub(crate) struct Mutator<'a> {
    state: u64,
    others: &'a [&'a [u8]],
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(number: u64, others: &'a [&'a [u8]]) -> Self {
        Self { state: 0x9e37_79b9_7f4a_7c15 ^ (number + 1), others }
    }

    /// The input with some changes.
    pub(crate) fn mutant(&mut self, input: &[u8]) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..=self.below(MAX_CHANGES) {
            self.change(&mut bytes);
        }
        bytes.truncate(MAX_LENGTH.max(input.len()));
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let range = self.range(bytes.len());
        let put: Vec<u8> = match self.below(6) {
            0 => Vec::new(),
            1 => bytes[range.clone()].repeat(2),
            2 => vec![self.next() as u8],
            3 => {
                let other = self.others[self.below(self.others.len())];
                other[self.range(other.len())].to_vec()
            }
            4 => {
                bytes.truncate(range.start);
                return;
            }
            _ => PIECES[self.below(PIECES.len())].to_vec(),
        };
        let replaced = if self.below(2) == 0 { range } else { range.start..range.start };
        bytes.splice(replaced, put);
    }

    /// Mostly a short one.
    fn range(&mut self, length: usize) -> Range<usize> {
        let start = self.below(length + 1);
        let most = if self.below(4) == 0 { length - start } else { (length - start).min(4) };
        start..start + self.below(most + 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Xorshift.
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }
}
