// Package ledger keeps the story of every case: what was received when, what is still to be
// examined, what the reports said, what people decided and what was handed out.
//
// What lives here: the tables (migrations/), the transactions that change them, and the rules
// that hold between them. What must not: bytes of documents (the vault has them), checks,
// judgements, folders and screens.
//
// The store is one SQLite file that several processes may use at once: one writes at a time, the
// others wait, readers never wait. A method that returns nil has made its change last through a
// loss of power; one that returns an error, or never returns, has changed nothing.
//
// # States, and who moves them
//
// A revision counts the changes of a case that a report depends on. It is raised, in the same
// transaction as the change, by TakeIn and Move (a document new, replaced or gone), by
// RecordAnswers, SetPath, Decide, Touch and RequestAll, and in the other cases that hold the
// same bytes.
//
//	work      done < wanted   The case waits to be examined. Made by every raised revision (the
//	                          database does it itself) and seen through Pending.
//	          done = wanted   StoreReport for that revision, or Finish. A report of an earlier
//	                          revision leaves the case waiting.
//	          not_before      Postpone, when an examination went wrong; the next change of the
//	                          case clears it.
//
//	document  current         TakeIn: the file that bears this name in the case.
//	          replaced        TakeIn of other bytes under the same name; the pages taken out of
//	                          the file end with it.
//	          moved           Move: it lives on in another case.
//
//	report    unprojected     StoreReport: not yet written out to the case's folder.
//	          projected       Projected, by whoever has written it.
//
//	original  to be removed   Purge, when no case is left that had it.
//	          removed         Removed, by whoever has deleted it from the vault.
//
// Reports, answers, decisions and bundles are only ever added, and all rows of a case go
// together, by Purge; the database refuses everything else.
//
// # The tray
//
// pipeline.Unsorted is kept as a case is, but it is none: it is not listed, never examined, and
// its documents do not count as being in another case.
package ledger
