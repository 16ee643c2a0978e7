//! TLS with a certificate made for this run: an authority of its own, and a certificate for the loopback names.
//!
//! Protects nothing; it is for clients that insist on https. The keys live and die with the process. Neighbours: `gate`
//! accepts through it, `server` gives the authority's certificate out.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::server::TlsStream;

/// How long a client may take to agree on keys.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// What goes wrong while keys and certificates are made.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// Keys for one run.
pub(crate) struct Keys {
    acceptor: TlsAcceptor,
    /// The authority's certificate as PEM, for clients to trust.
    pub(crate) authority: String,
}

impl Keys {
    /// New keys for `localhost`, the loopback addresses and the address listened on.
    pub(crate) fn new(address: IpAddr) -> Result<Keys, Error> {
        let authority_key = KeyPair::generate()?;
        let mut authority = named("QuickBooks simulator, for tests only")?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority_certificate = authority.self_signed(&authority_key)?;

        let key = KeyPair::generate()?;
        let mut server = named("localhost")?;
        server.subject_alt_names = vec![SanType::DnsName("localhost".try_into()?)];
        for ip in [IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), address] {
            server.subject_alt_names.push(SanType::IpAddress(ip));
        }
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        let certificate = server.signed_by(&key, &Issuer::new(authority, &authority_key))?;

        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)?;
        Ok(Keys { acceptor: Arc::new(config).into(), authority: authority_certificate.pem() })
    }

    /// Accepts connections and agrees on keys with each by itself; gives them out when they are ready. Ends when nobody
    /// takes them any more.
    pub(crate) fn accept(
        self,
        mut listener: TcpListener,
    ) -> mpsc::Receiver<(Box<TlsStream<TcpStream>>, SocketAddr)> {
        let (ready, taken) = mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                let (stream, peer) = tokio::select! {
                    () = ready.closed() => return,
                    accepted = Listener::accept(&mut listener) => accepted,
                };
                let (acceptor, ready) = (self.acceptor.clone(), ready.clone());
                tokio::spawn(async move {
                    let agreed = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
                    // A client that does not agree has heard of it by an alert.
                    if let Ok(Ok(stream)) = agreed {
                        drop(ready.send((Box::new(stream), peer)).await);
                    }
                });
            }
        });
        taken
    }
}

fn named(name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.distinguished_name.push(DnType::CommonName, name);
    Ok(parameters)
}
