package render

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

const ellipsis = "…"

// wrap breaks spans at spaces into lines of at most that width. A word that is
// wider stands alone on its line, whole: a cut image name helps nobody.
func wrap(spans []span, width int) [][]span {
	if spansWidth(spans) <= width {
		return [][]span{spans}
	}
	var lines [][]span
	var line []span
	used := 0
	for _, word := range words(spans) {
		size := spansWidth(word)
		if used > 0 && used+size > width {
			lines = append(lines, trimRight(line))
			line, used = nil, 0
		}
		if used == 0 {
			word = trimLeft(word)
			size = spansWidth(word)
		}
		line = append(line, word...)
		used += size
	}
	return append(lines, trimRight(line))
}

// words splits spans before each run of spaces; a word can be of several spans.
func words(spans []span) [][]span {
	var found [][]span
	for _, s := range spans {
		for i, piece := range splitBeforeSpaces(s.text) {
			part := span{text: piece, tone: s.tone}
			if i == 0 && len(found) > 0 && !strings.HasPrefix(piece, " ") {
				found[len(found)-1] = append(found[len(found)-1], part)
			} else {
				found = append(found, []span{part})
			}
		}
	}
	return found
}

func splitBeforeSpaces(words string) []string {
	var pieces []string
	start, spaces := 0, strings.HasPrefix(words, " ")
	for i := range len(words) {
		space := words[i] == ' '
		if space && !spaces {
			pieces = append(pieces, words[start:i])
			start = i
		}
		spaces = space
	}
	return append(pieces, words[start:])
}

func trimLeft(word []span) []span {
	trimmed := append([]span(nil), word...)
	trimmed[0].text = strings.TrimLeft(trimmed[0].text, " ")
	return trimmed
}

func trimRight(line []span) []span {
	if len(line) > 0 {
		last := &line[len(line)-1]
		last.text = strings.TrimRight(last.text, " ")
	}
	return line
}

// cutAtWord shortens to one line, at a space where there is one.
func cutAtWord(cell span, width int) []span {
	first := wrap([]span{cell}, width-displaywidth.String(ellipsis)-1)[0]
	whole := ""
	for _, s := range first {
		whole += s.text
	}
	return []span{{text: displaywidth.TruncateString(whole+" "+ellipsis, width, ellipsis), tone: cell.tone}}
}

// shorten cuts the middle out of a value that is wider than width: the start of
// a name says what it is, its end says which one.
func shorten(value string, width int) string {
	if displaywidth.String(value) <= width {
		return value
	}
	keep := max(width-displaywidth.String(ellipsis), 2)
	head := displaywidth.TruncateString(value, keep/2, "")
	return head + ellipsis + lastColumns(value, keep-keep/2)
}

// lastColumns returns the longest end of a value that fits the width.
func lastColumns(value string, width int) string {
	graphemes := displaywidth.StringGraphemes(value)
	skip := displaywidth.String(value) - width
	for skip > 0 && graphemes.Next() {
		skip -= graphemes.Width()
		value = value[len(graphemes.Value()):]
	}
	return value
}
