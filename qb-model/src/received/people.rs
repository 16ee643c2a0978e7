//! Names: customers, suppliers, employees.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::field::Field;
use super::list::List;
use super::lists::Term;
use super::parts::{Address, CustomField, Email, Telephone, WebAddress};
use super::record::entity_record;
use super::reference::{Currency, Reference};
use super::words::DeliveryMethod;
use crate::{Account, PaymentMethod, TaxCode};

entity_record! {
    /// A customer, or a job or project of one.
    Customer: crate::Customer {
        /// The name that everything else goes by; unique among customers, suppliers and employees.
        display_name: Field<String> = "DisplayName",
        /// How the person is addressed.
        title: Field<String> = "Title",
        /// First name.
        given_name: Field<String> = "GivenName",
        /// Middle name.
        middle_name: Field<String> = "MiddleName",
        /// Last name.
        family_name: Field<String> = "FamilyName",
        /// What follows the name.
        suffix: Field<String> = "Suffix",
        /// The name on a check.
        print_on_check_name: Field<String> = "PrintOnCheckName",
        /// Whether the entry can be used.
        active: Field<bool> = "Active",
        /// The telephone number.
        primary_phone: Field<Telephone> = "PrimaryPhone",
        /// Another number.
        alternate_phone: Field<Telephone> = "AlternatePhone",
        /// The number of a mobile telephone.
        mobile: Field<Telephone> = "Mobile",
        /// The number of a fax.
        fax: Field<Telephone> = "Fax",
        /// The e-mail address.
        primary_email_addr: Field<Email> = "PrimaryEmailAddr",
        /// The page on the web.
        web_addr: Field<WebAddress> = "WebAddr",
        /// A name that stands for the person in newer answers.
        v4id_pseudonym: Field<String> = "V4IDPseudonym",
        /// The company.
        company_name: Field<String> = "CompanyName",
        /// `Parent:Child` of one below another.
        fully_qualified_name: Field<String> = "FullyQualifiedName",
        /// The customer above.
        parent_ref: Field<Reference<crate::Customer>> = "ParentRef",
        /// Whether it stands below another.
        job: Field<bool> = "Job",
        /// Whether it is a project.
        is_project: Field<bool> = "IsProject",
        /// How deep it stands; 0 at the top.
        level: Field<i64> = "Level",
        /// Whether the one above is billed.
        bill_with_parent: Field<bool> = "BillWithParent",
        /// The customer at the top.
        root_customer_ref: Field<Reference<crate::Customer>> = "RootCustomerRef",
        /// Where it is billed.
        bill_addr: Field<Address> = "BillAddr",
        /// Where goods go.
        ship_addr: Field<Address> = "ShipAddr",
        /// What is known of it.
        notes: Field<String> = "Notes",
        /// What the customer owes; negative for a credit.
        balance: Field<Decimal> = "Balance",
        /// The same with everything below.
        balance_with_jobs: Field<Decimal> = "BalanceWithJobs",
        /// The day of the balance that it was made with.
        open_balance_date: Field<NaiveDate> = "OpenBalanceDate",
        /// How much it may owe.
        credit_limit: Field<Decimal> = "CreditLimit",
        /// Whether it is taxed.
        taxable: Field<bool> = "Taxable",
        /// The tax code that it is given.
        default_tax_code_ref: Field<Reference<TaxCode>> = "DefaultTaxCodeRef",
        /// Why it is not taxed.
        tax_exemption_reason_id: Field<String> = "TaxExemptionReasonId",
        /// Its number as a reseller.
        resale_num: Field<String> = "ResaleNum",
        /// Its number with the tax authority.
        primary_tax_identifier: Field<String> = "PrimaryTaxIdentifier",
        /// The terms of payment.
        sales_term_ref: Field<Reference<Term>> = "SalesTermRef",
        /// How it pays.
        payment_method_ref: Field<Reference<PaymentMethod>> = "PaymentMethodRef",
        /// How it wants documents.
        preferred_delivery_method: Field<DeliveryMethod> = "PreferredDeliveryMethod",
        /// What kind of customer it is.
        customer_type_ref: Field<Reference<crate::CustomerType>> = "CustomerTypeRef",
        /// Its currency.
        currency_ref: Field<Reference<Currency>> = "CurrencyRef",
        /// The accounts receivable account that it stands on.
        ar_account_ref: Field<Reference<Account>> = "ARAccountRef",
        /// An id that a client gave it.
        client_entity_id: Field<String> = "ClientEntityId",
        /// Its custom fields.
        custom_field: List<CustomField> = "CustomField",
    }
}

entity_record! {
    /// A kind of customer.
    CustomerType: crate::CustomerType {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it can be used.
        active: Field<bool> = "Active",
    }
}

entity_record! {
    /// A supplier.
    Vendor: crate::Vendor {
        /// The name that everything else goes by; unique among customers, suppliers and employees.
        display_name: Field<String> = "DisplayName",
        /// How the person is addressed.
        title: Field<String> = "Title",
        /// First name.
        given_name: Field<String> = "GivenName",
        /// Middle name.
        middle_name: Field<String> = "MiddleName",
        /// Last name.
        family_name: Field<String> = "FamilyName",
        /// What follows the name.
        suffix: Field<String> = "Suffix",
        /// The name on a check.
        print_on_check_name: Field<String> = "PrintOnCheckName",
        /// Whether the entry can be used.
        active: Field<bool> = "Active",
        /// The telephone number.
        primary_phone: Field<Telephone> = "PrimaryPhone",
        /// Another number.
        alternate_phone: Field<Telephone> = "AlternatePhone",
        /// The number of a mobile telephone.
        mobile: Field<Telephone> = "Mobile",
        /// The number of a fax.
        fax: Field<Telephone> = "Fax",
        /// The e-mail address.
        primary_email_addr: Field<Email> = "PrimaryEmailAddr",
        /// The page on the web.
        web_addr: Field<WebAddress> = "WebAddr",
        /// A name that stands for the person in newer answers.
        v4id_pseudonym: Field<String> = "V4IDPseudonym",
        /// The company.
        company_name: Field<String> = "CompanyName",
        /// Its address.
        bill_addr: Field<Address> = "BillAddr",
        /// What it is owed; negative when it owes.
        balance: Field<Decimal> = "Balance",
        /// The number that it gave the company.
        acct_num: Field<String> = "AcctNum",
        /// The terms of payment.
        term_ref: Field<Reference<Term>> = "TermRef",
        /// Whether it is told to the tax authority on form 1099.
        vendor_1099: Field<bool> = "Vendor1099",
        /// Its number with the tax authority, masked.
        tax_identifier: Field<String> = "TaxIdentifier",
        /// What its hour is charged at.
        bill_rate: Field<Decimal> = "BillRate",
        /// What its hour costs.
        cost_rate: Field<Decimal> = "CostRate",
        /// The accounts payable account that it stands on.
        ap_account_ref: Field<Reference<Account>> = "APAccountRef",
        /// Its currency.
        currency_ref: Field<Reference<Currency>> = "CurrencyRef",
        /// What is known of it.
        notes: Field<String> = "Notes",
        /// An id that a client gave it.
        client_entity_id: Field<String> = "ClientEntityId",
    }
}

entity_record! {
    /// An employee.
    Employee: Employee {
        /// The name that everything else goes by; unique among customers, suppliers and employees.
        display_name: Field<String> = "DisplayName",
        /// How the person is addressed.
        title: Field<String> = "Title",
        /// First name.
        given_name: Field<String> = "GivenName",
        /// Middle name.
        middle_name: Field<String> = "MiddleName",
        /// Last name.
        family_name: Field<String> = "FamilyName",
        /// What follows the name.
        suffix: Field<String> = "Suffix",
        /// The name on a check.
        print_on_check_name: Field<String> = "PrintOnCheckName",
        /// Whether the entry can be used.
        active: Field<bool> = "Active",
        /// The telephone number.
        primary_phone: Field<Telephone> = "PrimaryPhone",
        /// Another number.
        alternate_phone: Field<Telephone> = "AlternatePhone",
        /// The number of a mobile telephone.
        mobile: Field<Telephone> = "Mobile",
        /// The number of a fax.
        fax: Field<Telephone> = "Fax",
        /// The e-mail address.
        primary_email_addr: Field<Email> = "PrimaryEmailAddr",
        /// The page on the web.
        web_addr: Field<WebAddress> = "WebAddr",
        /// A name that stands for the person in newer answers.
        v4id_pseudonym: Field<String> = "V4IDPseudonym",
        /// Its address.
        primary_addr: Field<Address> = "PrimaryAddr",
        /// Its number in the company.
        employee_number: Field<String> = "EmployeeNumber",
        /// Whether its time can be charged.
        billable_time: Field<bool> = "BillableTime",
        /// What its hour is charged at.
        bill_rate: Field<Decimal> = "BillRate",
        /// What its hour costs.
        cost_rate: Field<Decimal> = "CostRate",
        /// `Male`, `Female`.
        gender: Field<String> = "Gender",
        /// The day of birth.
        birth_date: Field<NaiveDate> = "BirthDate",
        /// The day of hire.
        hired_date: Field<NaiveDate> = "HiredDate",
        /// The day it left.
        released_date: Field<NaiveDate> = "ReleasedDate",
        /// The social security number, masked.
        ssn: Field<String> = "SSN",
        /// Whether it is an organization and no person.
        organization: Field<bool> = "Organization",
    }
}
