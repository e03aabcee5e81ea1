// Package evaluate measures how well the checks tell altered pictures from honest ones, on files
// whose truth is known: sensitivity at stated rates of false alarms, the area under the ROC curve,
// how well the reported regions lie on what was altered, false alarms by severity, cost, and how
// much of the answer the files' headers alone would give away. It also makes calibration tables
// from honest files.
//
// What lives here: the list of labels, the statistics, the leak measurement, and the writing of
// results as text, JSON and HTML. What must not: the checks and how they are run (the caller
// hands in a function), and any opinion on what a good figure is.
//
// A file's score is edit.score of its document record; a check's score on a file is the greatest
// suspicion among its findings, 0 when it found nothing or could not measure. Files labelled
// honest or untouched are the negatives. Every figure stands with its counts and its half:
// thresholds are set on the half "calibrate" and stated on the half "report".
package evaluate
