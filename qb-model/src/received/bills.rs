//! What suppliers are owed, what they give back, and what pays them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::field::Field;
use super::line::Line;
use super::list::List;
use super::lists::Term;
use super::parts::{Address, CustomField, LinkedTxn};
use super::record::{entity_record, record};
use super::reference::{Anything, Currency, Reference};
use super::tax::TxnTaxDetail;
use super::words::{PayType, PrintStatus, TaxCalculation};
use crate::amount::Amount;
use crate::{Account, Class, Customer, Department, Vendor};

entity_record! {
    /// What a supplier is owed.
    Bill: crate::Bill {
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
        /// The terms of payment.
        sales_term_ref: Field<Reference<Term>> = "SalesTermRef",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// Its tax.
        txn_tax_detail: Field<TxnTaxDetail> = "TxnTaxDetail",
        /// Its total.
        total_amt: Field<Amount> = "TotalAmt",
        /// Its total in the home currency.
        home_total_amt: Field<Decimal> = "HomeTotalAmt",
        /// What of it is still open.
        balance: Field<Amount> = "Balance",
        /// What of it is still open, in the home currency.
        home_balance: Field<Decimal> = "HomeBalance",
        /// The supplier's address.
        vendor_addr: Field<Address> = "VendorAddr",
        /// Where the supplier is paid.
        remit_to_addr: Field<Address> = "RemitToAddr",
        /// Whether it goes into the yearly report of payments, in Australia.
        include_in_annual_tpar: Field<bool> = "IncludeInAnnualTPAR",
        /// `WithinFrance` and so on, for the VAT of some countries.
        transaction_location_type: Field<String> = "TransactionLocationType",
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
    /// What a supplier gives back.
    VendorCredit: VendorCredit {
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The supplier.
        vendor_ref: Field<Reference<Vendor>> = "VendorRef",
        /// The accounts payable account that it stands on.
        ap_account_ref: Field<Reference<Account>> = "APAccountRef",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// Its tax.
        txn_tax_detail: Field<TxnTaxDetail> = "TxnTaxDetail",
        /// Its total.
        total_amt: Field<Amount> = "TotalAmt",
        /// Its total in the home currency.
        home_total_amt: Field<Decimal> = "HomeTotalAmt",
        /// What of it is still open.
        balance: Field<Amount> = "Balance",
        /// What of it is still open, in the home currency.
        home_balance: Field<Decimal> = "HomeBalance",
        /// The supplier's address.
        vendor_addr: Field<Address> = "VendorAddr",
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
    /// Money paid to a supplier for bills.
    BillPayment: BillPayment {
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The supplier.
        vendor_ref: Field<Reference<Vendor>> = "VendorRef",
        /// The accounts payable account that it stands on.
        ap_account_ref: Field<Reference<Account>> = "APAccountRef",
        /// How it was paid.
        pay_type: Field<PayType> = "PayType",
        /// The check, when it was one.
        check_payment: Field<BillCheck> = "CheckPayment",
        /// The card, when it was one.
        credit_card_payment: Field<BillCard> = "CreditCardPayment",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// Its total.
        total_amt: Field<Amount> = "TotalAmt",
        /// Its total in the home currency.
        home_total_amt: Field<Decimal> = "HomeTotalAmt",
        /// Whether QuickBooks paid it itself.
        process_bill_payment: Field<bool> = "ProcessBillPayment",
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
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

record! {
    /// The check that pays a bill.
    BillCheck {
        /// The bank account.
        bank_account_ref: Field<Reference<Account>> = "BankAccountRef",
        /// Whether it was printed.
        print_status: Field<PrintStatus> = "PrintStatus",
        /// More of the check.
        check_detail: Field<super::RefundCheck> = "CheckDetail",
    }
}

record! {
    /// The card that pays a bill.
    BillCard {
        /// The card's account.
        cc_account_ref: Field<Reference<Account>> = "CCAccountRef",
        /// More of the charge.
        cc_detail: Field<super::CardPayment> = "CCDetail",
    }
}
