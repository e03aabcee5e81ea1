package intake

import (
	"fmt"
	"strings"

	"dossier/checks"
)

// A problem is what is wrong with a page. The sentences have one %s, for the pages it is
// wrong with: a hundred pages of text are one sentence, not a hundred.
type problem struct{ en, zh string }

// problemf formats the arguments into both sentences; the pages' place is written %%s.
func problemf(en, zh string, args ...any) *problem {
	return &problem{fmt.Sprintf(en, args...), fmt.Sprintf(zh, args...)}
}

// problems collects problems by page.
type problems struct {
	order []problem
	pages map[problem][]int
}

func (p *problems) add(x *problem, page int) {
	if x == nil {
		return
	}
	if p.pages == nil {
		p.pages = map[problem][]int{}
	}
	if p.pages[*x] == nil {
		p.order = append(p.order, *x)
	}
	p.pages[*x] = append(p.pages[*x], page)
}

// rest adds a problem for the pages from first to last.
func (p *problems) rest(first, last int, x *problem) {
	for page := first; page <= last; page++ {
		p.add(x, page)
	}
}

// texts words what was collected, in the order of the first page concerned.
func (p *problems) texts() []checks.Text {
	var out []checks.Text
	for _, x := range p.order {
		pages := p.pages[x]
		word := "page "
		if len(pages) > 1 {
			word = "pages "
		}
		out = append(out, checks.Text{
			En: fmt.Sprintf(x.en, word+ranges(pages, ", ")),
			Zh: fmt.Sprintf(x.zh, "第 "+ranges(pages, "、")+" 页"),
		})
	}
	return out
}

// ranges writes ascending numbers as "1, 3-5, 9".
func ranges(numbers []int, separator string) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if j > i {
			parts = append(parts, fmt.Sprintf("%d-%d", numbers[i], numbers[j]))
		} else {
			parts = append(parts, fmt.Sprint(numbers[i]))
		}
		i = j + 1
	}
	return strings.Join(parts, separator)
}
