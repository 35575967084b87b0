package render

import (
	"bufio"
	"io"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// unlimited is a width that nothing reaches.
const unlimited = 1 << 30

// writer lays documents out. Widths are those of a terminal: a CJK character or
// an emoji is two wide. (tablewriter takes them from the locale, so the same
// plan would not be the same bytes everywhere.)
type writer struct {
	out   *bufio.Writer // keeps its first error until Flush
	width int
	color bool
}

func write(w io.Writer, d *document, o Options) error {
	lines := &writer{out: bufio.NewWriterSize(w, 64<<10), width: o.width(), color: o.Color}
	for _, b := range d.blocks {
		switch b := b.(type) {
		case paragraph:
			lines.paragraph(b)
		case grid:
			lines.grid(b)
		case blank:
			lines.out.WriteByte('\n')
		}
	}
	return lines.out.Flush()
}

func (l *writer) paragraph(p paragraph) {
	hang := p.indent + spansWidth(p.lead)
	lines := wrap(p.body, max(l.width-hang, 20))
	for i, line := range lines {
		if i == 0 {
			l.spaces(p.indent)
			l.spans(p.lead)
		} else {
			l.out.WriteByte('\n')
			l.spaces(hang)
		}
		l.spans(line)
	}
	if used := hang + spansWidth(lines[0]); p.right != "" {
		if len(lines) > 1 {
			used = l.width // then below
		}
		l.beside(p.right, used)
	}
	l.out.WriteByte('\n')
}

// beside writes words to the right of a line, or below where they do not fit.
func (l *writer) beside(words string, used int) {
	const gap = 8
	if used+gap+displaywidth.String(words) > l.width {
		for _, line := range wrap(texts(words), max(l.width-2, 20)) {
			l.out.WriteString("\n  ")
			l.spans(line)
		}
		return
	}
	l.spaces(gap)
	l.out.WriteString(words)
}

func (l *writer) spans(spans []span) {
	for _, s := range spans {
		l.span(s)
	}
}

func (l *writer) span(s span) {
	code := s.tone.code()
	if !l.color || code == "" || s.text == "" {
		l.out.WriteString(breakable(s.text))
		return
	}
	l.out.WriteString("\x1b[" + code + "m" + breakable(s.text) + "\x1b[0m")
}

// noBreak joins words that must not be parted at the end of a line.
const noBreak = "\u00a0"

// breakable turns joined words back into ones with plain spaces, for grep.
func breakable(words string) string { return strings.ReplaceAll(words, noBreak, " ") }

// code is the SGR parameter of a tone, from the 8 colours that every theme sets.
func (t tone) code() string {
	switch t {
	case strong:
		return "1"
	case good:
		return "1;32"
	case caution:
		return "1;33"
	case bad:
		return "1;31"
	}
	return ""
}

func (l *writer) spaces(count int) { l.out.WriteString(strings.Repeat(" ", max(count, 0))) }

func spansWidth(spans []span) int {
	width := 0
	for _, s := range spans {
		width += displaywidth.String(s.text)
	}
	return width
}
