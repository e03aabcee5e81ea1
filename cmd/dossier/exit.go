package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"dossier/checks"
	"dossier/pipeline/durable"
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

// Errors of the pipeline that are made for people say so by these methods.
type (
	worded interface{ Message() checks.Text } // what is wrong
	hinted interface{ Hint() checks.Text }    // what to do about it
	// inLanguage is an error that shows its place in a file, its words and its remedy by itself.
	inLanguage interface {
		error
		In(lang string) string
	}
)

// report says what went wrong, in the language chosen, and returns the exit code.
func (p *program) report(err error) int {
	if err == nil {
		return exitPass
	}
	var o outcome
	if errors.As(err, &o) {
		return int(o)
	}
	if errors.Is(err, context.Canceled) {
		p.complain(checks.Text{En: "interrupted; what was finished is kept, and running the same command again goes on from there",
			Zh: "已中断；已完成的部分已保存，再次运行同一命令即可继续"}.In(p.lang), "")
		return exitPartial
	}
	code := exitFault
	var known *problem
	if errors.As(err, &known) {
		code = known.code
	}
	what, hint := wordsOf(err, p.lang)
	p.complain(what, hint)
	return code
}

// inWords is an error in one line: what, and behind a dash what to do.
func inWords(err error) checks.Text {
	line := func(lang string) string {
		what, hint := wordsOf(err, lang)
		if hint != "" {
			what += " - " + hint
		}
		return what
	}
	return checks.Text{En: line("en"), Zh: line("zh")}
}

// wordsOf finds what an error has to say in the language: what, and what to do.
func wordsOf(err error, lang string) (what, hint string) {
	var known *problem
	var in inLanguage
	var w worded
	switch {
	case errors.As(err, &known):
		what, hint = known.what.In(lang), known.hint.In(lang)
		if known.err != nil {
			what += checks.Text{En: ": ", Zh: "："}.In(lang) + known.err.Error()
		}
	case errors.As(err, &in):
		return in.In(lang), ""
	case errors.As(err, &w):
		what = w.Message().In(lang)
	default:
		what = err.Error()
		if lang == "zh" {
			what = "未能完成：" + what
		}
	}
	var h hinted
	if hint == "" && errors.As(err, &h) {
		hint = h.Hint().In(lang)
	}
	if hint == "" && (known == nil || known.hint == checks.Text{}) {
		hint = fileHint(err).In(lang)
	}
	return what, hint
}

// fileHint says what to do about an error of the file system that no room of the pipeline had
// words for.
func fileHint(err error) checks.Text {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return checks.Text{En: "check the name: nothing is there", Zh: "请检查名称：该位置没有文件"}
	case errors.Is(err, fs.ErrPermission):
		return checks.Text{En: "this account may not open it: run Dossier as its owner, or give the account the right",
			Zh: "当前账户无权访问：请用其所有者账户运行，或授予权限"}
	}
	return durable.Hint(err)
}

func (p *program) complain(what, hint string) {
	fmt.Fprintf(p.err, "dossier: %s\n", what)
	if hint != "" {
		fmt.Fprintf(p.err, "  %s\n", hint)
	}
}
