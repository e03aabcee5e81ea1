// Package c2pa reads content credentials: what a picture says, under a signature, about where it
// comes from and what was done to it (C2PA technical specification 1.0 to 2.2).
//
// What lives here: reading the manifest store that a file carries, recomputing every hash that binds it, and
// verifying signatures with the certificate that comes along. What must not: asking anybody outside.
// Whether a certificate belongs to whom it names is for a trust list to say, whether it was
// withdrawn for its issuer; neither is asked, and no result here pretends so.
//
// Words of the specification: a store holds manifests, of which the last is active; a manifest has
// one claim, its signature, and the assertions that the claim lists with their hashes. An ingredient is a
// picture this one was made from; its own manifest may stand in the store. The hard binding is the
// assertion that holds the hash of the file itself.
package c2pa
