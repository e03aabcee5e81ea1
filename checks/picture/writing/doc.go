// Package writing finds what stands beside the labels of a form: ink of any hand, the signature, the company's name
// and the day at the foot, and how much of each a chop lies over.
//
// What lives here: places in the directions of the text (frame.go), the ink in such a place without ruled lines
// (ink.go) and without the ink of chops (chop.go), the signature (signature.go), and the parts of a form's foot
// (foot.go). What must not: whether a form is good enough, which is for the checks of families form and
// seal to say; and what the text means, which is package fields'.
package writing
