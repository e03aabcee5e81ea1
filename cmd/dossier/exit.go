package main

import (
	"context"
	"errors"
	"fmt"

	"dossier/checks"
)

// Exit codes: a contract with the scripts that call dossier.
const (
	exitPass    = 0 // all pass
	exitWork    = 1 // something needs review or fails
	exitUsage   = 2 // wrong usage
	exitFault   = 3 // could not do its work
	exitPartial = 4 // done in part
)

// outcome ends a command with a code and no further words: they have been said.
type outcome int

func (o outcome) Error() string { return fmt.Sprintf("exit code %d", int(o)) }

// A problem is an error for people: what, in both languages, and what to do about it.
type problem struct {
	code int
	what checks.Text
	hint checks.Text
	err  error // beneath it, for errors.Is; may be nil
}

func (p *problem) Error() string { return p.what.En }
func (p *problem) Unwrap() error { return p.err }

func usage(what, hint checks.Text) error { return &problem{code: exitUsage, what: what, hint: hint} }

// hinted is implemented by errors of the pipeline that know what to do.
type hinted interface{ Hint() checks.Text }

// report says what went wrong, in the language chosen, and returns the exit code.
func (p *program) report(err error) int {
	if err == nil {
		return exitPass
	}
	var o outcome
	if errors.As(err, &o) {
		return int(o)
	}
	code, what, hint := exitFault, err.Error(), ""
	var known *problem
	if errors.As(err, &known) {
		code, what, hint = known.code, known.what.In(p.lang), known.hint.In(p.lang)
		if known.err != nil {
			what += ": " + known.err.Error()
		}
	}
	var h hinted
	if hint == "" && errors.As(err, &h) {
		hint = h.Hint().In(p.lang)
	}
	if errors.Is(err, context.Canceled) {
		code, what = exitPartial, p.say("interrupted; what was finished is kept, and running the same command again goes on from there",
			"已中断；已完成的部分已保存，再次运行同一命令即可继续")
	}
	fmt.Fprintf(p.err, "dossier: %s\n", what)
	if hint != "" {
		fmt.Fprintf(p.err, "  %s\n", hint)
	}
	return code
}
