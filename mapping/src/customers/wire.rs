//! QuickBooks' bodies into the planner's shape, and out of it.
//!
//! ```text
//! GivenName, FamilyName, CompanyName, Title        first name, last name, company, title
//! PrimaryEmailAddr.Address, PrimaryPhone           e-mail, phone
//! BillAddr, ShipAddr                               addresses, each one field
//! CustomerTypeRef                                  type, by the name of the list of types
//! Active, Taxable                                  in use; exempt where it says false
//! Notes: "Point of sale: 1651/c-77"                our key
//! ```

use std::collections::BTreeMap;

use pos_model::raw::Address;
use pos_model::{CustomerField, Money};
use qb_model::parts::{CustomText, CustomTextType, EmailAddress, PhysicalAddress, TelephoneNumber};
use qb_model::received::{self, Field};
use qb_model::{CustomerType, Id};

use super::change::Edits;
use super::matching::DELETED;
use super::record::QuickBooksRecord;
use super::value::{FieldValue, Fields};
use crate::CustomerKey;

/// The lists of a company by which names stand for ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// The types of customers that are in use: name to id.
    pub types: BTreeMap<String, Id<CustomerType>>,
    /// The custom fields of customers: name to the id of the definition.
    pub custom_fields: BTreeMap<String, String>,
}

/// Returns a record that QuickBooks sent; none without an id, which is no record.
pub fn record_of(customer: &received::Customer, lists: &Lists) -> Option<QuickBooksRecord> {
    let id = customer.id.get()?.clone();
    let mut fields = Fields::default();
    // QuickBooks appends to the names of inactive records; that says nothing.
    let plain = |text: &Field<String>| {
        text.as_str().map(|text| text.strip_suffix(DELETED).unwrap_or(text).to_owned())
    };
    for (field, text) in [
        (CustomerField::Title, plain(&customer.title)),
        (CustomerField::FirstName, plain(&customer.given_name)),
        (CustomerField::LastName, plain(&customer.family_name)),
        (CustomerField::Company, plain(&customer.company_name)),
        (CustomerField::Email, customer.primary_email_addr.get().and_then(|email| plain(&email.address))),
        (CustomerField::Phone, customer.primary_phone.get().and_then(|phone| plain(&phone.free_form_number))),
        (CustomerField::Type, type_name(customer, lists)),
    ] {
        fields.set_text(field, text.as_deref());
    }
    fields.set(CustomerField::Address, customer.bill_addr.get().and_then(address_of));
    fields.set(CustomerField::ShippingAddress, customer.ship_addr.get().and_then(address_of));
    for field in customer.custom_field.iter() {
        let named =
            lists.custom_fields.iter().find(|(_, id)| field.definition_id.as_str() == Some(id.as_str()));
        let name = named.map(|(name, _)| name.as_str()).or(field.name.as_str());
        if let Some(name) = name {
            fields.set_text(CustomerField::Custom(name.to_owned()), field.string_value.as_str());
        }
    }
    // QuickBooks leaves both out of some answers: then it is in use, and taxed.
    fields.set(CustomerField::State, Some(FieldValue::Flag(customer.active.copied() != Some(false))));
    fields.set(CustomerField::TaxExempt, Some(FieldValue::Flag(customer.taxable.copied() == Some(false))));
    Some(QuickBooksRecord {
        id,
        sync_token: customer.sync_token.as_str().map(str::to_owned),
        display_name: plain(&customer.display_name).unwrap_or_default(),
        fields,
        parent: customer.parent_ref.id().cloned(),
        our_key: customer.notes.as_str().and_then(CustomerKey::noted),
        currency: customer.currency_ref.id().map(|id| id.as_str().to_owned()),
        balance_with_jobs: customer.balance_with_jobs.copied().and_then(Money::exact),
        changed_at: customer.meta_data.get().and_then(|meta| meta.last_updated_time.copied()),
    })
}

fn type_name(customer: &received::Customer, lists: &Lists) -> Option<String> {
    let id = customer.customer_type_ref.id()?;
    let named = lists.types.iter().find(|(_, known)| *known == id).map(|(name, _)| name.clone());
    named.or_else(|| customer.customer_type_ref.name().map(str::to_owned))
}

fn address_of(address: &received::Address) -> Option<FieldValue> {
    let text = |field: &Field<String>| field.as_str().map(str::to_owned);
    let lines = [&address.line1, &address.line2, &address.line3, &address.line4, &address.line5];
    FieldValue::Address(Address {
        lines: lines.into_iter().filter_map(text).collect(),
        city: text(&address.city),
        region: text(&address.country_sub_division_code),
        postal_code: text(&address.postal_code),
        country: text(&address.country),
    })
    .cleaned()
}

/// Returns the body of a record new to QuickBooks. Its notes carry our key, by which it is found when the log is lost. A type or a
/// custom field that the lists lack is left out: the planner gives none.
#[must_use]
pub fn new_record(
    customer: &CustomerKey,
    display_name: &str,
    fields: &Fields,
    lists: &Lists,
) -> qb_model::Customer {
    let text = |field| fields.text(&field).map(str::to_owned);
    let address = |field| match fields.get(&field) {
        Some(FieldValue::Address(address)) => Some(physical(address)),
        _ => None,
    };
    let custom_field = fields.iter().filter_map(|(field, value)| {
        let CustomerField::Custom(name) = field else { return None };
        Some(CustomText {
            definition_id: lists.custom_fields.get(name)?.clone(),
            name: name.clone(),
            r#type: CustomTextType::StringType,
            string_value: value.as_text()?.to_owned(),
        })
    });
    qb_model::Customer {
        display_name: display_name.to_owned(),
        title: text(CustomerField::Title),
        given_name: text(CustomerField::FirstName),
        family_name: text(CustomerField::LastName),
        company_name: text(CustomerField::Company),
        notes: Some(customer.note()),
        primary_email_addr: text(CustomerField::Email).map(|address| EmailAddress { address }),
        primary_phone: text(CustomerField::Phone)
            .map(|free_form_number| TelephoneNumber { free_form_number }),
        bill_addr: address(CustomerField::Address),
        ship_addr: address(CustomerField::ShippingAddress),
        customer_type_ref: text(CustomerField::Type)
            .and_then(|name| lists.types.get(&name))
            .map(|id| id.clone().into()),
        custom_field: custom_field.collect(),
        ..qb_model::Customer::default()
    }
}

fn physical(address: &Address) -> PhysicalAddress {
    let mut lines = address.lines.iter().cloned();
    PhysicalAddress {
        line1: lines.next(),
        line2: lines.next(),
        line3: lines.next(),
        line4: lines.next(),
        line5: lines.next(),
        city: address.city.clone(),
        country_sub_division_code: address.region.clone(),
        postal_code: address.postal_code.clone(),
        country: address.country.clone(),
    }
}

/// Lays edits over a record as QuickBooks sent it, so that the difference of the two is the sparse update. An emptied text is an
/// empty text, for a member that is left out keeps its value; an address has each of its parts.
pub fn lay_over(edits: &Edits, record: &mut received::Customer, lists: &Lists) {
    for (field, value) in edits {
        let text = || value.as_ref().and_then(FieldValue::as_text).unwrap_or_default().to_owned();
        match field {
            CustomerField::Title => record.title = text().into(),
            CustomerField::FirstName => record.given_name = text().into(),
            CustomerField::LastName => record.family_name = text().into(),
            CustomerField::Company => record.company_name = text().into(),
            CustomerField::Email => {
                let mut email = record.primary_email_addr.get().cloned().unwrap_or_default();
                email.address = text().into();
                record.primary_email_addr = email.into();
            }
            CustomerField::Phone => {
                let mut phone = record.primary_phone.get().cloned().unwrap_or_default();
                phone.free_form_number = text().into();
                record.primary_phone = phone.into();
            }
            CustomerField::Address => {
                record.bill_addr = addressed(value.as_ref(), record.bill_addr.get()).into()
            }
            CustomerField::ShippingAddress => {
                record.ship_addr = addressed(value.as_ref(), record.ship_addr.get()).into();
            }
            CustomerField::Type => {
                if let Some(id) = lists.types.get(&text()) {
                    record.customer_type_ref = received::Reference::from(id.clone()).into();
                }
            }
            CustomerField::State => {
                record.active = (*value != Some(FieldValue::Flag(false))).into();
            }
            // It comes from QuickBooks and never goes there.
            CustomerField::TaxExempt => {}
            CustomerField::Custom(name) => {
                let Some(id) = lists.custom_fields.get(name) else { continue };
                let mut fields: Vec<received::CustomField> = record.custom_field.to_vec();
                fields.retain(|field| field.definition_id.as_str() != Some(id.as_str()));
                let mut field = received::CustomField::default();
                field.definition_id = id.clone().into();
                field.name = name.clone().into();
                field.field_type = "StringType".to_owned().into();
                field.string_value = text().into();
                fields.push(field);
                record.custom_field = fields.into();
            }
        }
    }
}

/// Returns the edits that a sparse update says, read back from its body: what [`lay_over`] has laid over the record.
#[must_use]
pub fn edits_of(update: &received::Customer, lists: &Lists) -> Edits {
    let Some(record) = record_of(update, lists) else { return Edits::new() };
    let has = |field: &Field<String>| field.get().is_some();
    let named = [
        (CustomerField::Title, has(&update.title)),
        (CustomerField::FirstName, has(&update.given_name)),
        (CustomerField::LastName, has(&update.family_name)),
        (CustomerField::Company, has(&update.company_name)),
        (CustomerField::Email, update.primary_email_addr.get().is_some()),
        (CustomerField::Phone, update.primary_phone.get().is_some()),
        (CustomerField::Address, update.bill_addr.get().is_some()),
        (CustomerField::ShippingAddress, update.ship_addr.get().is_some()),
        (CustomerField::Type, update.customer_type_ref.id().is_some()),
        (CustomerField::State, update.active.get().is_some()),
    ];
    let mut edits: Edits = named
        .into_iter()
        .filter(|(_, is_named)| *is_named)
        .map(|(field, _)| (field.clone(), record.fields.get(&field).cloned()))
        .collect();
    for field in update.custom_field.iter() {
        let id = field.definition_id.as_str();
        let named = lists.custom_fields.iter().find(|(_, known)| id == Some(known.as_str()));
        if let Some((name, _)) = named {
            let field = CustomerField::Custom(name.clone());
            edits.insert(field.clone(), record.fields.get(&field).cloned());
        }
    }
    edits
}

/// An address of QuickBooks with every part said, its own id kept.
fn addressed(value: Option<&FieldValue>, old: Option<&received::Address>) -> received::Address {
    let blank = Address::default();
    let address = match value {
        Some(FieldValue::Address(address)) => address,
        _ => &blank,
    };
    let line = |i: usize| Field::from(address.lines.get(i).cloned().unwrap_or_default());
    let part = |part: &Option<String>| Field::from(part.clone().unwrap_or_default());
    let mut new = received::Address::default();
    new.id = old.map(|old| old.id.clone()).unwrap_or_default();
    [new.line1, new.line2, new.line3, new.line4, new.line5] = [line(0), line(1), line(2), line(3), line(4)];
    new.city = part(&address.city);
    new.country_sub_division_code = part(&address.region);
    new.postal_code = part(&address.postal_code);
    new.country = part(&address.country);
    new
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use qb_model::Update;
    use qb_model::received::Record;

    use super::*;

    fn lists() -> Lists {
        Lists {
            types: BTreeMap::from([("Wholesale".to_owned(), Id::new("5000000000000003466").unwrap())]),
            custom_fields: BTreeMap::from([("Birthday".to_owned(), "1000000010".to_owned())]),
        }
    }

    fn read(json: &str) -> received::Customer {
        received::Customer::read(json.parse().unwrap()).unwrap()
    }

    fn sara() -> received::Customer {
        read(
            r#"{"Id":"58","SyncToken":"3","DisplayName":"Edward, Sara (deleted)","GivenName":"Sara","FamilyName":"Edward",
            "CompanyName":"Acme Bikes (deleted)","PrimaryEmailAddr":{"Address":"sara@example.com"},
            "PrimaryPhone":{"FreeFormNumber":"(617) 555-0101"},"Active":false,"Taxable":false,
            "BillAddr":{"Id":"9","Line1":"1 Elm St","Line2":" ","City":"Salem","CountrySubDivisionCode":"MA","PostalCode":"01970"},
            "CustomerTypeRef":{"value":"5000000000000003466"},"CurrencyRef":{"value":"USD"},"BalanceWithJobs":160.00,
            "CustomField":[{"DefinitionId":"1000000010","Type":"StringType","StringValue":"3 May"}],
            "Notes":"Point of sale: 1651/c-77","ParentRef":{"value":"12"},
            "MetaData":{"LastUpdatedTime":"2026-02-03T10:15:00-08:00"}}"#,
        )
    }

    #[test]
    fn f_14_a_record_is_read_into_the_shared_fields() {
        let record = record_of(&sara(), &lists()).unwrap();
        let text = |field| record.fields.text(&field);
        assert_eq!(text(CustomerField::FirstName), Some("Sara"));
        assert_eq!(text(CustomerField::Company), Some("Acme Bikes"));
        assert_eq!(text(CustomerField::Email), Some("sara@example.com"));
        assert_eq!(text(CustomerField::Type), Some("Wholesale"));
        assert_eq!(text(CustomerField::Custom("Birthday".to_owned())), Some("3 May"));
        assert!(!record.is_active() && record.fields.flag(&CustomerField::TaxExempt));
        let address = serde_json::to_value(record.fields.get(&CustomerField::Address)).unwrap();
        let expected = serde_json::json!({
            "lines": ["1 Elm St"], "city": "Salem", "region": "MA", "postal_code": "01970"
        });
        assert_eq!(address, expected);
        assert_eq!(record.display_name, "Edward, Sara");
        assert_eq!(record.our_key.unwrap().to_string(), "1651/c-77");
        assert_eq!(record.balance_with_jobs, Some(Money::from_cents(16_000).unwrap()));
        assert_eq!(record.parent.unwrap().as_str(), "12");
        let bare = record_of(&read(r#"{"Id":"59","DisplayName":"B"}"#), &lists()).unwrap();
        assert!(bare.is_active() && !bare.fields.flag(&CustomerField::TaxExempt));
        assert_eq!(record_of(&read(r#"{"DisplayName":"no id"}"#), &lists()), None);
    }

    /// What is laid over a record reads back as it was meant, field by field, and touches nothing else.
    #[test]
    fn f_14_an_update_says_what_is_emptied() {
        let before = record_of(&sara(), &lists()).unwrap();
        let address = FieldValue::Address(Address { city: Some("Boston".to_owned()), ..Address::default() });
        let text = |text: &str| Some(FieldValue::Text(text.to_owned()));
        for (field, value) in [
            (CustomerField::Title, text("Dr")),
            (CustomerField::FirstName, None),
            (CustomerField::LastName, text("Edwards")),
            (CustomerField::Company, None),
            (CustomerField::Email, None),
            (CustomerField::Email, text("s@example.org")),
            (CustomerField::Phone, None),
            (CustomerField::Address, None),
            (CustomerField::Address, Some(address.clone())),
            (CustomerField::ShippingAddress, Some(address)),
            (CustomerField::State, Some(FieldValue::Flag(true))),
            (CustomerField::Custom("Birthday".to_owned()), None),
            (CustomerField::Custom("Birthday".to_owned()), text("4 May")),
        ] {
            let mut record = sara();
            lay_over(&Edits::from([(field.clone(), value.clone())]), &mut record, &lists());
            // Written and read, as it goes over the wire.
            let after = record_of(&read(&record.write().to_string()), &lists()).unwrap();
            let mut expected = before.clone();
            expected.fields.set(field.clone(), value.clone());
            assert_eq!(after, expected, "{field}");
            // A log of what was sent says what was meant.
            let update = Update::between(&sara(), &record).unwrap().to_json();
            let said = edits_of(&read(std::str::from_utf8(&update).unwrap()), &lists());
            let is_change = before.fields.get(&field) != value.as_ref();
            assert_eq!(said, Edits::from_iter(is_change.then_some((field, value))));
        }
    }

    #[test]
    fn f_03_a_new_record_carries_its_fields_and_our_key() {
        let mut fields = record_of(&sara(), &lists()).unwrap().fields;
        let key: CustomerKey = "1651/c-77".parse().unwrap();
        let body = new_record(&key, "Acme Bikes", &fields, &lists());
        let sent = serde_json::to_string(&body).unwrap();
        let mut answer = read(&sent);
        answer.id = Id::new("60").unwrap().into();
        let back = record_of(&answer, &lists()).unwrap();
        fields.set(CustomerField::State, Some(FieldValue::Flag(true)));
        fields.set(CustomerField::TaxExempt, Some(FieldValue::Flag(false)));
        assert_eq!(back.fields, fields);
        assert_eq!((back.display_name.as_str(), back.our_key), ("Acme Bikes", Some(key)));
    }
}
