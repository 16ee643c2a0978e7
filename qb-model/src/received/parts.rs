//! What stands inside many entities: addresses, times, custom fields, links, pairs of name and value.

use chrono::{DateTime, FixedOffset};

use super::field::Field;
use super::list::List;
use super::record::record;
use super::reference::{Anything, Reference};
use crate::ids::Id;
use crate::kind::Entity as SentEntity;

record! {
    /// When a record was made and changed.
    MetaData {
        /// When it was made, with the company's offset.
        create_time: Field<DateTime<FixedOffset>> = "CreateTime",
        /// When it was last changed. May move while the sync token stays.
        last_updated_time: Field<DateTime<FixedOffset>> = "LastUpdatedTime",
        /// Who changed it last.
        last_modified_by_ref: Field<Reference<Anything>> = "LastModifiedByRef",
        /// Who made it.
        created_by_ref: Field<Reference<Anything>> = "CreatedByRef",
        /// When anybody changed it last, in some answers.
        last_changed_in_qb: Field<DateTime<FixedOffset>> = "LastChangedInQB",
    }
}

record! {
    /// A postal address. On a document it may come as free lines, whatever it was sent as.
    Address {
        /// The address' own id.
        id: Field<String> = "Id",
        /// First line.
        line1: Field<String> = "Line1",
        /// Second line.
        line2: Field<String> = "Line2",
        /// Third line.
        line3: Field<String> = "Line3",
        /// Fourth line.
        line4: Field<String> = "Line4",
        /// Fifth line.
        line5: Field<String> = "Line5",
        /// City.
        city: Field<String> = "City",
        /// Country, a name or a code.
        country: Field<String> = "Country",
        /// The country's code, in some answers.
        country_code: Field<String> = "CountryCode",
        /// State or province.
        country_sub_division_code: Field<String> = "CountrySubDivisionCode",
        /// Postal code.
        postal_code: Field<String> = "PostalCode",
        /// What follows a postal code.
        postal_code_suffix: Field<String> = "PostalCodeSuffix",
        /// Degrees north, or `INVALID`.
        lat: Field<String> = "Lat",
        /// Degrees east, or `INVALID`.
        long: Field<String> = "Long",
        /// A remark.
        note: Field<String> = "Note",
        /// What the address is for.
        tag: Field<String> = "Tag",
    }
}

record! {
    /// An e-mail address.
    Email {
        /// The address; several stand with commas between them.
        address: Field<String> = "Address",
        /// The entry's own id, in older answers.
        id: Field<String> = "Id",
        /// Whether it is the one to use.
        default: Field<bool> = "Default",
        /// What it is for.
        tag: Field<String> = "Tag",
    }
}

record! {
    /// A telephone number.
    Telephone {
        /// The number as a person wrote it.
        free_form_number: Field<String> = "FreeFormNumber",
        /// The entry's own id, in older answers.
        id: Field<String> = "Id",
        /// The kind of device, in older answers.
        device_type: Field<String> = "DeviceType",
        /// Whether it is the one to use.
        default: Field<bool> = "Default",
    }
}

record! {
    /// A page on the web.
    WebAddress {
        /// Its address.
        uri: Field<String> = "URI",
        /// The entry's own id, in older answers.
        id: Field<String> = "Id",
        /// Whether it is the one to use.
        default: Field<bool> = "Default",
    }
}

record! {
    /// A text that stands in an object of its own, such as a memo.
    Memo {
        /// The text.
        value: Field<String> = "value",
        /// A name, where the text is one of a list.
        name: Field<String> = "name",
        /// The entry's own id, in older answers.
        id: Field<String> = "id",
    }
}

record! {
    /// A custom field of a document, or the definition of one.
    CustomField {
        /// Which field it is: `1` to `3`, or a long id of an enhanced one.
        definition_id: Field<String> = "DefinitionId",
        /// What the company calls it.
        name: Field<String> = "Name",
        /// `StringType`, `BooleanType`, `NumberType` or `DateType`.
        field_type: Field<String> = "Type",
        /// Its value, when it is a text.
        string_value: Field<String> = "StringValue",
        /// Its value, when it is a yes or no.
        boolean_value: Field<bool> = "BooleanValue",
        /// Its value, when it is a number.
        number_value: Field<rust_decimal::Decimal> = "NumberValue",
        /// Its value, when it is a day.
        date_value: Field<chrono::NaiveDate> = "DateValue",
        /// Definitions inside a definition, in preferences.
        custom_field: List<CustomField> = "CustomField",
    }
}

record! {
    /// A link to another document.
    LinkedTxn {
        /// The id of the other document.
        txn_id: Field<String> = "TxnId",
        /// Its kind as QuickBooks' screens name it: `Invoice`, `Payment`, `Expense`, `Check`, `CreditCardCredit`.
        txn_type: Field<String> = "TxnType",
        /// The line of it that is meant; `0` for the whole.
        txn_line_id: Field<String> = "TxnLineId",
    }
}

impl LinkedTxn {
    /// Returns the id under its type, when the link is to an entity of that kind: `link.id_of::<qb_model::Invoice>()`.
    #[must_use]
    pub fn id_of<E: SentEntity>(&self) -> Option<Id<E>> {
        let is_of_kind = self.txn_type.as_str() == Some(E::KIND.name());
        self.txn_id.as_str().filter(|_| is_of_kind).and_then(|id| Id::new(id).ok())
    }
}

record! {
    /// A pair of a name and its value.
    NameValue {
        /// The name.
        name: Field<String> = "Name",
        /// The value.
        value: Field<String> = "Value",
    }
}

record! {
    /// Pairs of names and values that QuickBooks adds in the form of its Java classes. Never to be sent back.
    Extension {
        /// The pairs.
        any: List<ExtensionItem> = "any",
    }
}

record! {
    /// One pair of an [`Extension`].
    ExtensionItem {
        /// The XML name it has inside QuickBooks.
        name: Field<String> = "name",
        /// A Java class.
        declared_type: Field<String> = "declaredType",
        /// A Java class.
        scope: Field<String> = "scope",
        /// The pair itself.
        value: Field<NameValue> = "value",
        /// Whether it is nothing.
        nil: Field<bool> = "nil",
        /// Of the Java class.
        global_scope: Field<bool> = "globalScope",
        /// Of the Java class.
        type_substituted: Field<bool> = "typeSubstituted",
    }
}

record! {
    /// A dimension that newer companies add to lines.
    CustomExtension {
        /// `DIMENSION`.
        extension_type: Field<String> = "ExtensionType",
        /// What is chosen in it.
        associated_values: List<AssociatedValue> = "AssociatedValues",
    }
}

record! {
    /// A value of a [`CustomExtension`].
    AssociatedValue {
        /// Which dimension.
        key: Field<String> = "Key",
        /// The value chosen.
        value: Field<String> = "Value",
    }
}

record! {
    /// When and how a document was delivered.
    DeliveryInfo {
        /// `Email`.
        delivery_type: Field<String> = "DeliveryType",
        /// When.
        delivery_time: Field<DateTime<FixedOffset>> = "DeliveryTime",
    }
}
