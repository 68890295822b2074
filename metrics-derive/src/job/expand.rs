//! What `#[job]` puts around a body.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::options::Options;
use crate::{
    errors::Errors,
    function::{Begin, Function, Layer, Names, Outcome, failed},
    krate,
};

/// Into the `job_*` families.
pub(super) fn site(options: &Options, function: &Function, names: &Names, errors: &mut Errors) -> Layer {
    let krate = &options.krate;
    let Names { site, guard, .. } = names;
    let name = if let Some(name) = &options.name {
        name.filled("name", krate, errors)
    } else {
        let name = function.name_in_owner();
        quote!(#name)
    };
    let mut job = quote!(#krate::__private_v4::Job::new(#name));
    if let Some(time) = options.overdue_after {
        let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
        job.extend(quote!(.overdue_after(::core::time::Duration::new(#seconds, #nanos))));
    }
    let place = krate::place(krate, function.sig.ident.span());
    let items = quote_spanned! {Span::mixed_site()=>
        static #site: #krate::__private_v4::JobSite =
            #krate::__private_v4::JobSite::new(#krate::__private_v4::JobMeta { job: #job, place: #place });
        const _: () = {
            #krate::__private_v4::submit!(#krate::__private_v4::Element::Job(&#site));
        };
    };
    // A function that returns nothing cannot fail.
    let end = if function.output().is_some() {
        let failed = failed(krate, names);
        quote_spanned!(Span::mixed_site()=> #guard.finish(#failed);)
    } else {
        let value = &names.value;
        quote_spanned!(Span::mixed_site()=> let _ = #value; #guard.finish(false);)
    };
    let begin = Begin::Site("JobSite");
    let outcome = Outcome { prepared: None, begin, end, uses: TokenStream::new(), needs_value: false };
    Layer { items, outcome: Some(outcome), ..Layer::default() }
}
