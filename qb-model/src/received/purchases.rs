//! Money spent, orders to suppliers, and costs to charge a customer.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::field::Field;
use super::line::Line;
use super::list::List;
use super::lists::Term;
use super::parts::{Address, CustomField, Email, Extension, LinkedTxn, Memo};
use super::record::entity_record;
use super::reference::{Anything, Currency, Party, Reference};
use super::tax::TxnTaxDetail;
use super::words::{EmailStatus, OrderStatus, PrintStatus, PurchaseType, TaxCalculation};
use crate::amount::Amount;
use crate::{Account, Class, Customer, Department, PaymentMethod, Vendor};

entity_record! {
    /// Money spent; QuickBooks' screens call it an expense, a check or a card charge.
    Purchase: crate::Purchase {
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// How it was paid.
        payment_type: Field<PurchaseType> = "PaymentType",
        /// The account that the money leaves.
        account_ref: Field<Reference<Account>> = "AccountRef",
        /// Who got it.
        entity_ref: Field<Reference<Party>> = "EntityRef",
        /// Whether a card was given money back.
        credit: Field<bool> = "Credit",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// Its tax.
        txn_tax_detail: Field<TxnTaxDetail> = "TxnTaxDetail",
        /// Its total.
        total_amt: Field<Amount> = "TotalAmt",
        /// Its total in the home currency.
        home_total_amt: Field<Decimal> = "HomeTotalAmt",
        /// How it was paid.
        payment_method_ref: Field<Reference<PaymentMethod>> = "PaymentMethodRef",
        /// The payment's own number.
        payment_ref_num: Field<String> = "PaymentRefNum",
        /// Whether a check was printed.
        print_status: Field<PrintStatus> = "PrintStatus",
        /// The address on a check.
        remit_to_addr: Field<Address> = "RemitToAddr",
        /// What kind QuickBooks' screens take it for.
        purchase_ex: Field<Extension> = "PurchaseEx",
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// Its custom fields.
        custom_field: List<CustomField> = "CustomField",
        /// A remark that the other side does not see.
        private_note: Field<String> = "PrivateNote",
        /// The location.
        department_ref: Field<Reference<Department>> = "DepartmentRef",
        /// The class, where documents have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
        /// Its currency.
        currency_ref: Field<Reference<Currency>> = "CurrencyRef",
        /// How much of the home currency one of its currency is.
        exchange_rate: Field<Decimal> = "ExchangeRate",
        /// Whether amounts hold the tax, outside the United States.
        global_tax_calculation: Field<TaxCalculation> = "GlobalTaxCalculation",
        /// How often it repeats, on a template.
        recurring_info: Field<super::RecurringInfo> = "RecurringInfo",
        /// The template that it was made from.
        recur_data_ref: Field<Reference<Anything>> = "RecurDataRef",
        /// Where it came from.
        txn_source: Field<String> = "TxnSource",
    }
}

entity_record! {
    /// An order to a supplier; posts nothing.
    PurchaseOrder: crate::PurchaseOrder {
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The day it is due.
        due_date: Field<NaiveDate> = "DueDate",
        /// The supplier.
        vendor_ref: Field<Reference<Vendor>> = "VendorRef",
        /// The accounts payable account that it stands on.
        ap_account_ref: Field<Reference<Account>> = "APAccountRef",
        /// Whether goods are still expected.
        po_status: Field<OrderStatus> = "POStatus",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// Its tax.
        txn_tax_detail: Field<TxnTaxDetail> = "TxnTaxDetail",
        /// Its total.
        total_amt: Field<Amount> = "TotalAmt",
        /// Its total in the home currency.
        home_total_amt: Field<Decimal> = "HomeTotalAmt",
        /// What the supplier reads.
        memo: Field<String> = "Memo",
        /// The supplier's address.
        vendor_addr: Field<Address> = "VendorAddr",
        /// Where the goods go.
        ship_addr: Field<Address> = "ShipAddr",
        /// The customer whom the goods go to.
        ship_to: Field<Reference<Customer>> = "ShipTo",
        /// How it is shipped.
        ship_method_ref: Field<Memo> = "ShipMethodRef",
        /// Whom it is sent to.
        po_email: Field<Email> = "POEmail",
        /// Whether it was sent.
        email_status: Field<EmailStatus> = "EmailStatus",
        /// The terms of payment.
        sales_term_ref: Field<Reference<Term>> = "SalesTermRef",
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// Its custom fields.
        custom_field: List<CustomField> = "CustomField",
        /// A remark that the other side does not see.
        private_note: Field<String> = "PrivateNote",
        /// The location.
        department_ref: Field<Reference<Department>> = "DepartmentRef",
        /// The class, where documents have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
        /// Its currency.
        currency_ref: Field<Reference<Currency>> = "CurrencyRef",
        /// How much of the home currency one of its currency is.
        exchange_rate: Field<Decimal> = "ExchangeRate",
        /// Whether amounts hold the tax, outside the United States.
        global_tax_calculation: Field<TaxCalculation> = "GlobalTaxCalculation",
        /// How often it repeats, on a template.
        recurring_info: Field<super::RecurringInfo> = "RecurringInfo",
        /// The template that it was made from.
        recur_data_ref: Field<Reference<Anything>> = "RecurDataRef",
        /// Where it came from.
        txn_source: Field<String> = "TxnSource",
    }
}

entity_record! {
    /// A cost that a customer is to be charged.
    ReimburseCharge: ReimburseCharge {
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The customer.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
        /// How much.
        amount: Field<Amount> = "Amount",
        /// Whether it stands on an invoice.
        has_been_invoiced: Field<bool> = "HasBeenInvoiced",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// A remark that the other side does not see.
        private_note: Field<String> = "PrivateNote",
        /// Its currency.
        currency_ref: Field<Reference<Currency>> = "CurrencyRef",
        /// How much of the home currency one of its currency is.
        exchange_rate: Field<Decimal> = "ExchangeRate",
        /// Whether amounts hold the tax, outside the United States.
        global_tax_calculation: Field<TaxCalculation> = "GlobalTaxCalculation",
        /// The location.
        department_ref: Field<Reference<Department>> = "DepartmentRef",
        /// The class, where documents have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
    }
}
