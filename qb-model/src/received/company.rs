//! The company itself, and what it has switched on.

use chrono::NaiveDate;

use super::field::Field;
use super::list::List;
use super::parts::{Address, CustomField, Email, NameValue, Telephone, WebAddress};
use super::record::{entity_record, record};
use super::reference::{Currency, Reference};
use crate::TaxCode;

entity_record! {
    /// The company.
    CompanyInfo: CompanyInfo {
        /// Its name.
        company_name: Field<String> = "CompanyName",
        /// Its legal name.
        legal_name: Field<String> = "LegalName",
        /// Its address.
        company_addr: Field<Address> = "CompanyAddr",
        /// Its legal address.
        legal_addr: Field<Address> = "LegalAddr",
        /// Where customers write to.
        customer_communication_addr: Field<Address> = "CustomerCommunicationAddr",
        /// Where customers write e-mail to.
        customer_communication_email_addr: Field<Email> = "CustomerCommunicationEmailAddr",
        /// The telephone number.
        primary_phone: Field<Telephone> = "PrimaryPhone",
        /// The e-mail address.
        email: Field<Email> = "Email",
        /// The page on the web.
        web_addr: Field<WebAddress> = "WebAddr",
        /// The day it began.
        company_start_date: Field<NaiveDate> = "CompanyStartDate",
        /// The first month of its year, `January`.
        fiscal_year_start_month: Field<String> = "FiscalYearStartMonth",
        /// Its country; `US` or `USA` decides the rules of tax.
        country: Field<String> = "Country",
        /// Its languages, `en`.
        supported_languages: Field<String> = "SupportedLanguages",
        /// Its time zone, `America/Los_Angeles`.
        default_time_zone: Field<String> = "DefaultTimeZone",
        /// Its number as an employer.
        employer_id: Field<String> = "EmployerId",
        /// The subscription and more: `OfferingSku`, `SubscriptionStatus`.
        name_value: List<NameValue> = "NameValue",
    }
}

impl CompanyInfo {
    /// Returns the value of a name in [`CompanyInfo::name_value`].
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&str> {
        named(&self.name_value, name)
    }
}

fn named<'l>(pairs: &'l [NameValue], name: &str) -> Option<&'l str> {
    pairs.iter().find(|pair| pair.name.as_str() == Some(name)).and_then(|pair| pair.value.as_str())
}

entity_record! {
    /// What the company has switched on.
    Preferences: Preferences {
        /// The books.
        accounting_info_prefs: Field<AccountingInfoPrefs> = "AccountingInfoPrefs",
        /// Items.
        product_and_services_prefs: Field<ProductAndServicesPrefs> = "ProductAndServicesPrefs",
        /// Documents for customers.
        sales_forms_prefs: Field<SalesFormsPrefs> = "SalesFormsPrefs",
        /// Texts of e-mails.
        email_messages_prefs: Field<EmailMessagesPrefs> = "EmailMessagesPrefs",
        /// Documents with suppliers.
        vendor_and_purchases_prefs: Field<VendorAndPurchasesPrefs> = "VendorAndPurchasesPrefs",
        /// Time.
        time_tracking_prefs: Field<TimeTrackingPrefs> = "TimeTrackingPrefs",
        /// Taxes.
        tax_prefs: Field<TaxPrefs> = "TaxPrefs",
        /// Currencies.
        currency_prefs: Field<CurrencyPrefs> = "CurrencyPrefs",
        /// Reports.
        report_prefs: Field<ReportPrefs> = "ReportPrefs",
        /// Everything else, by name.
        other_prefs: Field<OtherPrefs> = "OtherPrefs",
    }
}

impl Preferences {
    /// Returns the value of a name in [`Preferences::other_prefs`]: `VendorAndPurchasesPrefs.UseCustomTxnNumbers`.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&str> {
        self.other_prefs.get().and_then(|prefs| named(&prefs.name_value, name))
    }
}

record! {
    /// Preferences of the books.
    AccountingInfoPrefs {
        /// Nothing may be posted on this day or before it.
        book_close_date: Field<NaiveDate> = "BookCloseDate",
        /// Whether documents and lines have locations.
        track_departments: Field<bool> = "TrackDepartments",
        /// What the screens call a location.
        department_terminology: Field<String> = "DepartmentTerminology",
        /// Whether documents have classes.
        class_tracking_per_txn: Field<bool> = "ClassTrackingPerTxn",
        /// Whether lines have classes.
        class_tracking_per_txn_line: Field<bool> = "ClassTrackingPerTxnLine",
        /// Whether accounts have numbers.
        use_account_numbers: Field<bool> = "UseAccountNumbers",
        /// What the screens call a customer.
        customer_terminology: Field<String> = "CustomerTerminology",
        /// The first month of the company's year.
        first_month_of_fiscal_year: Field<String> = "FirstMonthOfFiscalYear",
        /// The first month of the tax year.
        tax_year_month: Field<String> = "TaxYearMonth",
        /// The form of the tax return.
        tax_form: Field<String> = "TaxForm",
    }
}

record! {
    /// Preferences of items.
    ProductAndServicesPrefs {
        /// Whether documents for customers have items.
        for_sales: Field<bool> = "ForSales",
        /// Whether documents with suppliers have items.
        for_purchase: Field<bool> = "ForPurchase",
        /// Whether stock is counted.
        quantity_on_hand: Field<bool> = "QuantityOnHand",
        /// Whether lines have a quantity and a price.
        quantity_with_price_and_rate: Field<bool> = "QuantityWithPriceAndRate",
        /// Whether income can be spread over time.
        revenue_recognition_enabled: Field<bool> = "RevenueRecognitionEnabled",
        /// How often it is.
        revenue_recognition_frequency: Field<String> = "RevenueRecognitionFrequency",
    }
}

record! {
    /// Preferences of documents for customers.
    SalesFormsPrefs {
        /// Whether the sender gives documents their numbers.
        custom_txn_numbers: Field<bool> = "CustomTxnNumbers",
        /// Whether an invoice may take a deposit.
        allow_deposit: Field<bool> = "AllowDeposit",
        /// Whether documents may have a discount.
        allow_discount: Field<bool> = "AllowDiscount",
        /// The id of the account of discounts.
        default_discount_account: Field<String> = "DefaultDiscountAccount",
        /// Whether documents may have shipping.
        allow_shipping: Field<bool> = "AllowShipping",
        /// The id of the account of shipping.
        default_shipping_account: Field<String> = "DefaultShippingAccount",
        /// Whether there are estimates.
        allow_estimates: Field<bool> = "AllowEstimates",
        /// Whether lines have the day of the service.
        allow_service_date: Field<bool> = "AllowServiceDate",
        /// Whether QuickBooks applies open credits by itself.
        auto_apply_credit: Field<bool> = "AutoApplyCredit",
        /// Whether QuickBooks applies payments by itself.
        auto_apply_payments: Field<bool> = "AutoApplyPayments",
        /// The terms that new invoices get.
        default_terms: Field<Reference<super::Term>> = "DefaultTerms",
        /// What new documents tell the customer.
        default_customer_message: Field<String> = "DefaultCustomerMessage",
        /// Custom fields: which are on, and what they are called.
        custom_field: List<CustomField> = "CustomField",
        /// Whether the company gets a copy of every e-mail.
        email_copy_to_company: Field<bool> = "EmailCopyToCompany",
        /// Whether a document is attached to its e-mail.
        e_transaction_attach_pdf: Field<bool> = "ETransactionAttachPDF",
        /// Whether documents can be paid on line.
        e_transaction_enabled_status: Field<String> = "ETransactionEnabledStatus",
        /// Whether documents show how to pay on line.
        e_transaction_payment_enabled: Field<bool> = "ETransactionPaymentEnabled",
        /// Whether an older service for payments is on.
        ipn_support_enabled: Field<bool> = "IPNSupportEnabled",
        /// Whether prices depend on the customer.
        using_price_levels: Field<bool> = "UsingPriceLevels",
        /// Whether an estimate can be billed in parts.
        using_progress_invoicing: Field<bool> = "UsingProgressInvoicing",
        /// The address that copies of e-mails go to.
        sales_email_cc: Field<Email> = "SalesEmailCc",
        /// The address that unseen copies of e-mails go to.
        sales_email_bcc: Field<Email> = "SalesEmailBcc",
    }
}

record! {
    /// Texts of e-mails.
    EmailMessagesPrefs {
        /// With an invoice.
        invoice_message: Field<EmailMessage> = "InvoiceMessage",
        /// With an estimate.
        estimate_message: Field<EmailMessage> = "EstimateMessage",
        /// With a sales receipt.
        sales_receipt_message: Field<EmailMessage> = "SalesReceiptMessage",
        /// With a statement.
        statement_message: Field<EmailMessage> = "StatementMessage",
    }
}

record! {
    /// The text of an e-mail.
    EmailMessage {
        /// Its subject.
        subject: Field<String> = "Subject",
        /// Its text.
        message: Field<String> = "Message",
    }
}

record! {
    /// Preferences of documents with suppliers.
    VendorAndPurchasesPrefs {
        /// Custom fields of orders: which are on, and what they are called.
        po_custom_field: List<CustomField> = "POCustomField",
        /// Whether costs can be for a customer.
        tracking_by_customer: Field<bool> = "TrackingByCustomer",
        /// Whether costs can be charged to a customer.
        billable_expense_tracking: Field<bool> = "BillableExpenseTracking",
        /// The terms that new bills get.
        default_terms: Field<Reference<super::Term>> = "DefaultTerms",
        /// How much is added to a cost that a customer is charged.
        default_markup: Field<rust_decimal::Decimal> = "DefaultMarkup",
        /// The account of that.
        default_markup_account: Field<Reference<crate::Account>> = "DefaultMarkupAccount",
    }
}

record! {
    /// Preferences of time.
    TimeTrackingPrefs {
        /// Whether time is for an item.
        use_services: Field<bool> = "UseServices",
        /// Whether time is for a customer.
        bill_customers: Field<bool> = "BillCustomers",
        /// Whether everybody sees what time is charged at.
        show_bill_rate_to_all: Field<bool> = "ShowBillRateToAll",
        /// The first day of the week.
        work_week_start_date: Field<String> = "WorkWeekStartDate",
        /// Whether new time is charged.
        mark_time_entries_billable: Field<bool> = "MarkTimeEntriesBillable",
    }
}

record! {
    /// Preferences of taxes.
    TaxPrefs {
        /// Whether sales tax is on; without it documents lose their tax in silence.
        using_sales_tax: Field<bool> = "UsingSalesTax",
        /// Whether the automated sales tax is on; absent in a company with the classic one.
        partner_tax_enabled: Field<bool> = "PartnerTaxEnabled",
        /// The code that new documents get.
        tax_group_code_ref: Field<Reference<TaxCode>> = "TaxGroupCodeRef",
    }
}

record! {
    /// Preferences of currencies.
    CurrencyPrefs {
        /// The currency of the books.
        home_currency: Field<Reference<Currency>> = "HomeCurrency",
        /// Whether there are others.
        multi_currency_enabled: Field<bool> = "MultiCurrencyEnabled",
    }
}

record! {
    /// Preferences of reports.
    ReportPrefs {
        /// `Accrual` or `Cash`.
        report_basis: Field<String> = "ReportBasis",
        /// Whether ages are counted from the day of a document and not from the day it is due.
        calc_aging_report_from_txn_date: Field<bool> = "CalcAgingReportFromTxnDate",
    }
}

record! {
    /// Everything else.
    OtherPrefs {
        /// By name.
        name_value: List<NameValue> = "NameValue",
    }
}
