//! Connections that fail because of who answers: a repeat would fail the same way.
use std::error::Error;
use std::io;

use tonic::ConnectError;

/// A TLS handshake with a peer whose certificate is not trusted, or that does not speak TLS.
pub(crate) fn is_distrust(error: &(dyn Error + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
    chain.any(|error| error.is::<ConnectError>()) && chain.any(is_of_handshake)
}

// What rustls refuses comes as invalid data; a connection that breaks has another kind.
fn is_of_handshake(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
}
