//! Addresses that may ask.
//!
//! Source: RFC 4632, section 3.1 (prefixes); RFC 4291, section 2.5.5.2 (IPv4 addresses written as IPv6 ones).

use std::{
    error::Error,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// The bits before an IPv4 address that is written as an IPv6 one.
const MAPPED: u8 = 96;

/// An address, or all that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether an address belongs to it. One of IPv4 is the same in either notation: a socket that takes both families
    /// shows IPv4 peers as IPv6 ones.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => mask_v4(other, self.prefix) == own,
            (IpAddr::V6(own), IpAddr::V6(other)) => mask_v6(other, self.prefix) == own,
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Address)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            // `parse` would take a sign.
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits
                .parse()
                .ok()
                .filter(|prefix| *prefix <= longest)
                .ok_or(NetworkError::Prefix { longest })?,
            Some(_) => return Err(NetworkError::Prefix { longest }),
        };
        let canonical = address.to_canonical();
        let (address, prefix) = match (address, canonical) {
            (IpAddr::V6(_), IpAddr::V4(_)) if prefix >= MAPPED => (canonical, prefix - MAPPED),
            _ => (address, prefix),
        };
        let begin = match address {
            IpAddr::V4(address) => IpAddr::V4(mask_v4(address, prefix)),
            IpAddr::V6(address) => IpAddr::V6(mask_v6(address, prefix)),
        };
        if begin == address { Ok(Self { address, prefix }) } else { Err(NetworkError::HostBits { begin }) }
    }
}

fn mask_v4(address: Ipv4Addr, prefix: u8) -> Ipv4Addr {
    Ipv4Addr::from_bits(address.to_bits() & u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0))
}

fn mask_v6(address: Ipv6Addr, prefix: u8) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0))
}

/// Why a text is not a network that could be [allowed](crate::Builder::allow).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetworkError {
    /// The text before the `/`, or all of it, is not an IP address.
    Address,
    /// The text after the `/` is not a number of bits.
    Prefix {
        /// The most that an address of the family has.
        longest: u8,
    },
    /// The address has bits after those that count, so it is not clear what was meant.
    HostBits {
        /// Where the network of that many bits begins.
        begin: IpAddr,
    },
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str(
                "not an IP address; write an address, or a network as in `10.0.0.0/8` or `fd00::/8`",
            ),
            Self::Prefix { longest } => {
                write!(f, "the text after `/` is not a number of bits from 0 to {longest}")
            }
            Self::HostBits { begin } => {
                write!(f, "the address has bits beyond the prefix; the network begins at {begin}")
            }
        }
    }
}

impl Error for NetworkError {}
