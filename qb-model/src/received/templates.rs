//! How often a document repeats.

use chrono::NaiveDate;

use super::field::Field;
use super::record::record;

record! {
    /// How often a document repeats.
    RecurringInfo {
        /// What the template is called.
        name: Field<String> = "Name",
        /// `Automated`, `Reminded` or `UnScheduled`.
        recur_type: Field<String> = "RecurType",
        /// Whether it is in use.
        active: Field<bool> = "Active",
        /// When.
        schedule_info: Field<ScheduleInfo> = "ScheduleInfo",
    }
}

record! {
    /// When a document repeats.
    ScheduleInfo {
        /// The first day.
        start_date: Field<NaiveDate> = "StartDate",
        /// The next day.
        next_date: Field<NaiveDate> = "NextDate",
        /// The last time it was made.
        previous_date: Field<NaiveDate> = "PreviousDate",
        /// The last day.
        end_date: Field<NaiveDate> = "EndDate",
        /// `Daily`, `Weekly`, `Monthly` or `Yearly`.
        interval_type: Field<String> = "IntervalType",
        /// Every so many of them.
        num_interval: Field<i64> = "NumInterval",
        /// The day of the month.
        day_of_month: Field<i64> = "DayOfMonth",
        /// The day of the week.
        day_of_week: Field<String> = "DayOfWeek",
        /// The week of the month.
        week_of_month: Field<i64> = "WeekOfMonth",
        /// The month of the year.
        month_of_year: Field<String> = "MonthOfYear",
        /// So many days before.
        days_before: Field<i64> = "DaysBefore",
        /// So many days before a reminder.
        remind_days: Field<i64> = "RemindDays",
        /// At most so often.
        max_occurrences: Field<i64> = "MaxOccurrences",
    }
}
