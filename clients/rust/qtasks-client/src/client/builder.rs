//! Where a client connects to, and how.
use std::fmt;
use std::time::Duration;

use tonic::metadata::MetadataValue;
use tonic::service::interceptor::InterceptedService;
#[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
use tonic::transport::ClientTlsConfig;
use tonic::transport::{Channel, Endpoint};

use super::Client;
use super::connection::BearerToken;
use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
// Above the grace that servers give to draining connections: a ping then would end their calls.
const KEEPALIVE: Duration = Duration::from_secs(60);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Options of a [`Client`]; made by [`Client::builder`].
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    address: String,
    token: Option<String>,
    insecure: bool,
    timeout: Duration,
    patience: Duration,
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    tls: Option<ClientTlsConfig>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            address: "127.0.0.1:50051".to_owned(),
            token: None,
            insecure: false,
            timeout: Duration::from_secs(30),
            patience: Duration::from_secs(30),
            #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
            tls: None,
        }
    }
}

impl ClientBuilder {
    /// `HOST:PORT` of the server. Default `127.0.0.1:50051`.
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    /// Sent as `authorization: Bearer …` with every call. Needs TLS beyond this machine.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Allows a token to be sent beyond this machine without TLS. Default false.
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.insecure = insecure;
        self
    }

    /// Deadline of a call that does not wait for tasks. Default 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long enqueues, awaits and watches go on trying while no server answers. They are safe to repeat: every
    /// enqueue carries a task id. Default 30 s.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// TLS, with the authorities and certificates of this configuration.
    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    pub fn tls(mut self, tls: ClientTlsConfig) -> Self {
        self.tls = Some(tls);
        self
    }

    /// A client; it connects with the first call, and again whenever the connection is lost. Call it within a tokio
    /// runtime. [`Error::Invalid`] for an address that is none, and for a token that would cross a network in clear
    /// text.
    pub fn connect(self) -> Result<Client> {
        let channel = self.channel()?;
        let connection = InterceptedService::new(channel, self.bearer()?);
        Ok(Client::new(connection, self.timeout, self.patience))
    }

    fn channel(&self) -> Result<Channel> {
        check_address(&self.address)?;
        let scheme = if self.is_secure() { "https" } else { "http" };
        let endpoint = Endpoint::from_shared(format!("{scheme}://{}", self.address))
            .map_err(|_| invalid_address(&self.address))?
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEPALIVE)
            .keep_alive_timeout(KEEPALIVE_TIMEOUT)
            .keep_alive_while_idle(false);
        Ok(self.secured(endpoint)?.connect_lazy())
    }

    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    fn secured(&self, endpoint: Endpoint) -> Result<Endpoint> {
        match self.tls.clone() {
            None => Ok(endpoint),
            Some(tls) => endpoint.tls_config(tls).map_err(|error| Error::invalid("tls", error.to_string())),
        }
    }

    #[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
    fn secured(&self, endpoint: Endpoint) -> Result<Endpoint> {
        Ok(endpoint)
    }

    #[cfg(any(feature = "tls-ring", feature = "tls-aws-lc"))]
    fn is_secure(&self) -> bool {
        self.tls.is_some()
    }

    #[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
    fn is_secure(&self) -> bool {
        false
    }

    fn bearer(&self) -> Result<BearerToken> {
        let Some(token) = &self.token else { return Ok(BearerToken::default()) };
        if !self.is_secure() && !self.insecure && !is_loopback(&self.address) {
            let problem = "can't be sent beyond this machine without TLS unless insecure is set";
            return Err(Error::invalid("token", problem));
        }
        let mut value = MetadataValue::try_from(format!("Bearer {token}"))
            .map_err(|_| Error::invalid("token", "expected visible ASCII characters"))?;
        value.set_sensitive(true);
        Ok(BearerToken(Some(value)))
    }
}

// The token has no place in logs.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("address", &self.address).finish_non_exhaustive()
    }
}

fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let well_formed = match bare {
        Some(ip) => ip.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && !host.contains([':', '/', '@', '?', '#', ' ']),
    };
    let port = port.parse().ok().filter(|port| *port > 0)?;
    well_formed.then_some((bare.unwrap_or(host), port))
}

fn check_address(address: &str) -> Result<()> {
    host_and_port(address).map(|_| ()).ok_or_else(|| invalid_address(address))
}

fn invalid_address(address: &str) -> Error {
    Error::invalid("address", format!("expected HOST:PORT, such as 127.0.0.1:50051, not \"{address}\""))
}

fn is_loopback(address: &str) -> bool {
    let Some((host, _)) = host_and_port(address) else { return false };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
