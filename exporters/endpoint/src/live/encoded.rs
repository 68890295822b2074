//! Bytes that several pages get.

use std::io;

use bytes::Bytes;

use crate::coding::{Coding, Compressor};

/// The bytes of a response, which are compressed once for each coding.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    plain: Bytes,
    coded: Vec<(Coding, Bytes)>,
}

impl Encoded {
    pub(super) fn new(plain: impl Into<Bytes>) -> Self {
        Self { plain: plain.into(), coded: Vec::new() }
    }

    pub(super) fn bytes(&self) -> usize {
        self.plain.len() + self.coded.iter().map(|(_, bytes)| bytes.len()).sum::<usize>()
    }

    /// Returns the bytes in this coding.
    pub(super) fn get(&mut self, coding: Coding) -> io::Result<Bytes> {
        if coding == Coding::Identity {
            return Ok(self.plain.clone());
        }
        if let Some((_, bytes)) = self.coded.iter().find(|(known, _)| *known == coding) {
            return Ok(bytes.clone());
        }
        let mut compressor = Compressor::new(coding)?;
        let mut bytes = compressor.write(self.plain.to_vec())?;
        bytes.append(&mut compressor.finish()?);
        let bytes = Bytes::from(bytes);
        self.coded.push((coding, bytes.clone()));
        Ok(bytes)
    }
}
