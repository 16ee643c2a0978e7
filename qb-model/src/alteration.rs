//! Changes of documents whose kind is known when the program runs, not when it is built: what an engine writes down and sends.
//!
//! [`Update`](crate::Update), [`Voidable`](crate::Voidable) and [`Deletable`](crate::Deletable) say the same of a kind that the
//! compiler knows. Neighbours: `update.rs`, `answer.rs` (what was read), `qb-client` (carries the bytes).

use std::fmt;

use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::create::Create;
use crate::error::ModelError;
use crate::kind::EntityKind;

/// How a document is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlterationKind {
    /// Its amounts become zero; number and date stay, and what it settled is open again.
    Void,
    /// It is taken away for good. QuickBooks refuses that while other documents are linked with it.
    Delete,
    /// Its members are given these values, its lines as a whole.
    Update,
}

/// One change of the version of a document that was read.
///
/// ```
/// use qb_model::engine::Alteration;
/// use qb_model::{Answer, EntityKind};
///
/// let read = serde_json::json!({"Id": "145", "SyncToken": "3", "TotalAmt": 20});
/// let memo = Answer::read(EntityKind::CreditMemo, read)?;
/// assert!(Alteration::void(&memo).is_none(), "QuickBooks has no void of credit memos");
/// let alteration = Alteration::delete(&memo);
/// assert_eq!(alteration.body(), r#"{"Id":"145","SyncToken":"3"}"#);
/// # Ok::<(), qb_model::ModelError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Alteration {
    document: EntityKind,
    id: String,
    kind: AlterationKind,
    body: String,
}

impl Alteration {
    /// Returns whether QuickBooks voids documents of this kind.
    #[must_use]
    pub const fn can_void(document: EntityKind) -> bool {
        matches!(document, EntityKind::Invoice | EntityKind::Payment | EntityKind::SalesReceipt)
    }

    /// Returns the void of a document; none of a kind that QuickBooks does not void.
    #[must_use]
    pub fn void(document: &Answer) -> Option<Self> {
        if !Self::can_void(document.kind) {
            return None;
        }
        let mut members = version(document);
        // Only an invoice has an operation of its own; the others are voided by an update that says so.
        if document.kind != EntityKind::Invoice {
            members.insert("sparse".to_owned(), Value::Bool(true));
        }
        Some(Self::new(document, AlterationKind::Void, members))
    }

    /// Returns the deletion of a document.
    #[must_use]
    pub fn delete(document: &Answer) -> Self {
        Self::new(document, AlterationKind::Delete, version(document))
    }

    /// Returns the change that gives a document what it was created with: every member of that body, its lines as a whole. What
    /// was never sent stays as it is.
    ///
    /// # Errors
    /// [`ModelError::Json`] when what was sent cannot be written.
    pub fn restore(document: &Answer, sent: &Create) -> Result<Self, ModelError> {
        let what = document.kind.name();
        let body = sent.to_json().and_then(|body| serde_json::from_slice(&body));
        let value: Value = body.map_err(|source| ModelError::Json { what, source })?;
        let Value::Object(mut members) = value else { return Err(ModelError::unreadable(what, "body")) };
        members.extend(version(document));
        members.insert("sparse".to_owned(), Value::Bool(true));
        // An empty list takes lines away; one that is left out keeps them.
        members.entry("Line").or_insert_with(|| Value::Array(Vec::new()));
        Ok(Self::new(document, AlterationKind::Update, members))
    }

    fn new(document: &Answer, kind: AlterationKind, members: Map<String, Value>) -> Self {
        let (id, body) = (document.id.clone(), Value::Object(members).to_string());
        Self { document: document.kind, id, kind, body }
    }

    /// Returns the kind of the document.
    #[must_use]
    pub const fn document(&self) -> EntityKind {
        self.document
    }

    /// Returns QuickBooks' id of the document.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns how it is changed.
    #[must_use]
    pub const fn kind(&self) -> AlterationKind {
        self.kind
    }

    /// Returns the body as it is sent: the same for the same change of the same version.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl fmt::Debug for Alteration {
    /// Without the body, which may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { document, id, kind, body } = self;
        f.debug_struct("Alteration")
            .field("document", document)
            .field("id", id)
            .field("kind", kind)
            .field("body_bytes", &body.len())
            .finish()
    }
}

fn version(document: &Answer) -> Map<String, Value> {
    let text = |text: &str| Value::String(text.to_owned());
    Map::from_iter([
        ("Id".to_owned(), text(&document.id)),
        ("SyncToken".to_owned(), text(&document.sync_token)),
    ])
}
