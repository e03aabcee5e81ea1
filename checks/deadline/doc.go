// Package deadline knows what happens to a case after it has been submitted, and by when: the states
// it goes through, the platform's terms, and China's working days.
//
// What lives here: states, terms, the calendar, and the reckoning of what is due. What must not:
// folders, databases, the clock (the time is always given), and severities.
package deadline
