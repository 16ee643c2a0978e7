//! What customers are given back: credit memos and refund receipts.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::field::Field;
use super::line::Line;
use super::list::List;
use super::lists::Term;
use super::parts::{Address, CustomField, DeliveryInfo, Email, LinkedTxn, Memo};
use super::record::{entity_record, record};
use super::reference::{Anything, Currency, Reference};
use super::tax::TxnTaxDetail;
use super::words::{EmailStatus, PrintStatus, TaxCalculation};
use crate::amount::Amount;
use crate::{Account, Class, Customer, Department, PaymentMethod};

entity_record! {
    /// What a customer is given back on account.
    CreditMemo: crate::CreditMemo {
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The customer.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
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
        /// What of it can still be used.
        remaining_credit: Field<Amount> = "RemainingCredit",
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// Its custom fields.
        custom_field: List<CustomField> = "CustomField",
        /// What the customer reads.
        customer_memo: Field<Memo> = "CustomerMemo",
        /// Where it is billed to.
        bill_addr: Field<Address> = "BillAddr",
        /// Where it is shipped to.
        ship_addr: Field<Address> = "ShipAddr",
        /// Where it is shipped from.
        ship_from_addr: Field<Address> = "ShipFromAddr",
        /// Whether the addresses are free lines.
        free_form_address: Field<bool> = "FreeFormAddress",
        /// Whom it is sent to.
        bill_email: Field<Email> = "BillEmail",
        /// Who gets a copy.
        bill_email_cc: Field<Email> = "BillEmailCc",
        /// Who gets a copy unseen by others.
        bill_email_bcc: Field<Email> = "BillEmailBcc",
        /// When and how it was delivered.
        delivery_info: Field<DeliveryInfo> = "DeliveryInfo",
        /// Whether it was printed.
        print_status: Field<PrintStatus> = "PrintStatus",
        /// Whether it was sent.
        email_status: Field<EmailStatus> = "EmailStatus",
        /// Whether the tax is taken after a discount.
        apply_tax_after_discount: Field<bool> = "ApplyTaxAfterDiscount",
        /// How it is shipped.
        ship_method_ref: Field<Memo> = "ShipMethodRef",
        /// The day it is shipped.
        ship_date: Field<NaiveDate> = "ShipDate",
        /// The carrier's number.
        tracking_num: Field<String> = "TrackingNum",
        /// Why it is not taxed.
        tax_exemption_ref: Field<Reference<Anything>> = "TaxExemptionRef",
        /// `WithinFrance` and so on, for the VAT of some countries.
        transaction_location_type: Field<String> = "TransactionLocationType",
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
        /// How it was paid.
        payment_method_ref: Field<Reference<PaymentMethod>> = "PaymentMethodRef",
        /// The payment's own number.
        payment_ref_num: Field<String> = "PaymentRefNum",
        /// The accounts receivable account that it stands on.
        ar_account_ref: Field<Reference<Account>> = "ARAccountRef",
        /// The invoice that it is for, in some countries.
        invoice_ref: Field<Reference<crate::Invoice>> = "InvoiceRef",
        /// How often it repeats, on a template.
        recurring_info: Field<super::RecurringInfo> = "RecurringInfo",
        /// The template that it was made from.
        recur_data_ref: Field<Reference<Anything>> = "RecurDataRef",
        /// Where it came from.
        txn_source: Field<String> = "TxnSource",
    }
}

entity_record! {
    /// Money given back on the spot.
    RefundReceipt: RefundReceipt {
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The customer.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
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
        /// How it was paid.
        payment_method_ref: Field<Reference<PaymentMethod>> = "PaymentMethodRef",
        /// The payment's own number.
        payment_ref_num: Field<String> = "PaymentRefNum",
        /// The account that the money is in.
        deposit_to_account_ref: Field<Reference<Account>> = "DepositToAccountRef",
        /// `Cash`, `Check`, `CreditCard`, `Other`.
        payment_type: Field<String> = "PaymentType",
        /// The check that was written.
        check_payment: Field<RefundCheck> = "CheckPayment",
        /// What was given back to a card.
        credit_card_payment: Field<super::CardPayment> = "CreditCardPayment",
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// Its custom fields.
        custom_field: List<CustomField> = "CustomField",
        /// What the customer reads.
        customer_memo: Field<Memo> = "CustomerMemo",
        /// Where it is billed to.
        bill_addr: Field<Address> = "BillAddr",
        /// Where it is shipped to.
        ship_addr: Field<Address> = "ShipAddr",
        /// Where it is shipped from.
        ship_from_addr: Field<Address> = "ShipFromAddr",
        /// Whether the addresses are free lines.
        free_form_address: Field<bool> = "FreeFormAddress",
        /// Whom it is sent to.
        bill_email: Field<Email> = "BillEmail",
        /// Who gets a copy.
        bill_email_cc: Field<Email> = "BillEmailCc",
        /// Who gets a copy unseen by others.
        bill_email_bcc: Field<Email> = "BillEmailBcc",
        /// When and how it was delivered.
        delivery_info: Field<DeliveryInfo> = "DeliveryInfo",
        /// Whether it was printed.
        print_status: Field<PrintStatus> = "PrintStatus",
        /// Whether it was sent.
        email_status: Field<EmailStatus> = "EmailStatus",
        /// Whether the tax is taken after a discount.
        apply_tax_after_discount: Field<bool> = "ApplyTaxAfterDiscount",
        /// How it is shipped.
        ship_method_ref: Field<Memo> = "ShipMethodRef",
        /// The day it is shipped.
        ship_date: Field<NaiveDate> = "ShipDate",
        /// The carrier's number.
        tracking_num: Field<String> = "TrackingNum",
        /// Why it is not taxed.
        tax_exemption_ref: Field<Reference<Anything>> = "TaxExemptionRef",
        /// `WithinFrance` and so on, for the VAT of some countries.
        transaction_location_type: Field<String> = "TransactionLocationType",
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
    /// The check that a refund was paid with.
    RefundCheck {
        /// The check's number.
        check_num: Field<String> = "CheckNum",
        /// The state of it.
        status: Field<String> = "Status",
        /// Whose name is on the account.
        name_on_acct: Field<String> = "NameOnAcct",
        /// The account's number, masked.
        acct_num: Field<String> = "AcctNum",
        /// The bank.
        bank_name: Field<String> = "BankName",
    }
}
