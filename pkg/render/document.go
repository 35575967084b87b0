package render

import "slices"

// A document is what a plan says, before it is known how wide the paper is: a
// list of blocks. The verbs of this package build documents; layout.go turns
// them into lines of text.
type document struct{ blocks []block }

// block is one of paragraph, grid and blank.
type block interface{ isBlock() }

// paragraph is a sentence that wraps at spaces. Its first line starts with lead
// behind indent spaces; further lines are indented to where the body began.
type paragraph struct {
	indent int
	lead   []span
	body   []span
	right  string // stands to the right of a one-line body, else below it
}

// span is a piece of text with one tone. Its text is clean: see clean.go.
type span struct {
	text string
	tone tone
}

// tone is how much a piece of text stands out. It never carries information
// that the words do not: a log has no colours.
type tone int

const (
	normal tone = iota
	strong
	good
	caution
	bad
)

// grid is a table without lines. Its last column takes the width that is left
// and wraps; columns are as wide as their widest cell.
type grid struct {
	indent  int
	columns []column
	rows    [][]span
}

type column struct {
	title  string
	right  bool // numbers with units stand right
	narrow int  // where above zero, cells are cut in the middle to at least that
	line   bool // the last column is cut to one line instead of wrapping
}

// drop takes a column out of the grid.
func (g *grid) drop(i int) {
	g.columns = slices.Delete(slices.Clone(g.columns), i, i+1)
	for n, row := range g.rows {
		g.rows[n] = slices.Delete(slices.Clone(row), i, i+1)
	}
}

type blank struct{}

func (paragraph) isBlock() {}
func (grid) isBlock()      {}
func (blank) isBlock()     {}

func (d *document) add(blocks ...block) { d.blocks = append(d.blocks, blocks...) }

func (d *document) line(indent int, body ...span) {
	d.add(paragraph{indent: indent, body: body})
}

// text is a span of words from anywhere, input included.
func text(words string) span { return span{text: clean(words)} }

// toned is text that stands out.
func toned(words string, t tone) span { return span{text: clean(words), tone: t} }

func texts(words ...string) []span {
	spans := make([]span, len(words))
	for i, word := range words {
		spans[i] = text(word)
	}
	return spans
}
