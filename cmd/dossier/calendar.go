package main

import (
	"bytes"
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"

	"dossier/checks/deadline"
	"dossier/pipeline/desk"
	"dossier/pipeline/durable"
)

// writeCalendar writes what is due as a calendar that any calendar program takes in (RFC 5545). It
// holds case names and no numbers.
func (p *program) writeCalendar(path string, s desk.Status) error {
	calendar := ics.NewCalendar()
	calendar.SetProductId("-//dossier//deadlines//EN")
	calendar.SetMethod(ics.MethodPublish)
	n := 0
	for _, c := range s.Cases {
		for _, due := range c.Due {
			// The same term keeps its identifier, so that a calendar that takes the file in again moves
			// it instead of adding another.
			event := calendar.AddEvent(fmt.Sprintf("%x-%s@dossier", c.Name, due.ID))
			event.SetDtStampTime(c.Changed)
			event.SetStartAt(due.By.Add(-time.Hour))
			event.SetEndAt(due.By)
			event.SetSummary(fmt.Sprintf("%s: %s", c.Name, due.What.In(p.lang)))
			event.SetDescription(p.say("case %[1]s, %[2]s", "案件 %[1]s，%[3]s", c.Name, deadline.Title(c.State).En, deadline.Title(c.State).Zh))
			alarm := event.AddAlarm()
			alarm.SetAction(ics.ActionDisplay)
			alarm.SetTrigger("-PT23H")
			alarm.SetDescription(due.What.In(p.lang))
			n++
		}
	}
	var b bytes.Buffer
	if err := calendar.SerializeTo(&b); err != nil {
		return fmt.Errorf("writing the calendar: %w", err)
	}
	if path == "-" {
		_, err := p.out.Write(b.Bytes())
		return err
	}
	if err := durable.WriteFile(path, b.Bytes(), durable.FileMode); err != nil {
		return err
	}
	fmt.Fprintln(p.out, path)
	p.tell("%d terms", "共 %d 个期限", n)
	return nil
}
