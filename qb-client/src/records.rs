//! Records by their ids: read, change, void, delete, print.
//!
//! A change is one attempt, as a create is, and ends in the same classes; that somebody else was quicker is
//! [`Stale`](WriteOutcome::Stale). What comes back is typed, and amounts are read from the digits that were written. It refuses to
//! merge: who finds a change stale reads again and decides again. Neighbours: `qb-model` has the bodies, `client.rs` sends.

use qb_model::engine::{Alteration, AlterationKind};
use qb_model::received::{Entity, EntityAnswer, Invoice, Kind, Payload};
use qb_model::{Answer, Deletable, EntityKind, Id, ModelError, Update, Version, Voidable};

use crate::client::Client;
use crate::ids::RequestId;
use crate::limits::Admission;
use crate::outcome::{Body, Gone, WriteOutcome};
use crate::read_error::ReadError;
use crate::request::{Change, Operation};

/// The fault that says that there is no such record.
const NOT_FOUND: &str = "610";

impl Client {
    /// Returns the record of this id, inactive list entries too; `None` when QuickBooks says that it has none (fault 610).
    ///
    /// ```
    /// # use qb_client::{Client, ReadError};
    /// use qb_model::received::Deposit;
    ///
    /// # async fn example(client: Client) -> Result<(), ReadError> {
    /// let deposit: Option<Deposit> = client.record("149").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ReadError::Unreadable`] when the answer is another record; else as every read. Nothing was posted.
    pub async fn record<K: Kind + Clone>(&self, id: &str) -> Result<Option<K>, ReadError> {
        let body = match self.read(Operation::Record { entity: K::NAME, id }).await {
            Err(ReadError::Refused(refusal)) if refusal.code == NOT_FOUND => return Ok(None),
            read => read?,
        };
        match entity_of(&body)
            .filter(|entity| entity.id() == Some(id))
            .and_then(|entity| entity.of().cloned())
        {
            Some(record) => Ok(Some(record)),
            None => Err(ModelError::Missing { what: K::NAME, field: "Id" }.into()),
        }
    }

    /// Returns the document or list entry of this id, of a kind that is known when the program runs; `None` when QuickBooks says that
    /// it has none (fault 610). Read by its id, and not by a query, which may lag behind the books.
    ///
    /// # Errors
    /// [`ReadError::Unreadable`] when the answer is another record; else as every read. Nothing was posted.
    pub async fn read_by_id(&self, kind: EntityKind, id: &str) -> Result<Option<Answer>, ReadError> {
        let body = match self.read(Operation::Record { entity: kind.name(), id }).await {
            Err(ReadError::Refused(refusal)) if refusal.code == NOT_FOUND => return Ok(None),
            read => read?,
        };
        let answer = Answer::read(kind, body.value)?;
        if answer.id == id {
            Ok(Some(answer))
        } else {
            Err(ModelError::Missing { what: kind.name(), field: "Id" }.into())
        }
    }

    /// Changes members of one record: exactly one attempt. The outcome says whether the books changed, and when they did
    /// brings the record as it now stands; dropping the future leaves that unknown.
    pub async fn update<K: Kind + Clone>(
        &self,
        update: &Update<K>,
        request_id: &RequestId,
    ) -> WriteOutcome<K> {
        self.change(update.version(), Change::Update, &update.to_json(), request_id, None).await
    }

    /// Changes members of one record as [`update`](Client::update) does, without waiting for the limits: the admission has
    /// ([`admit`](Client::admit)).
    pub async fn update_admitted<K: Kind + Clone>(
        &self,
        admission: Admission,
        update: &Update<K>,
        request_id: &RequestId,
    ) -> WriteOutcome<K> {
        self.change(update.version(), Change::Update, &update.to_json(), request_id, Some(admission)).await
    }

    /// Voids one document: exactly one attempt. Its amounts become zero, its number and date stay; what it settled is open
    /// again. The outcome is as for [`update`](Client::update).
    pub async fn void<K: Voidable + Clone>(
        &self,
        version: &Version<K>,
        request_id: &RequestId,
    ) -> WriteOutcome<K> {
        let (how, body) = void(version);
        self.change(version, how, &body, request_id, None).await
    }

    /// Deletes one document for good: exactly one attempt. QuickBooks refuses it while other documents are linked with it.
    /// The outcome says whether the books changed.
    pub async fn delete<K: Deletable>(
        &self,
        version: &Version<K>,
        request_id: &RequestId,
    ) -> WriteOutcome<Gone> {
        let body = version.to_json();
        let operation = Operation::Change { entity: K::NAME, how: Change::Delete, body: &body, request_id };
        self.write(operation, None, |body| gone_of::<K>(&body, version.id())).await
    }

    /// Changes, voids or deletes one document of a kind that is known when the program runs: exactly one attempt, without waiting
    /// for the limits, since the admission has ([`admit`](Client::admit)). The outcome brings the document as it now stands, and
    /// nothing once it is deleted.
    pub async fn alter_admitted(
        &self,
        admission: Admission,
        alteration: &Alteration,
        request_id: &RequestId,
    ) -> WriteOutcome<Option<Answer>> {
        let (kind, id) = (alteration.document(), alteration.id());
        let how = match alteration.kind() {
            AlterationKind::Update => Change::Update,
            AlterationKind::Delete => Change::Delete,
            AlterationKind::Void if kind == EntityKind::Invoice => Change::Void,
            AlterationKind::Void => Change::VoidingUpdate,
        };
        let body = alteration.body().as_bytes();
        let operation = Operation::Change { entity: kind.name(), how, body, request_id };
        let is_deletion = how == Change::Delete;
        self.write(operation, Some(admission), |body| {
            if is_deletion {
                deleted_id(&body, kind.name()).filter(|found| found == id).map(|_| None)
            } else {
                Answer::read(kind, body.value).ok().filter(|answer| answer.id == id).map(Some)
            }
        })
        .await
    }

    /// Returns an invoice as QuickBooks prints it: the bytes of a PDF of at most 32 MiB.
    ///
    /// # Errors
    /// [`ReadError::Failed`] when the answer is not a whole PDF; [`ReadError::Refused`] when there is no such invoice (fault
    /// 610); else as every read. Nothing was posted.
    pub async fn invoice_pdf(&self, id: &Id<qb_model::Invoice>) -> Result<Vec<u8>, ReadError> {
        Ok(self.read(Operation::Pdf { entity: Invoice::NAME, id: id.as_str() }).await?.bytes)
    }

    async fn change<K: Kind + Clone>(
        &self,
        version: &Version<K>,
        how: Change,
        body: &[u8],
        request_id: &RequestId,
        admission: Option<Admission>,
    ) -> WriteOutcome<K> {
        let operation = Operation::Change { entity: K::NAME, how, body, request_id };
        self.write(operation, admission, |body| record_of::<K>(&body, version.id())).await
    }
}

/// How a version is voided, and the body that does it.
pub(crate) fn void<K: Voidable>(version: &Version<K>) -> (Change, Vec<u8>) {
    if K::HAS_OPERATION {
        (Change::Void, version.to_json())
    } else {
        (Change::VoidingUpdate, version.to_sparse_json())
    }
}

/// The record of that kind and id in an answer, with the token of its new version; nothing else answers a write.
pub(crate) fn record_of<K: Kind + Clone>(body: &Body, id: &str) -> Option<K> {
    let record = entity_of(body)?.of::<K>().cloned()?;
    Version::of(&record).is_ok_and(|version| version.id() == id).then_some(record)
}

/// What an answer says is deleted, when it is this id.
pub(crate) fn gone_of<K: Kind>(body: &Body, id: &str) -> Option<Gone> {
    deleted_id(body, K::NAME).filter(|found| found == id).map(|id| Gone { id })
}

/// The id that an answer says is deleted of a kind.
fn deleted_id(body: &Body, kind: &str) -> Option<String> {
    match entity_of(body)? {
        Entity::Deleted(name, stub) if name == kind => Some(stub.id.get()?.as_str().to_owned()),
        _ => None,
    }
}

fn entity_of(body: &Body) -> Option<Entity> {
    match Payload::read(&body.bytes) {
        Ok(Payload::Answer(answer)) => {
            let EntityAnswer { entity, .. } = *answer;
            entity
        }
        _ => None,
    }
}
