package render

import "github.com/clipperhouse/displaywidth"

const (
	columnGap   = 2
	minimalLast = 16 // with less, the last cell stands below its row
	minimalLine = 40 // wanted for a last cell that is cut to one line
	belowIndent = 6
)

// grid writes the title row and the rows, each cell of the last column wrapped.
// Where even a last column of minimal width does not fit, the columns that may
// be cut give way first.
func (l *writer) grid(g grid) {
	widths := gridWidths(g)
	l.shrink(g, widths)
	titles := make([]span, len(g.columns))
	for i, c := range g.columns {
		titles[i] = span{text: c.title}
	}
	l.row(g, widths, titles)
	for _, row := range g.rows {
		l.row(g, widths, row)
	}
}

func gridWidths(g grid) []int {
	widths := make([]int, len(g.columns))
	for i, c := range g.columns {
		widths[i] = displaywidth.String(c.title)
	}
	for _, row := range g.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], displaywidth.String(cell.text))
		}
	}
	return widths
}

// shrink narrows columns until minimalLast columns are left for the last one.
func (l *writer) shrink(g grid, widths []int) {
	last := len(widths) - 1
	least := minimalLast
	if g.columns[last].line {
		least = minimalLine
	}
	over := g.before(widths) + min(widths[last], least) - l.width
	for i, c := range g.columns {
		if over > 0 && c.narrow > 0 && widths[i] > c.narrow {
			cut := min(over, widths[i]-c.narrow)
			widths[i] -= cut
			over -= cut
		}
	}
	widths[last] = l.width - g.before(widths)
}

// before returns how much stands to the left of the last column.
func (g grid) before(widths []int) int {
	left := g.indent
	for _, width := range widths[:len(widths)-1] {
		left += width + columnGap
	}
	return left
}

func (l *writer) row(g grid, widths []int, row []span) {
	l.spaces(g.indent)
	pending := 0 // spaces owed, so that no line ends in them
	last := len(g.columns) - 1
	for i, cell := range row[:last] {
		cell.text = shorten(cell.text, widths[i])
		free := widths[i] - displaywidth.String(cell.text)
		if g.columns[i].right {
			pending, free = pending+free, 0
		}
		if cell.text != "" {
			l.spaces(pending)
			pending = 0
			l.span(cell)
		}
		pending += free + columnGap
	}
	l.lastCell(g, widths, row[last], pending)
}

func (l *writer) lastCell(g grid, widths []int, cell span, pending int) {
	if cell.text == "" {
		l.out.WriteByte('\n')
		return
	}
	left, width := g.before(widths), widths[len(widths)-1]
	if !g.columns[len(widths)-1].line && width < minimalLast && displaywidth.String(cell.text) > width {
		l.out.WriteByte('\n')
		left, pending = g.indent+belowIndent, g.indent+belowIndent
		width = l.width - left
	}
	lines := wrap([]span{cell}, width)
	if g.columns[len(g.columns)-1].line && len(lines) > 1 {
		lines = [][]span{cutAtWord(cell, width)}
	}
	for i, line := range lines {
		if i > 0 {
			pending = left
		}
		l.spaces(pending)
		l.spans(line)
		l.out.WriteByte('\n')
	}
}
