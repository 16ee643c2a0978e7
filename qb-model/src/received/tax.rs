//! Taxes: the tax of a document, and the lists that it is taken from.

use super::field::Field;
use super::line::Line;
use super::list::List;
use super::record::{entity_record, record};
use super::reference::{Anything, Reference};
use crate::amount::Amount;
use crate::{Id, TaxCode as TaxCodeMarker};
use chrono::NaiveDate;
use rust_decimal::Decimal;

record! {
    /// The tax of a document.
    TxnTaxDetail {
        /// The code for the whole document.
        txn_tax_code_ref: Field<Reference<TaxCodeMarker>> = "TxnTaxCodeRef",
        /// All its tax.
        total_tax: Field<Amount> = "TotalTax",
        /// The tax of each rate.
        tax_line: List<Line> = "TaxLine",
        /// `NON_AST_TAX`, `AST_TAX_OVERRIDE`: who decided.
        tax_review_status: Field<String> = "TaxReviewStatus",
        /// The code that QuickBooks would have taken.
        default_tax_code_ref: Field<Reference<TaxCodeMarker>> = "DefaultTaxCodeRef",
    }
}

entity_record! {
    /// A tax code.
    TaxCode: TaxCodeMarker {
        /// Its name: `TAX`, `NON`, or a place.
        name: Field<String> = "Name",
        /// What it says.
        description: Field<String> = "Description",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// Whether QuickBooks hides it.
        hidden: Field<bool> = "Hidden",
        /// Whether it taxes.
        taxable: Field<bool> = "Taxable",
        /// Whether it is made of rates.
        tax_group: Field<bool> = "TaxGroup",
        /// `USER_DEFINED`, `SYSTEM_GENERATED`.
        tax_code_config_type: Field<String> = "TaxCodeConfigType",
        /// The rates for sales.
        sales_tax_rate_list: Field<TaxRateList> = "SalesTaxRateList",
        /// The rates for purchases.
        purchase_tax_rate_list: Field<TaxRateList> = "PurchaseTaxRateList",
        /// The rates for adjustments.
        adjustment_tax_rate_list: Field<TaxRateList> = "AdjustmentTaxRateList",
    }
}

record! {
    /// Rates of a tax code.
    TaxRateList {
        /// The rates.
        tax_rate_detail: List<TaxRateDetail> = "TaxRateDetail",
    }
}

record! {
    /// A rate of a tax code.
    TaxRateDetail {
        /// The rate.
        tax_rate_ref: Field<Reference<TaxRate>> = "TaxRateRef",
        /// `TaxOnAmount`, `TaxOnTax`.
        tax_type_applicable: Field<String> = "TaxTypeApplicable",
        /// Its place in the computation.
        tax_order: Field<i64> = "TaxOrder",
        /// The place after which it is taken on the tax.
        tax_on_tax_order: Field<i64> = "TaxOnTaxOrder",
    }
}

entity_record! {
    /// A tax rate.
    TaxRate: TaxRate {
        /// Its name.
        name: Field<String> = "Name",
        /// What it says.
        description: Field<String> = "Description",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// How many percent.
        rate_value: Field<Decimal> = "RateValue",
        /// Who gets the tax.
        agency_ref: Field<Reference<TaxAgency>> = "AgencyRef",
        /// The line of the agency's return.
        tax_return_line_ref: Field<Reference<Anything>> = "TaxReturnLineRef",
        /// `NONE`, `ZERO_RATE`, `ADJUSTMENT_RATE`.
        special_tax_type: Field<String> = "SpecialTaxType",
        /// `ReadOnly`, `HideInAll`.
        display_type: Field<String> = "DisplayType",
        /// Its percent by days.
        effective_tax_rate: List<EffectiveTaxRate> = "EffectiveTaxRate",
        /// The rate it came from.
        original_tax_rate: Field<String> = "OriginalTaxRate",
    }
}

record! {
    /// How many percent a rate was from a day on.
    EffectiveTaxRate {
        /// How many percent.
        rate_value: Field<Decimal> = "RateValue",
        /// From this day.
        effective_date: Field<NaiveDate> = "EffectiveDate",
        /// To this day.
        end_date: Field<NaiveDate> = "EndDate",
    }
}

entity_record! {
    /// Who gets a tax.
    TaxAgency: TaxAgency {
        /// Its name.
        display_name: Field<String> = "DisplayName",
        /// The company's number with it.
        tax_registration_number: Field<String> = "TaxRegistrationNumber",
        /// Whether it taxes purchases.
        tax_tracked_on_purchases: Field<bool> = "TaxTrackedOnPurchases",
        /// Whether it taxes sales.
        tax_tracked_on_sales: Field<bool> = "TaxTrackedOnSales",
        /// The day of its last return.
        last_file_date: Field<NaiveDate> = "LastFileDate",
        /// How it was made: `SYSTEM_GENERATED`, `USER_DEFINED`.
        tax_agency_config: Field<String> = "TaxAgencyConfig",
    }
}

record! {
    /// A tax code with its rates, as it is made and as QuickBooks answers: without a wrapper or a time.
    TaxService {
        /// The code's name.
        tax_code: Field<String> = "TaxCode",
        /// The id of the code made.
        tax_code_id: Field<Id<TaxCodeMarker>> = "TaxCodeId",
        /// Its rates.
        tax_rate_details: List<TaxServiceRate> = "TaxRateDetails",
    }
}

record! {
    /// A rate of a [`TaxService`].
    TaxServiceRate {
        /// Its name.
        tax_rate_name: Field<String> = "TaxRateName",
        /// The id of a rate that is there already, or of the one made.
        tax_rate_id: Field<Id<TaxRate>> = "TaxRateId",
        /// How many percent.
        rate_value: Field<Decimal> = "RateValue",
        /// Who gets the tax.
        tax_agency_id: Field<Id<TaxAgency>> = "TaxAgencyId",
        /// `Sales` or `Purchase`.
        tax_applicable_on: Field<String> = "TaxApplicableOn",
    }
}

entity_record! {
    /// A payment to, or a refund from, a tax agency.
    TaxPayment: TaxPayment {
        /// The day.
        payment_date: Field<NaiveDate> = "PaymentDate",
        /// The bank account.
        payment_account_ref: Field<Reference<crate::Account>> = "PaymentAccountRef",
        /// How much.
        payment_amount: Field<Decimal> = "PaymentAmount",
        /// What it says.
        description: Field<String> = "Description",
        /// Whether it came back.
        refund: Field<bool> = "Refund",
    }
}
