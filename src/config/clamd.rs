//! Where the malware scanner listens: `unix:PATH` or `tcp:HOST:PORT`, and nothing that only looks like it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

/// The address of a clamd.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ClamdAddress {
    Unix(PathBuf),
    /// Host and port.
    Tcp(String),
}

/// The text is no address.
#[derive(Debug, thiserror::Error)]
#[error("scanner.clamd is neither unix:PATH nor tcp:HOST:PORT")]
pub struct NoAddress;

impl FromStr for ClamdAddress {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        match text.split_once(':') {
            Some(("unix", path)) if !path.is_empty() => Ok(Self::Unix(path.into())),
            Some(("tcp", address)) => match address.rsplit_once(':') {
                Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                    Ok(Self::Tcp(address.to_owned()))
                }
                _ => Err(NoAddress),
            },
            _ => Err(NoAddress),
        }
    }
}

impl TryFrom<String> for ClamdAddress {
    type Error = NoAddress;

    fn try_from(text: String) -> Result<Self, NoAddress> {
        text.parse()
    }
}

impl Serialize for ClamdAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for ClamdAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(address) => write!(f, "tcp:{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_addresses_are_read() {
        for text in ["unix:/run/clamav/clamd.ctl", "tcp:clamav:3310", "tcp:[::1]:3310"] {
            assert_eq!(text.parse::<ClamdAddress>().unwrap().to_string(), text);
        }
        for text in ["", "unix:", "tcp:", "tcp:host", "tcp::3310", "tcp:host:port", "/run/clamd", "udp:host:1"] {
            assert!(text.parse::<ClamdAddress>().is_err(), "{text}");
        }
    }
}
