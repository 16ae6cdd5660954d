//! What is wrong with a value that should bear a header.

/// A value without the header that it should have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// Shorter than the header.
    #[error("a value of {bytes} bytes is shorter than the header of {header_bytes}")]
    TooShort {
        /// Bytes of the value.
        bytes: usize,
        /// Bytes of the header.
        header_bytes: usize,
    },
    /// Another first byte than Confluent's.
    #[error("the first byte is {0:#04x}, not the magic byte 0x00")]
    Magic(u8),
    /// Other first bytes than those of single-object encoding.
    #[error("the first bytes are {:#04x} {:#04x}, not the marker 0xc3 0x01", .0[0], .0[1])]
    Marker([u8; 2]),
}
