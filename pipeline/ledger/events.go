package ledger

import (
	"context"
	"fmt"
	"strings"

	"dossier/checks"
	"dossier/checks/deadline"
)

// A StateError says that a case cannot come into a state from the one it is in.
type StateError struct {
	Case     string
	From, To checks.State // From is empty before anything has been recorded
}

func (e *StateError) Error() string {
	from := string(e.From)
	if from == "" {
		from = "not submitted"
	}
	return fmt.Sprintf("the case %q cannot become %s: it is %s", e.Case, e.To, from)
}

// Message says so in both languages.
func (e *StateError) Message() checks.Text {
	from := checks.Text{En: "not submitted yet", Zh: "尚未提交"}
	if e.From != "" {
		from = deadline.Title(e.From)
	}
	return checks.Textf("the case %[1]q cannot become %[2]q: it is %[3]s", "案件 %[1]q 不能记为“%[4]s”：目前%[5]s", e.Case, string(e.To), from.En, deadline.Title(e.To).Zh, from.Zh)
}

// Hint names the states that can follow.
func (e *StateError) Hint() checks.Text {
	var words []string
	for _, s := range deadline.Following(e.From) {
		words = append(words, string(s))
	}
	return checks.Textf("possible now: %s", "目前可选：%s", strings.Join(words, ", "))
}

// An OrderError says that an event is said to have happened before the last one that was recorded.
type OrderError struct {
	Case string
	Last checks.Event
}

func (e *OrderError) Error() string { return e.Message().En }

// Message says so in both languages.
func (e *OrderError) Message() checks.Text {
	at := e.Last.At.In(deadline.China).Format("2006-01-02 15:04")
	return checks.Textf("the case %[1]q became %[2]s at %[3]s, and this would have been before", "案件 %[1]q 已于 %[3]s 记为“%[4]s”，此项时间更早", e.Case, string(e.Last.State), at, deadline.Title(e.Last.State).Zh)
}

// Hint says what to do.
func (e *OrderError) Hint() checks.Text {
	return checks.Text{En: "give the time it happened with --at, in China's time", Zh: "请用 --at 填写实际发生的北京时间"}
}

// RecordEvent notes what happened to a case, and has it examined again. A state that cannot follow the
// last is a *StateError. A case that is closed without an account gives its places back.
func (l *Ledger) RecordEvent(ctx context.Context, caseName string, e checks.Event) error {
	if strings.TrimSpace(e.Who) == "" {
		return &checks.FormatError{Format: "event", Offset: -1, Reason: "who is empty"}
	}
	return l.write(ctx, "recording what happened", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		events, err := tx.events(id)
		if err != nil {
			return err
		}
		last := checks.Event{}
		if n := len(events); n > 0 {
			last = events[n-1]
		}
		if !deadline.CanFollow(last.State, e.State) {
			return &StateError{Case: caseName, From: last.State, To: e.State}
		}
		if e.At.Before(last.At) {
			return &OrderError{Case: caseName, Last: last}
		}
		_, err = tx.exec(`INSERT INTO events (case_id, state, happened_at, recorded_at, who, code, number, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			id, e.State, micro(e.At), tx.now, e.Who, e.Code, e.Number, e.Note)
		if err != nil {
			return err
		}
		if e.State == checks.Closed && !hasAccount(events) {
			if err := tx.releasePlaces(id, func(string, string) bool { return false }); err != nil {
				return err
			}
		}
		return tx.raise(id)
	})
}

// hasAccount reports whether the case has led to an account.
func hasAccount(events []checks.Event) bool {
	for _, e := range events {
		if e.State == checks.Approved {
			return true
		}
	}
	return false
}

// Events lists what happened to the case, oldest first.
func (l *Ledger) Events(ctx context.Context, caseName string) ([]checks.Event, error) {
	var all []checks.Event
	err := l.read(ctx, "listing what happened", func(tx *transaction) error {
		id, err := tx.caseID(caseName)
		if err != nil {
			return err
		}
		all, err = tx.events(id)
		return err
	})
	return all, err
}

// AllEvents lists what happened to every case that anything happened to, by its name.
func (l *Ledger) AllEvents(ctx context.Context) (map[string][]checks.Event, error) {
	all := map[string][]checks.Event{}
	err := l.read(ctx, "listing what happened", func(tx *transaction) error {
		return tx.each(`SELECT c.name, e.state, e.happened_at, e.who, e.code, e.number, e.note FROM events e JOIN cases c ON c.id = e.case_id ORDER BY e.id`, nil,
			func(scan func(...any) error) error {
				var name string
				e, err := scanEvent(scan, &name)
				all[name] = append(all[name], e)
				return err
			})
	})
	return all, err
}

func (t *transaction) events(caseID int64) ([]checks.Event, error) {
	var all []checks.Event
	err := t.each(`SELECT state, happened_at, who, code, number, note FROM events WHERE case_id = ? ORDER BY id`, []any{caseID},
		func(scan func(...any) error) error {
			e, err := scanEvent(scan)
			all = append(all, e)
			return err
		})
	return all, err
}

// scanEvent reads an event's columns, behind those of before.
func scanEvent(scan func(...any) error, before ...any) (e checks.Event, err error) {
	var at int64
	err = scan(append(before, &e.State, &at, &e.Who, &e.Code, &e.Number, &e.Note)...)
	e.At = fromMicro(at)
	return e, err
}
