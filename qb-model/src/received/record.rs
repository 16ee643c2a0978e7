//! A record: named fields, and beside them every member that no field is named for.
//!
//! One macro makes them all, so that a record is its list of fields and nothing else: a field that is declared is read,
//! written and surveyed, and none can be forgotten in one of the three.

use super::json::{Json, Members};
use super::survey::{Misfits, Survey};

/// An object that QuickBooks writes, with typed fields. What no field is named for stays in its `other`.
///
/// Reading never fails on a field: what does not fit is kept where it stands, [`Record::survey`] names it, and
/// [`Record::checked`] makes it an error. Writing gives back what was read.
pub trait Record: Sized {
    /// The names of the members that it has fields for, as on the wire.
    const NAMES: &'static [&'static str];

    /// Reads the members of an object.
    #[must_use]
    fn read_members(members: Members) -> Self;

    /// Writes its members: what was read, with the fields that were set since.
    #[must_use]
    fn write_members(&self) -> Members;

    #[doc(hidden)]
    fn walk(&self, survey: &mut Survey);

    /// Reads an object.
    ///
    /// # Errors
    /// [`Misfits`] with one entry when it is no object.
    fn read(json: Json) -> Result<Self, Misfits> {
        match json {
            Json::Object(members) => Ok(Self::read_members(members)),
            other => {
                let mut survey = Survey::new();
                survey.misfit("an object", &other);
                Err(Misfits(survey.misfits))
            }
        }
    }

    /// Writes it as an object.
    #[must_use]
    fn write(&self) -> Json {
        Json::Object(self.write_members())
    }

    /// What of it is typed, what did not fit, and what was only kept.
    #[must_use]
    fn survey(&self) -> Survey {
        let mut survey = Survey::new();
        self.walk(&mut survey);
        survey
    }

    /// The record itself, when everything that its fields are named for fits them.
    ///
    /// # Errors
    /// Every value that does not.
    fn checked(self) -> Result<Self, Misfits> {
        let misfits = self.survey().misfits;
        if misfits.is_empty() { Ok(self) } else { Err(Misfits(misfits)) }
    }
}

/// Declares a record: each field with its type and its name on the wire. A field without a name (`""`) finds its members
/// itself.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $type:ty = $wire:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$about])*
                #[doc = $crate::received::record::on_the_wire!($wire)]
                pub $field: $type,
            )*
            /// Members that no field is named for, as they came.
            pub other: $crate::received::Members,
        }

        impl $crate::received::Record for $name {
            const NAMES: &'static [&'static str] = &[$($wire),*];

            fn read_members(mut members: $crate::received::Members) -> Self {
                Self {
                    $($field: $crate::received::field::Slot::take(&mut members, $wire),)*
                    other: members,
                }
            }

            fn write_members(&self) -> $crate::received::Members {
                let mut members = $crate::received::Members::default();
                $($crate::received::field::Slot::put(&self.$field, $wire, &mut members);)*
                members.extend_from(&self.other);
                members
            }

            fn walk(&self, survey: &mut $crate::received::Survey) {
                let before = survey.seen();
                $($crate::received::field::Slot::survey(&self.$field, $wire, survey);)*
                for (name, value) in self.other.iter() {
                    survey.unknown(name, value);
                }
                if survey.seen() == before {
                    // `{}` is one value, and it is read.
                    survey.typed();
                }
            }
        }

        impl $crate::received::field::Value for $name {
            const EXPECTED: &'static str = "an object";

            fn read(
                json: $crate::received::Json,
            ) -> Result<(Self, Option<Box<$crate::received::Json>>), $crate::received::Json> {
                match json {
                    $crate::received::Json::Object(members) => {
                        Ok((<Self as $crate::received::Record>::read_members(members), None))
                    }
                    other => Err(other),
                }
            }

            fn write(&self) -> $crate::received::Json {
                <Self as $crate::received::Record>::write(self)
            }

            fn survey(&self, survey: &mut $crate::received::Survey) {
                <Self as $crate::received::Record>::walk(self, survey);
            }
        }

        impl std::fmt::Debug for $name {
            /// The names of what is there, never the values, which may be personal.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} {:?}", stringify!($name), <Self as $crate::received::Record>::write_members(self))
            }
        }
    };
}

/// The sentence that names the member on the wire; none for a field that finds its members itself.
macro_rules! on_the_wire {
    ("") => {
        ""
    };
    ($wire:literal) => {
        concat!("\n\nOn the wire: `", $wire, "`.")
    };
}

/// Declares a record that is an entity: with an id, a sync token and what else every entity has. Behind the colon stands
/// the type that its ids are of.
macro_rules! entity_record {
    ($(#[$meta:meta])* $name:ident: $marker:ty { $($(#[$about:meta])* $field:ident: $type:ty = $wire:literal,)* }) => {
        $crate::received::record::record! {
            $(#[$meta])*
            $name {
                /// The id that QuickBooks issued.
                id: $crate::received::Field<$crate::Id<$marker>> = "Id",
                /// The version; changes with every change of the record.
                sync_token: $crate::received::Field<String> = "SyncToken",
                /// When it was made and changed.
                meta_data: $crate::received::Field<$crate::received::MetaData> = "MetaData",
                $($(#[$about])* $field: $type = $wire,)*
                /// `QBO`.
                domain: $crate::received::Field<String> = "domain",
                /// Whether this is a part of the record alone.
                sparse: $crate::received::Field<bool> = "sparse",
                /// `Deleted` in place of a record that is gone.
                status: $crate::received::Field<String> = "status",
            }
        }
    };
}

pub(super) use {entity_record, on_the_wire, record};
