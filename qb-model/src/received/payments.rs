//! Money that moves: payments, deposits, transfers, journal entries.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::field::Field;
use super::line::Line;
use super::list::List;
use super::parts::{CustomField, LinkedTxn};
use super::record::{entity_record, record};
use super::reference::{Anything, Currency, Reference};
use super::tax::TxnTaxDetail;
use super::words::{PrintStatus, TaxCalculation};
use crate::amount::Amount;
use crate::{Account, Class, Customer, Department, PaymentMethod, Vendor};

entity_record! {
    /// Money received from a customer, or a settlement of 0.
    Payment: crate::Payment {
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The customer.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
        /// Its total.
        total_amt: Field<Amount> = "TotalAmt",
        /// Its total in the home currency.
        home_total_amt: Field<Decimal> = "HomeTotalAmt",
        /// What of it pays nothing yet.
        unapplied_amt: Field<Amount> = "UnappliedAmt",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// How it was paid.
        payment_method_ref: Field<Reference<PaymentMethod>> = "PaymentMethodRef",
        /// The payment's own number.
        payment_ref_num: Field<String> = "PaymentRefNum",
        /// The account that the money is in.
        deposit_to_account_ref: Field<Reference<Account>> = "DepositToAccountRef",
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
        /// Whether QuickBooks charged the card itself.
        process_payment: Field<bool> = "ProcessPayment",
        /// What was charged to a card.
        credit_card_payment: Field<super::CardPayment> = "CreditCardPayment",
        /// The accounts receivable account that it stands on.
        ar_account_ref: Field<Reference<Account>> = "ARAccountRef",
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// Its tax.
        txn_tax_detail: Field<TxnTaxDetail> = "TxnTaxDetail",
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
        /// Its custom fields.
        custom_field: List<CustomField> = "CustomField",
        /// How often it repeats, on a template.
        recurring_info: Field<super::RecurringInfo> = "RecurringInfo",
        /// The template that it was made from.
        recur_data_ref: Field<Reference<Anything>> = "RecurDataRef",
        /// Where it came from.
        txn_source: Field<String> = "TxnSource",
    }
}

entity_record! {
    /// Money put into the bank.
    Deposit: Deposit {
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The account that the money is in.
        deposit_to_account_ref: Field<Reference<Account>> = "DepositToAccountRef",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// Its total.
        total_amt: Field<Amount> = "TotalAmt",
        /// Its total in the home currency.
        home_total_amt: Field<Decimal> = "HomeTotalAmt",
        /// What was kept in cash.
        cash_back: Field<CashBack> = "CashBack",
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
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
        /// Its tax.
        txn_tax_detail: Field<TxnTaxDetail> = "TxnTaxDetail",
        /// Its custom fields.
        custom_field: List<CustomField> = "CustomField",
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// How often it repeats, on a template.
        recurring_info: Field<super::RecurringInfo> = "RecurringInfo",
        /// The template that it was made from.
        recur_data_ref: Field<Reference<Anything>> = "RecurDataRef",
        /// Where it came from.
        txn_source: Field<String> = "TxnSource",
    }
}

record! {
    /// What of a deposit was kept in cash.
    CashBack {
        /// The account that it went to.
        account_ref: Field<Reference<Account>> = "AccountRef",
        /// How much.
        amount: Field<Amount> = "Amount",
        /// What it says.
        memo: Field<String> = "Memo",
    }
}

entity_record! {
    /// Money moved from one account to another.
    Transfer: Transfer {
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The account that it leaves.
        from_account_ref: Field<Reference<Account>> = "FromAccountRef",
        /// The account that it goes to.
        to_account_ref: Field<Reference<Account>> = "ToAccountRef",
        /// How much.
        amount: Field<Amount> = "Amount",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
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
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// How often it repeats, on a template.
        recurring_info: Field<super::RecurringInfo> = "RecurringInfo",
        /// The template that it was made from.
        recur_data_ref: Field<Reference<Anything>> = "RecurDataRef",
        /// Where it came from.
        txn_source: Field<String> = "TxnSource",
    }
}

entity_record! {
    /// Debits and credits as such.
    JournalEntry: crate::JournalEntry {
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// Its total.
        total_amt: Field<Amount> = "TotalAmt",
        /// Its total in the home currency.
        home_total_amt: Field<Decimal> = "HomeTotalAmt",
        /// Whether an accountant made it at the end of a year.
        adjustment: Field<bool> = "Adjustment",
        /// Its tax.
        txn_tax_detail: Field<TxnTaxDetail> = "TxnTaxDetail",
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
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// Its custom fields.
        custom_field: List<CustomField> = "CustomField",
        /// How often it repeats, on a template.
        recurring_info: Field<super::RecurringInfo> = "RecurringInfo",
        /// The template that it was made from.
        recur_data_ref: Field<Reference<Anything>> = "RecurDataRef",
        /// Where it came from.
        txn_source: Field<String> = "TxnSource",
    }
}

entity_record! {
    /// A credit card's balance paid from the bank.
    CreditCardPaymentTxn: CreditCardPaymentTxn {
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The bank account.
        bank_account_ref: Field<Reference<Account>> = "BankAccountRef",
        /// The card's account.
        credit_card_account_ref: Field<Reference<Account>> = "CreditCardAccountRef",
        /// How much.
        amount: Field<Amount> = "Amount",
        /// The card company.
        vendor_ref: Field<Reference<Vendor>> = "VendorRef",
        /// The check's number.
        check_num: Field<String> = "CheckNum",
        /// Whether it was printed.
        print_status: Field<PrintStatus> = "PrintStatus",
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
        /// Documents that it is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
    }
}
