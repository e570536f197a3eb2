//! Reads the Python literals of a header.

use super::{HeaderError, MAX_DIMENSIONS};
use crate::layout::Order;

/// What is left to read of the header's text.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.rest = self.rest.trim_ascii_start();
        self.rest.is_empty()
    }

    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.first().copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    pub(super) fn expect(&mut self, byte: u8, otherwise: &'static str) -> Result<(), HeaderError> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(HeaderError::Malformed(otherwise))
        }
    }

    /// A string literal's text, escapes as they stand.
    pub(super) fn string(&mut self) -> Result<&'a [u8], HeaderError> {
        let quote = match self.peek() {
            Some(quote @ (b'\'' | b'"')) => quote,
            _ => return Err(HeaderError::Malformed("a string is missing")),
        };
        let text = &self.rest[1..];
        let mut is_escaped = false;
        let end = text.iter().position(|&byte| {
            let ends = byte == quote && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        });
        let end = end.ok_or(HeaderError::Malformed("a string has no end"))?;
        self.rest = &text[end + 1..];
        Ok(&text[..end])
    }

    /// The dtype as an error names it.
    pub(super) fn dtype(&mut self) -> Result<String, HeaderError> {
        match self.peek() {
            Some(b'[' | b'(' | b'{') => {
                self.skip_brackets()?;
                Ok("structured".to_owned())
            }
            _ => Ok(format!("'{}'", self.string()?.escape_ascii())),
        }
    }

    fn skip_brackets(&mut self) -> Result<(), HeaderError> {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'\'' | b'"') => {
                    self.string()?;
                    continue;
                }
                Some(b'[' | b'(' | b'{') => depth += 1,
                Some(b']' | b')' | b'}') => depth -= 1,
                Some(_) => {}
                None => return Err(HeaderError::Malformed("a bracket is not closed")),
            }
            self.rest = &self.rest[1..];
            if depth == 0 {
                return Ok(());
            }
        }
    }

    pub(super) fn order(&mut self) -> Result<Order, HeaderError> {
        self.peek();
        for (word, order) in [(&b"True"[..], Order::Fortran), (&b"False"[..], Order::C)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(order);
            }
        }
        Err(HeaderError::Malformed(
            "'fortran_order' is neither True nor False",
        ))
    }

    pub(super) fn shape(&mut self) -> Result<Vec<u64>, HeaderError> {
        self.expect(b'(', "'shape' is not a tuple")?;
        let mut shape = Vec::new();
        while !self.take(b')') {
            if shape.len() == MAX_DIMENSIONS {
                return Err(HeaderError::Malformed(
                    "'shape' has more than 64 dimensions",
                ));
            }
            shape.push(self.integer()?);
            if !self.take(b',') {
                self.expect(b')', "'shape' has no end")?;
                break;
            }
        }
        Ok(shape)
    }

    fn integer(&mut self) -> Result<u64, HeaderError> {
        self.peek();
        let end = self.rest.iter().position(|byte| !byte.is_ascii_digit());
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        // Python 2 marked long integers.
        self.rest = rest.strip_prefix(b"L").unwrap_or(rest);
        std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .ok_or(HeaderError::Malformed("'shape' holds what is no size"))
    }
}
