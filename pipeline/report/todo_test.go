package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dossier/checks"
	"dossier/pipeline"
)

func TestNumberFollowsThePage(t *testing.T) {
	c := failCase()
	list := Number(c)
	var got []string
	for _, n := range list {
		got = append(got, fmt.Sprintf("%d %d %s", n.Number, n.Document, n.Finding.Code))
	}
	want := []string{
		"1 0 too_many_pixels", "2 0 no_chop", "3 0 glare_on_text", "4 0 trailing_data", // gravest first
		"5 1 too_large", "6 1 too_many_pixels", "7 1 id_check_digit",
		"8 2 format_not_accepted", "9 2 extension_mismatch", // what it is before what it is called
		"10 -1 document_missing", "11 -1 document_elsewhere",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestToDoIsInOrderOfImportance(t *testing.T) {
	items := ToDo(failCase())
	var got []string
	for _, it := range items {
		var points []string
		for _, p := range it.Points {
			points = append(points, fmt.Sprintf("%d", p.Number))
		}
		got = append(got, string(it.Severity)+" "+strings.Join(points, "+"))
	}
	want := []string{
		"fail 10",    // a missing document makes every other question idle
		"fail 8",     // a format that is refused
		"fail 9",     // the name
		"fail 1+5+6", // pixels and bytes: one remedy mends three findings on two documents
		"fail 2",     // the chop
		"fail 7",     // the card
		"review 11",  // reviews after everything that blocks
		"review 3",   //
		"review 0",   // a check that broke: no finding, but somebody must look
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if m := items[3].Points[0].Measures; len(m) != 3 || m[0].Value != 4032*3024 {
		t.Errorf("the figures are gone: %v", m)
	}
	if items[2].ByClient || !items[0].ByClient || items[8].ByClient {
		t.Error("the file's name is the clerk's, the missing document the client's, a broken check ours")
	}
}

func TestToDoLeavesOutWhatNeedsNothing(t *testing.T) {
	if items := ToDo(passCase()); len(items) != 0 {
		t.Errorf("a case that passes has something to do: %+v", items)
	}
	c := reviewCase()
	if items := ToDo(c); len(items) != 1 || items[0].Points[0].Code != "glare_on_text" {
		t.Errorf("only the open review is left to do, got %+v", items)
	}
	accept(c, "legibility/glare", "glare_on_text") // the list of decisions is all there is: the other one opens again
	if items := ToDo(c); len(items) != 1 || items[0].Points[0].Code != "editor_named" {
		t.Errorf("got %+v", items)
	}
}

// A remedy that a check left empty is replaced, because a line that says nothing helps nobody.
func TestToDoNeverIsEmptyWords(t *testing.T) {
	d := document("a.jpg", checks.BusinessLicense, 10, 10, 10, ran("x/fails", pipeline.Finding{Severity: pipeline.Fail, Message: said("m", "m")}),
		ran("x/asks", pipeline.Finding{Severity: pipeline.NeedReview, Message: said("m", "m")}),
		ran("x/odd", pipeline.Finding{Severity: "dreadful", Message: said("m", "m")}))
	items := ToDo(sampleCase("c", []pipeline.Document{d}))
	// A severity we do not know blocks as a failure does.
	if len(items) != 2 || items[0].Remedy != sendAgain || len(items[0].Points) != 2 || items[1].Remedy != openAndDecide {
		t.Errorf("got %+v", items)
	}
}

// A verdict that no finding explains still leads to a step: nothing ran, so a person must look.
func TestToDoExplainsAVerdictWithoutFindings(t *testing.T) {
	d := document("a.jpg", checks.BusinessLicense, 10, 10, 10, skipped("format/pixels", "no picture", "没有图片"))
	items := ToDo(sampleCase("c", []pipeline.Document{d}, ran("casefile/complete")))
	if len(items) != 1 || items[0].Remedy != lookUnmeasured || !strings.Contains(items[0].Points[0].Message.Zh, "没有图片") {
		t.Errorf("got %+v", items)
	}
	bare := sampleCase("c", nil)
	if items := ToDo(bare); len(items) != 1 || items[0].Points[0].Document != -1 {
		t.Errorf("a case of which nothing was checked: %+v", items)
	}
}

// anyCase draws records of every shape a judge may leave.
func anyCase() *rapid.Generator[*pipeline.Case] {
	return rapid.Custom(func(t *rapid.T) *pipeline.Case {
		results := func(label string) []pipeline.Result {
			var list []pipeline.Result
			for range rapid.IntRange(0, 4).Draw(t, label) {
				r := pipeline.Result{Check: rapid.SampledFrom([]string{"format/size", "format/extension", "edits/noise", "casefile/complete", "x/y"}).Draw(t, "check"), Version: 1,
					Outcome: rapid.SampledFrom([]pipeline.Outcome{pipeline.Ran, pipeline.Ran, pipeline.Skipped, pipeline.Failed}).Draw(t, "outcome")}
				if r.Outcome == pipeline.Ran {
					for range rapid.IntRange(0, 3).Draw(t, "findings") {
						f := pipeline.Finding{Code: rapid.SampledFrom([]string{"a", "document_missing", "answer_missing"}).Draw(t, "code"),
							Severity: rapid.SampledFrom([]pipeline.Severity{pipeline.Note, pipeline.NeedReview, pipeline.Fail}).Draw(t, "severity"),
							Message:  said(rapid.StringN(0, 20, 60).Draw(t, "en"), "信息"), Remedy: said(rapid.SampledFrom([]string{"", "r", "Ask the client for x.", "Ask the client and fill in id_number: mobile:"}).Draw(t, "remedy"), "请客户提供。"),
							Region: checks.Region{X: rapid.IntRange(-5, 120).Draw(t, "x"), Y: 1, Width: rapid.IntRange(0, 200).Draw(t, "w"), Height: 7}}
						if f.Severity == pipeline.NeedReview && rapid.Bool().Draw(t, "decided") {
							f.Decision = &pipeline.Decision{Who: "w", Because: "b", When: morning}
						}
						r.Findings = append(r.Findings, f)
					}
				} else {
					r.Reason = "why"
				}
				list = append(list, r)
			}
			return list
		}
		c := &pipeline.Case{Case: "c", Version: 1, GeneratedAt: morning, Results: results("case results")}
		for i := range rapid.IntRange(0, 3).Draw(t, "documents") {
			d := document(fmt.Sprintf("%d.jpg", i), checks.BusinessLicense, 100, 100, 10, results("results")...)
			c.Documents = append(c.Documents, d)
		}
		c.Conclude()
		return c
	})
}

func TestToDoHoldsForEveryRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCase().Draw(t, "case")
		items := ToDo(c)
		if (len(items) == 0) != (c.Verdict == pipeline.VerdictPass) {
			t.Fatalf("verdict %s with %d things to do", c.Verdict, len(items))
		}
		numbers := map[int]bool{}
		reviews := false
		for _, it := range items {
			reviews = reviews || it.Severity == pipeline.NeedReview
			if it.Severity == pipeline.Fail && reviews {
				t.Fatal("something that must be put right stands behind something to look at")
			}
			if it.Remedy.En == "" || it.Remedy.Zh == "" || len(it.Points) == 0 {
				t.Fatalf("an item that says nothing: %+v", it)
			}
			for _, p := range it.Points {
				if p.Number != 0 && numbers[p.Number] {
					t.Fatalf("finding %d twice", p.Number)
				}
				numbers[p.Number] = true
			}
		}
		for _, n := range Number(c) {
			if want := tone(n.Finding) == "fail" || tone(n.Finding) == "review"; want != numbers[n.Number] {
				t.Fatalf("finding %d (%s): in the list %v, want %v", n.Number, tone(n.Finding), numbers[n.Number], want)
			}
		}
		if (c.Verdict == pipeline.VerdictFail) != (len(items) > 0 && items[0].Severity == pipeline.Fail) {
			t.Fatalf("verdict %s, first item %+v", c.Verdict, items[:min(1, len(items))])
		}
	})
}
