// Package intake takes files in: it watches the inbox, waits until a file has come to rest, puts
// its bytes into the vault and its receipt into the ledger, and only then lets it leave the
// inbox. It walks existing client folders in the same way, without touching them, and opens
// scans that came as PDF.
//
// What lives here: the watcher, the rule of settling, the rules of what is left alone and why,
// the names of cases and documents, the batch walk, and the pages of a PDF.
// What must not: checks, judgements, and any knowledge of how the vault and the ledger store
// things; the two interfaces in intake.go are all that intake asks of them.
//
// The order that nothing may break: bytes in the vault, then the receipt in the ledger, then,
// and only if the file at that path is still the very file that was read, its removal from
// the inbox. A crash between any two of these leaves the file where it was, and taking it in
// again changes nothing.
package intake
