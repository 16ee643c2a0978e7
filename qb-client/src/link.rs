//! Links that open a record in QuickBooks' own pages, for people.
//!
//! The form names the company and the page that follows the sign-in, so that the link opens the record in the right company
//! even when another one is open, or none. Integrators have traced it; no page of Intuit's documents it. Neighbour:
//! `base_url.rs`, which API belongs to which pages.

use crate::base_url::BaseUrl;
use crate::ids::{EntityName, RealmId};

/// Returns the address of a record in QuickBooks' pages; `None` for a kind that has no page of its own, and for an API that is
/// not Intuit's.
///
/// ```
/// use qb_client::{BaseUrl, RealmId, record_link};
/// use qb_model::EntityKind;
///
/// let realm = RealmId::new("9130347957983546")?;
/// assert_eq!(
///     record_link(&BaseUrl::Production, &realm, EntityKind::Invoice, "145").as_deref(),
///     Some("https://qbo.intuit.com/login?deeplinkcompanyid=9130347957983546&pagereq=invoice%3FtxnId%3D145"),
/// );
/// # Ok::<(), qb_client::ClientError>(())
/// ```
#[must_use]
pub fn record_link(base: &BaseUrl, realm: &RealmId, kind: impl Into<EntityName>, id: &str) -> Option<String> {
    let host = match base {
        BaseUrl::Production => "qbo.intuit.com",
        BaseUrl::Sandbox => "sandbox.qbo.intuit.com",
        BaseUrl::Custom(_) => return None,
    };
    let (page, parameter) = page(kind.into().as_str())?;
    // Ids of QuickBooks' are digits, or names of letters and underscores; nothing else goes into an address.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if id.is_empty() || !id.bytes().all(is_plain) {
        return None;
    }
    Some(format!("https://{host}/login?deeplinkcompanyid={realm}&pagereq={page}%3F{parameter}%3D{id}"))
}

/// The page of a kind, and what it calls the id.
fn page(kind: &str) -> Option<(&'static str, &'static str)> {
    let page = match kind {
        "Invoice" => "invoice",
        "Payment" => "recvpayment",
        "CreditMemo" => "creditmemo",
        "SalesReceipt" => "salesreceipt",
        "RefundReceipt" => "refundreceipt",
        "Estimate" => "estimate",
        "Bill" => "bill",
        "BillPayment" => "billpayment",
        "Purchase" => "expense",
        "PurchaseOrder" => "purchaseorder",
        "VendorCredit" => "vendorcredit",
        "JournalEntry" => "journal",
        "Deposit" => "deposit",
        "Transfer" => "transfer",
        "Customer" => return Some(("customerdetail", "nameId")),
        "Vendor" => return Some(("vendordetail", "nameId")),
        "Account" => return Some(("register", "accountId")),
        _ => return None,
    };
    Some((page, "txnId"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use qb_model::EntityKind;
    use qb_model::received::Deposit;

    use super::*;

    #[test]
    fn every_document_has_a_page_and_some_lists() {
        let realm = RealmId::new("9130").unwrap();
        let link = |kind: EntityName, id| record_link(&BaseUrl::Sandbox, &realm, kind, id);
        for kind in EntityKind::CREATED {
            let has_none = matches!(kind, EntityKind::Item | EntityKind::PaymentMethod);
            assert_eq!(link(kind.into(), "7").is_none(), has_none, "{kind}");
        }
        for (kind, expected) in [
            (EntityName::of::<Deposit>(), "pagereq=deposit%3FtxnId%3D7"),
            (EntityKind::Payment.into(), "pagereq=recvpayment%3FtxnId%3D7"),
            (EntityKind::Customer.into(), "pagereq=customerdetail%3FnameId%3D7"),
        ] {
            let expected = format!("https://sandbox.qbo.intuit.com/login?deeplinkcompanyid=9130&{expected}");
            assert_eq!(link(kind, "7"), Some(expected));
        }
    }

    #[test]
    fn nothing_but_an_id_goes_into_a_link() {
        let realm = RealmId::new("9130").unwrap();
        for id in ["", "7&x=1", "7%26", "../7", "é", "javascript:1"] {
            assert_eq!(record_link(&BaseUrl::Production, &realm, EntityKind::Invoice, id), None, "{id}");
        }
        let simulator = BaseUrl::loopback("http://127.0.0.1:1").unwrap();
        assert_eq!(record_link(&simulator, &realm, EntityKind::Invoice, "7"), None);
    }
}
