package load

import (
	"bytes"
	"unicode/utf8"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// text is a part of a file, and the number of its first line.
type text struct {
	file  string
	bytes []byte
	line  int
}

func (t text) at(line int) cluster.Source {
	return cluster.Source{File: t.file, Line: line}
}

// lineAt is the number of the line that the byte with the offset stands on.
func (t text) lineAt(offset int) int {
	offset = min(max(offset, 0), len(t.bytes))
	return t.line + bytes.Count(t.bytes[:offset], []byte("\n"))
}

// from is the text from an offset on.
func (t text) from(offset int) text {
	return text{file: t.file, bytes: t.bytes[offset:], line: t.lineAt(offset)}
}

// text reads a whole file.
func (r *reader) text(name string, content []byte) {
	whole := text{file: name, bytes: bytes.TrimPrefix(content, []byte("\ufeff")), line: 1}
	if !r.checkCharacters(whole) {
		return
	}
	r.budget.values = maxValues
	r.budget.aliases += len(whole.bytes) / bytesPerAlias
	parts := split(whole)
	if len(parts) > maxObjects {
		r.tooMany(whole)
		return
	}
	for _, part := range parts {
		if r.problems.dropped == 0 {
			r.part(part)
		}
	}
}

func (r *reader) tooMany(t text) {
	r.problems.add(t.at(t.line), "has more than %d objects", maxObjects)
}

// part reads one document of a YAML stream, in YAML or JSON.
func (r *reader) part(t text) {
	t = body(t)
	switch {
	case len(t.bytes) == 0:
	case t.bytes[0] == '{' || t.bytes[0] == '[':
		r.json(t)
	default:
		r.yaml(t)
	}
}

// checkCharacters refuses what neither YAML nor JSON may contain, since the
// parsers' own messages have no line.
func (r *reader) checkCharacters(t text) bool {
	if bytes.HasPrefix(t.bytes, []byte("\xff\xfe")) || bytes.HasPrefix(t.bytes, []byte("\xfe\xff")) {
		r.problems.add(t.at(1), "is UTF-16: save it as UTF-8")
		return false
	}
	if i := bytes.IndexFunc(t.bytes, isControl); i >= 0 {
		r.problems.add(t.at(t.lineAt(i)), "control character %#x is not allowed", t.bytes[i])
		return false
	}
	if i := invalidUTF8(t.bytes); i >= 0 {
		r.problems.add(t.at(t.lineAt(i)), "is not valid UTF-8: byte %#x", t.bytes[i])
		return false
	}
	return true
}

func isControl(c rune) bool {
	return c < ' ' && c != '\n' && c != '\r' && c != '\t'
}

// invalidUTF8 is the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(content []byte) int {
	if utf8.Valid(content) {
		return -1
	}
	for i := 0; i < len(content); {
		c, size := utf8.DecodeRune(content[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// split cuts a YAML stream before each "---" at the start of a line, which is a
// separator wherever it stands. Directives stay with the document after them.
// It stops after one part more than there may be.
func split(whole text) []text {
	var parts []text
	start, content := 0, false
	for offset := 0; offset < len(whole.bytes) && len(parts) <= maxObjects; {
		line := lineFrom(whole.bytes[offset:])
		switch {
		case isSeparator(line) && content:
			parts = append(parts, text{file: whole.file, bytes: whole.bytes[start:offset]})
			start, content = offset, !isBlank(line[3:])
		case isSeparator(line):
			content = !isBlank(line[3:])
		case !isBlank(line) && line[0] != '%':
			content = true
		}
		offset += len(line)
	}
	parts = append(parts, text{file: whole.file, bytes: whole.bytes[start:]})
	setLines(parts, whole.line)
	return parts
}

// setLines sets the first lines of parts that follow each other.
func setLines(parts []text, line int) {
	for i := range parts {
		parts[i].line = line
		line += bytes.Count(parts[i].bytes, []byte("\n"))
	}
}

// lineFrom is the first line with its end.
func lineFrom(content []byte) []byte {
	if end := bytes.IndexByte(content, '\n'); end >= 0 {
		return content[:end+1]
	}
	return content
}

func isSeparator(line []byte) bool {
	return bytes.HasPrefix(line, []byte("---")) &&
		(len(line) == 3 || bytes.IndexByte([]byte(" \t\r\n"), line[3]) >= 0)
}

// isBlank reports whether a line has nothing but a comment.
func isBlank(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) == 0 || line[0] == '#'
}

// body leaves out the separator, blank lines and comments before a document.
func body(t text) text {
	offset := 0
	for offset < len(t.bytes) {
		line := lineFrom(t.bytes[offset:])
		if !isBlank(line) && !(isSeparator(line) && isBlank(line[3:])) {
			break
		}
		offset += len(line)
	}
	offset += len(t.bytes[offset:]) - len(bytes.TrimLeft(t.bytes[offset:], " \t\r\n"))
	return t.from(offset)
}
