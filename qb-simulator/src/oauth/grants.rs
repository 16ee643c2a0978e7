//! Consents and what they are worth: codes, access tokens, refresh tokens that rotate and expire.
//!
//! One refresh token is good at a time. A refresh gives the same value back until it is a day old, then a new one, and
//! the old one is dead. Knows no HTTP and reads no clock. Neighbours: `oauth` answers with it.

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::options::{Credentials, OAuthOptions};

/// How long a code can be redeemed.
const CODE_MINUTES: i64 = 10;
/// How long a refresh token's value stays the same.
const ROTATION_HOURS: i64 = 24;
/// How long a refresh token lives unused.
const IDLE_DAYS: i64 = 100;
/// What the answer says about it: the documented figure is one day more.
const IDLE_SECONDS_TOLD: i64 = 8_726_400;
/// How long a consent lives, however often it is refreshed.
const HARD_DAYS: i64 = 5 * 365;

/// Why a token request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) error: &'static str,
    pub(super) description: &'static str,
    pub(super) reason: Option<(&'static str, &'static str)>,
}

impl Refusal {
    const fn new(status: u16, error: &'static str, description: &'static str) -> Refusal {
        Refusal { status, error, description, reason: None }
    }

    pub(super) const GRANT: Refusal =
        Refusal::new(400, "invalid_grant", "The token or code is not good, or not any more.");
    pub(super) const CLIENT: Refusal = Refusal::new(401, "invalid_client", "The client pair is not known.");
    pub(super) const TOKEN: Refusal =
        Refusal::new(401, "invalid_token", "The access token is not good, or not any more.");
    pub(super) const REQUEST: Refusal =
        Refusal::new(400, "invalid_request", "A required parameter is missing or malformed.");
    pub(super) const GRANT_TYPE: Refusal =
        Refusal::new(400, "unsupported_grant_type", "grant_type is authorization_code or refresh_token.");
    pub(super) const NOT_IN_REALM: Refusal = Refusal {
        reason: Some(("user_not_in_realm", "The user is not in the specified realm")),
        ..Refusal::new(
            400,
            "invalid_grant",
            "Unauthorized Request: User is not a member of the specified Realm",
        )
    };
}

/// A pair of tokens just issued, and how long the refresh token lives.
pub(super) struct Issued {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) idle_seconds: i64,
    pub(super) hard_seconds: i64,
}

#[derive(Clone, Serialize, Deserialize)]
struct Grant {
    refresh: String,
    consented: DateTime<FixedOffset>,
    value_since: DateTime<FixedOffset>,
    used: DateTime<FixedOffset>,
    is_revoked: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Access {
    grant: usize,
    expires: Option<DateTime<FixedOffset>>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Code {
    redirect: String,
    since: DateTime<FixedOffset>,
}

/// All consents of one company.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Grants {
    grants: Vec<Grant>,
    access: HashMap<String, Access>,
    codes: HashMap<String, Code>,
    issued: u64,
}

impl fmt::Debug for Grants {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Grants").field("count", &self.grants.len()).finish_non_exhaustive()
    }
}

impl Grants {
    /// Returns one consent: the tokens of the first connection.
    pub(crate) fn new(
        credentials: &Credentials,
        options: OAuthOptions,
        now: DateTime<FixedOffset>,
    ) -> Grants {
        let mut grants =
            Grants { grants: Vec::new(), access: HashMap::new(), codes: HashMap::new(), issued: 1 };
        grants.enter(credentials.refresh_token.clone(), now);
        grants
            .access
            .insert(credentials.access_token.clone(), Access { grant: 0, expires: expiry(options, now) });
        grants
    }

    /// Returns the refresh token of the first connection as it is now.
    pub(crate) fn first_refresh(&self) -> Option<&str> {
        self.grants.first().map(|grant| grant.refresh.as_str())
    }

    /// Returns whether a bearer token opens the company.
    pub(crate) fn admits(&self, token: &str, now: DateTime<FixedOffset>) -> bool {
        self.access.get(token).is_some_and(|access| {
            access.expires.is_none_or(|expires| now < expires)
                && self.grants.get(access.grant).is_some_and(|grant| !grant.is_revoked)
        })
    }

    /// Returns a consent was given: its code.
    pub(super) fn consent(&mut self, redirect: &str, now: DateTime<FixedOffset>) -> String {
        let code = self.fresh("authorization-code");
        self.codes.insert(code.clone(), Code { redirect: redirect.to_owned(), since: now });
        code
    }

    /// Tokens for a code, once.
    pub(super) fn redeem(
        &mut self,
        code: &str,
        redirect: &str,
        options: OAuthOptions,
        now: DateTime<FixedOffset>,
    ) -> Result<Issued, Refusal> {
        let found = self.codes.remove(code).ok_or(Refusal::GRANT)?;
        if found.redirect != redirect || now - found.since > TimeDelta::minutes(CODE_MINUTES) {
            return Err(Refusal::GRANT);
        }
        let refresh = self.fresh("refresh-token");
        let at = self.enter(refresh, now);
        self.issue(at, options, now).ok_or(Refusal::GRANT)
    }

    /// Tokens for the refresh token that is good now.
    pub(super) fn refresh(
        &mut self,
        token: &str,
        options: OAuthOptions,
        now: DateTime<FixedOffset>,
    ) -> Result<Issued, Refusal> {
        let at = self.grants.iter().position(|grant| grant.refresh == token).ok_or(Refusal::GRANT)?;
        let next = self.fresh("refresh-token");
        let grant = self.grants.get_mut(at).ok_or(Refusal::GRANT)?;
        if grant.is_revoked
            || now - grant.used > TimeDelta::days(IDLE_DAYS)
            || now - grant.consented >= TimeDelta::days(HARD_DAYS)
        {
            return Err(Refusal::GRANT);
        }
        let rotation = options
            .rotation_seconds
            .map_or(TimeDelta::hours(ROTATION_HOURS), |seconds| TimeDelta::seconds(seconds.into()));
        if now - grant.value_since >= rotation {
            grant.refresh = next;
            grant.value_since = now;
        }
        grant.used = now;
        self.issue(at, options, now).ok_or(Refusal::GRANT)
    }

    /// Ends the consent a token belongs to; whether there was one.
    pub(super) fn revoke(&mut self, token: &str) -> bool {
        let by_refresh = self.grants.iter().position(|grant| grant.refresh == token);
        let at = by_refresh.or_else(|| self.access.get(token).map(|access| access.grant));
        let Some(grant) = at.and_then(|at| self.grants.get_mut(at)) else { return false };
        !std::mem::replace(&mut grant.is_revoked, true)
    }

    fn enter(&mut self, refresh: String, now: DateTime<FixedOffset>) -> usize {
        self.grants.push(Grant { refresh, consented: now, value_since: now, used: now, is_revoked: false });
        self.grants.len() - 1
    }

    fn issue(&mut self, at: usize, options: OAuthOptions, now: DateTime<FixedOffset>) -> Option<Issued> {
        let access = self.fresh("access-token");
        self.access.insert(access.clone(), Access { grant: at, expires: expiry(options, now) });
        let grant = self.grants.get(at)?;
        let hard_seconds = (grant.consented + TimeDelta::days(HARD_DAYS) - now).num_seconds();
        let idle_seconds = IDLE_SECONDS_TOLD.min(hard_seconds);
        Some(Issued { access, refresh: grant.refresh.clone(), idle_seconds, hard_seconds })
    }

    /// Returns a value never used before. Good enough where nothing is protected.
    fn fresh(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("simulator-{kind}-{:04}", self.issued)
    }
}

fn expiry(options: OAuthOptions, now: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
    options
        .access_token_seconds
        .and_then(|seconds| now.checked_add_signed(TimeDelta::seconds(seconds.into())))
}
